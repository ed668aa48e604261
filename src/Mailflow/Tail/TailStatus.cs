using System.Collections.Immutable;
using Mailflow.Configuration;
using Mailflow.Pipeline;

namespace Mailflow.Tail;

/// <summary>Collects the state of a root and publishes it as one object.</summary>
sealed class TailStatus(LogRoot root, RootFigures figures, TimeProvider clock)
{
    /// <summary>How many files with problems are listed.</summary>
    public const int MaxTroubles = 20;

    /// <summary>A share that is slow but works answers within this time.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>How often the headroom is estimated: that visits all files of a series.</summary>
    static readonly TimeSpan Estimate = TimeSpan.FromSeconds(5);

    readonly SortedDictionary<string, LogFile> _failed = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, LogFile> _ignored = new(StringComparer.Ordinal);
    readonly Dictionary<LogFile, string> _names = [];
    ImmutableArray<FileTrouble> _troubles = [];
    bool _troublesChanged;
    FileTrouble? _shared;
    TimeSpan? _headroom;
    DateTime? _unreadFrom;
    DateTime? _unreadRowsFrom;
    DateTimeOffset _estimated;

    SourceStatus _last = new(root, default, null, null, 0, 0, null) { IsNew = true };

    /// <summary>The state at the last poll; also reports a poll that hangs.</summary>
    public SourceStatus Current
    {
        get
        {
            var last = _last with { Totals = figures.Totals };
            return (Pulse.Waiting > ExportPulse.Waiting ? Pulse : ExportPulse).Waiting is var waiting && waiting > Patience
                ? last with { Error = $"it has not answered for {(int)waiting.TotalSeconds} seconds" }
                : last;
        }
    }

    /// <summary>Whether the tailer's own calls are answered.</summary>
    public Pulse Pulse { get; } = new(clock);

    /// <summary>Whether the calls of its export worker are answered.</summary>
    public Pulse ExportPulse { get; } = new(clock);

    public string? Error { get; set; }

    public bool Missing { get; set; }

    public ImmutableArray<UnlistedFolder> Unlisted { get; set; } = [];

    public DateTimeOffset? LastRead { get; set; }

    public long LostBytes { get; set; }

    public long Replaced { get; set; }

    /// <summary>Records the problem of a file; null where there is none.</summary>
    public void Set(LogFile file, string? trouble)
    {
        if (_names.Remove(file, out var before))
        {
            _troublesChanged = true;
            _failed.Remove(before);
            _ignored.Remove(before);
        }

        if (trouble is null)
            return;
        var name = file.Name;
        _troublesChanged = true;
        _names[file] = name;
        (file.Ignored is null ? _failed : _ignored)[name] = file;
    }

    /// <summary>Records that a file is read under another root.</summary>
    /// <returns>Whether that was not known before.</returns>
    public bool Share(string path, string otherPath)
    {
        if (_shared is not null)
            return false;
        _shared = new(
            Path.GetRelativePath(root.Folder, path), $"it is read as {otherPath}; rows of files that two roots share are counted once", Ignored: true);
        _troublesChanged = true;
        return true;
    }

    /// <param name="pending">Files with unread bytes.</param>
    /// <param name="inFlight">Files with bytes that are read and not committed.</param>
    /// <param name="now">The time.</param>
    public void Update(IEnumerable<LogFile> pending, IEnumerable<LogFile> inFlight, DateTimeOffset now)
    {
        if (_troublesChanged)
            _troubles =
            [
                .. _shared is { } shared ? [shared] : Array.Empty<FileTrouble>(),
                .. _failed.Concat(_ignored).Take(MaxTroubles)
                    .Select(f => new FileTrouble(f.Key, f.Value.Ignored?.Why ?? f.Value.Error ?? "", f.Value.Ignored is not null)),
            ];
        _troublesChanged = false;
        if (figures.Totals is { Files: <= 1000 } || now - _estimated >= Estimate || now < _estimated)
        {
            var unread = pending.Where(f => f.Unread > 0).Concat(inFlight).Where(f => FolderScan.IsLog(f.FileName)).ToList();
            (_headroom, _unreadFrom, _unreadRowsFrom, _estimated) = (
                ExchangeRetention.Headroom(pending, now.UtcDateTime), NamedTime.Before(unread), NamedTime.BeforeRows(unread), now);
        }

        _last = new(root, default, Error, LastRead, LostBytes, Replaced, _headroom)
        {
            Missing = Missing,
            UnreadFrom = _unreadFrom,
            UnreadRowsFrom = _unreadRowsFrom,
            Unlisted = Unlisted,
            Troubles = _troubles,
        };
    }
}
