using Mailflow.Pipeline;

namespace Mailflow.Tail;

/// <summary>A folder of a root as it was last looked at. Its files share what is the same for all of them: there may be hundreds of thousands.</summary>
/// <param name="figures">The totals of the root.</param>
/// <param name="path">Where it is.</param>
/// <param name="name">Its path below the root, with `/`; empty for the root itself.</param>
sealed class LogFolder(RootFigures figures, string path, string name, int depth = 0)
{
    /// <summary>Series of one folder that are told apart; the others are one.</summary>
    const int MaxSeries = 64;

    readonly Dictionary<string, LogSeries> _series = new(StringComparer.OrdinalIgnoreCase);

    public RootFigures Figures => figures;

    public string Path => path;

    public string Name => name;

    public int Depth => depth;

    /// <summary>By their names.</summary>
    public Dictionary<string, LogFile> Files { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, LogFolder> Folders { get; } = new(StringComparer.Ordinal);

    public IEnumerable<LogSeries> Series => _series.Values;

    /// <summary>When its list of names was last changed, as it says itself.</summary>
    public DateTime Written { get; set; }

    /// <summary>When that was seen first.</summary>
    public long WrittenSeen { get; set; }

    /// <summary>When it was last asked for that, and when its names and all its files were last looked at.</summary>
    public long? LookedAt { get; set; }

    public long ListedAt { get; set; }

    public long? SweptAt { get; set; }

    /// <summary>Counts its listings: a file that the last one did not show has another number.</summary>
    public int Listing { get; set; }

    /// <summary>Why it could not be listed, or not whole; null where it could.</summary>
    public string? Error { get; set; }

    /// <summary>The files that are written one after the other: the letters before the date, as MSGTRK and MSGTRKMA.</summary>
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
