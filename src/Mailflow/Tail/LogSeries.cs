namespace Mailflow.Tail;

/// <summary>Files of one folder that are written one after the other, and how fast.</summary>
sealed class LogSeries(string prefix)
{
    /// <summary>The rate is that of an hour, in parts.</summary>
    const int Parts = 12;

    static readonly TimeSpan Part = TimeSpan.FromMinutes(5);

    readonly long[] _appended = new long[Parts];
    long _part;
    double _seed;
    DateTime _since;

    public string Prefix => prefix;

    /// <summary>The one that is being written, most likely: it is looked at at each tick.</summary>
    public LogFile? Newest { get; set; }

    /// <summary>
    /// What its files tell at the first look: each was written between the last write of the one before it and its own. The newest hour of that, or what there is.
    /// </summary>
    public void Start(IEnumerable<LogFile> files, DateTime now)
    {
        _since = now;
        LogFile? after = null;
        var bytes = 0L;
        foreach (var file in files.OrderByDescending(f => f.LastWrite))
        {
            Newest ??= file;
            if (Newest.LastWrite - file.LastWrite is var span && after is not null && span > TimeSpan.Zero)
                _seed = bytes / span.TotalSeconds;
            if (span >= Part * Parts)
                break;
            bytes += file.Size;
            after = file;
        }
    }

    /// <summary>A file has grown, or is new.</summary>
    public void Append(long bytes, DateTime now)
    {
        if (bytes <= 0)
            return;
        Turn(now);
        _appended[_part % Parts] += bytes;
    }

    /// <summary>Bytes a second over the last hour; what was not seen of it is as it was before.</summary>
    public double Rate(DateTime now)
    {
        Turn(now);
        // The part that is not over yet, and those before it.
        var covered = (Part * (Parts - 1)).TotalSeconds + (now.Ticks % Part.Ticks / (double)TimeSpan.TicksPerSecond);
        var seen = Math.Clamp((now - _since).TotalSeconds, 0, covered);
        return (_appended.Sum() + (_seed * (covered - seen))) / covered;
    }

    void Turn(DateTime now)
    {
        var part = now.Ticks / Part.Ticks;
        if (part - _part >= Parts)
            Array.Clear(_appended);
        else
            for (; _part < part; _part++)
                _appended[(_part + 1) % Parts] = 0;
        _part = Math.Max(part, _part);
    }
}
