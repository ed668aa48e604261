namespace Mailflow.Analysis.Tracing.Index;

/// <summary>The segment of a file that grows from block to block. The worker that reads the file keeps it.</summary>
public sealed class OpenSegment
{
    internal byte[] Filter { get; } = new byte[KeyFilter.MaxLines * KeyFilter.Line];

    internal long Start { get; set; } = -1;

    /// <summary>Up to here it was given to a tally.</summary>
    internal long Given { get; set; }

    /// <summary>The end of the last block.</summary>
    internal long End { get; set; }

    internal DateTime First { get; set; }

    internal DateTime Last { get; set; }

    /// <summary>Distinct keys, as far as the filter knows.</summary>
    internal int Keys { get; set; }

    /// <summary>Ends what was read so far: the next block begins another segment.</summary>
    public void Forget() => Start = -1;

    internal void Begin(long at)
    {
        (Start, Given, End, Keys, First, Last) = (at, at, at, 0, DateTime.MaxValue, DateTime.MinValue);
        Array.Clear(Filter);
    }
}
