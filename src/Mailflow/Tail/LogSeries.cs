namespace Mailflow.Tail;

/// <summary>Files of one folder that are written one after the other, and their rate.</summary>
sealed class LogSeries(string prefix)
{
    /// <summary>The rate is measured over an hour, in this many parts.</summary>
    const int Parts = 12;

    static readonly TimeSpan Part = TimeSpan.FromMinutes(5);

    readonly long[] _appended = new long[Parts];
    long _part;
    double _seed;
    DateTime _since;

    public string Prefix => prefix;

    /// <summary>Most likely the file that is being written: it is checked at each tick.</summary>
    public LogFile? Newest { get; set; }

    /// <summary>
    /// Estimates the rate at the first listing: each file was written between the modification time of the one before and its own. Uses the
    /// newest hour of that, or what there is.
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

    /// <summary>Adds bytes: a file has grown, or is new.</summary>
    public void Append(long bytes, DateTime now)
    {
        if (bytes <= 0)
            return;
        Turn(now);
        _appended[_part % Parts] += bytes;
    }

    /// <summary>Bytes per second over the last hour; for the part of it before the start, the rate before is used.</summary>
    public double Rate(DateTime now)
    {
        Turn(now);
        // The current part, which is incomplete, and those before it.
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
