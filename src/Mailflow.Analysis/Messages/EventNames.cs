using System.Text;

namespace Mailflow.Analysis.Messages;

/// <summary>
/// Assigns small numbers, shared by all workers, to the pairs of source and event id seen so far. Bounded: after
/// <see cref="Limit"/> pairs the rest is counted as <c>other</c>, so that a broken log cannot fill memory or metrics.
/// </summary>
public sealed class EventNames
{
    /// <summary>About 90 pairs of documented sources and events occur in practice.</summary>
    public const int Limit = 256;

    /// <summary>Names longer than this, or with bytes that no Exchange name has, are <c>other</c>.</summary>
    public const int MaxLength = 64;

    /// <summary>The index of all pairs beyond the limit.</summary>
    public const int Other = 0;

    /// <summary>How many names beyond the limit are remembered for the log.</summary>
    const int MaxWithoutRoom = 10;

    readonly Lock _lock = new();
    volatile string[] _withoutRoom = [];
    readonly List<(string Source, string Event)> _names = [("other", "other")];
    readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);

    /// <summary>The first names beyond the limit.</summary>
    public IReadOnlyList<string> WithoutRoom => _withoutRoom;

    /// <summary>The name behind an index.</summary>
    public (string Source, string Event) this[int index]
    {
        get
        {
            lock (_lock)
                return _names[index];
        }
    }

    /// <summary>The index of a pair; a new pair gets one while there is room.</summary>
    /// <param name="pair">UTF-8, <c>SOURCE|EVENT</c>.</param>
    public int IndexOf(ReadOnlySpan<byte> pair)
    {
        if (pair.Length > MaxLength || !IsName(pair))
            return Other;
        var name = Encoding.ASCII.GetString(pair).ToUpperInvariant();
        lock (_lock)
        {
            if (_indexes.TryGetValue(name, out var index))
                return index;
            if (_names.Count == Limit)
            {
                if (_withoutRoom.Length < MaxWithoutRoom && !_withoutRoom.Contains(name, StringComparer.Ordinal))
                    _withoutRoom = [.. _withoutRoom, name];
                return Other;
            }

            var bar = name.IndexOf('|', StringComparison.Ordinal);
            index = _names.Count;
            _names.Add((name[..bar], name[(bar + 1)..]));
            _indexes.Add(name, index);
            return index;
        }
    }

    static bool IsName(ReadOnlySpan<byte> pair)
    {
        var bars = 0;
        foreach (var b in pair)
        {
            if (b == '|')
                bars++;
            else if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'_' or (byte)'-' or (byte)'.'))
                return false;
        }

        return bars == 1 && pair[0] != '|' && pair[^1] != '|';
    }
}
