namespace Mailflow.Analysis.Tracing.Index;

/// <summary>A range of one file with whole rows, and the filter of their keys. The objects are reused.</summary>
public sealed class TraceSegment
{
    /// <summary>A segment that grew last before this time is ended.</summary>
    public static readonly TimeSpan MaxIdle = TimeSpan.FromHours(1);

    readonly byte[] _bits = new byte[KeyFilter.MaxLines * KeyFilter.Line];
    int _lines;

    /// <summary>The first byte: the start of a line.</summary>
    public long Start { get; private set; }

    /// <summary>The start of the next line.</summary>
    public long End { get; private set; }

    /// <summary>The time of the oldest row; <see cref="DateTime.MaxValue"/> where there is none.</summary>
    public DateTime First { get; private set; }

    /// <summary>The time of the newest row; <see cref="DateTime.MinValue"/> where there is none.</summary>
    public DateTime Last { get; private set; }

    /// <summary>Whether it still grows: a later one with the same start replaces it.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The filter: as many lines as its keys need.</summary>
    public ReadOnlySpan<byte> Filter => _bits.AsSpan(0, _lines * KeyFilter.Line);

    /// <summary>One that is not reused.</summary>
    public TraceSegment Copy()
    {
        var copy = new TraceSegment { Start = Start, End = End, First = First, Last = Last, IsOpen = IsOpen, _lines = _lines };
        Filter.CopyTo(copy._bits);
        return copy;
    }

    internal void Set(OpenSegment from, long end, bool isOpen)
    {
        (Start, End, First, Last, IsOpen) = (from.Start, end, from.First, from.Last, isOpen);
        _lines = KeyFilter.LinesFor(from.Keys);
        KeyFilter.Shrink(from.Filter, _lines, _bits);
    }
}
