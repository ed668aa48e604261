using Mailflow.Pipeline;

namespace Mailflow.Tail;

/// <summary>The last known state of a folder of a root. Its files share common data through it, because there may be hundreds of thousands.</summary>
/// <param name="figures">The totals of the root.</param>
/// <param name="path">Its path.</param>
/// <param name="name">Its path below the root, with `/`; empty for the root itself.</param>
sealed class LogFolder(RootFigures figures, string path, string name, int depth = 0)
{
    /// <summary>Series of one folder that are kept apart; the others count as one.</summary>
    const int MaxSeries = 64;

    readonly Dictionary<string, LogSeries> _series = new(StringComparer.OrdinalIgnoreCase);

    public RootFigures Figures => figures;

    public string Path => path;

    public string Name => name;

    public int Depth => depth;

    /// <summary>By name.</summary>
    public Dictionary<string, LogFile> Files { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, LogFolder> Folders { get; } = new(StringComparer.Ordinal);

    public IEnumerable<LogSeries> Series => _series.Values;

    /// <summary>Its modification time, which changes with its list of names.</summary>
    public DateTime Written { get; set; }

    /// <summary>When that time was first seen.</summary>
    public long WrittenSeen { get; set; }

    /// <summary>When the time was last read, and when its names and all its files were last checked.</summary>
    public long? LookedAt { get; set; }

    public long ListedAt { get; set; }

    public long? SweptAt { get; set; }

    /// <summary>Number of the last listing: files that it did not contain have another number.</summary>
    public int Listing { get; set; }

    /// <summary>Why it could not be listed completely; null where it could.</summary>
    public string? Error { get; set; }

    /// <summary>The series of a file: the letters before the date, such as MSGTRK and MSGTRKMA.</summary>
    public LogSeries SeriesOf(string fileName)
    {
        var digits = fileName.AsSpan().IndexOfAnyInRange('0', '9');
        var prefix = digits < 0 ? fileName : fileName.AsSpan(0, digits);
        var lookup = _series.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(prefix, out var series) && (_series.Count < MaxSeries || !lookup.TryGetValue("", out series)))
            lookup[_series.Count < MaxSeries ? prefix : ""] = series = new(_series.Count < MaxSeries ? prefix.ToString() : "");
        return series;
    }
}
