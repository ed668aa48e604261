namespace Mailflow.Tail;

/// <summary>
/// Exchange deletes its logs after 30 days or, prefix by prefix, when they exceed 1,000 MB (protocol logs 250 MB): the oldest file first. This estimates
/// how long what is unread will still be there. The limits are Exchange's defaults (Set-TransportService -MessageTrackingLogMaxAge,
/// -MessageTrackingLogMaxDirectorySize); the rate of writing is the one seen since the start, so it is an estimate.
/// </summary>
sealed class Retention(TimeProvider clock)
{
    static readonly TimeSpan MaxAge = TimeSpan.FromDays(30);
    const long MaxBytes = 1000L * 1024 * 1024;

    /// <summary>Of SMTP protocol logs (-SendProtocolLogMaxDirectorySize, -ReceiveProtocolLogMaxDirectorySize).</summary>
    const long MaxProtocolBytes = 250L * 1024 * 1024;

    readonly Dictionary<string, (long Bytes, DateTimeOffset At)> _first = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The least over all prefixes; null where nothing is unread.</summary>
    public TimeSpan? Headroom(IEnumerable<LogFile> files)
    {
        TimeSpan? least = null;
        var now = clock.GetUtcNow();
        foreach (var series in files.Where(f => f.Refused is null && f.Tracked?.Format.IsExport is not true).GroupBy(f => Prefix(f.Name), StringComparer.OrdinalIgnoreCase))
        {
            var written = series.Sum(f => f.Size);
            var first = _first.TryGetValue(series.Key, out var known) ? known : _first[series.Key] = (written, now);
            var oldest = series.Where(f => f.Unread > 0).MinBy(f => f.LastWrite);
            if (oldest is null)
                continue;
            var headroom = MaxAge - (now.UtcDateTime - oldest.LastWrite);
            var untilFull = MaxBytesOf(series.Key) - series.Where(f => f.LastWrite >= oldest.LastWrite).Sum(f => f.Size);
            var rate = (written - first.Bytes) / Math.Max(1, (now - first.At).TotalSeconds);
            if (rate > 0)
                headroom = Min(headroom, TimeSpan.FromSeconds(Math.Min(untilFull / rate, MaxAge.TotalSeconds)));
            headroom = headroom < TimeSpan.Zero ? TimeSpan.Zero : headroom;
            least = least is { } l ? Min(l, headroom) : headroom;
        }

        return least;
    }

    static long MaxBytesOf(string prefix) =>
        prefix.EndsWith("SEND", StringComparison.OrdinalIgnoreCase) || prefix.EndsWith("RECV", StringComparison.OrdinalIgnoreCase) ? MaxProtocolBytes : MaxBytes;

    static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>The letters before the date: MSGTRK, MSGTRKMA, ... with their folder.</summary>
    static string Prefix(string name)
    {
        var digits = name.AsSpan(name.LastIndexOf('/') + 1).IndexOfAnyInRange('0', '9');
        return digits < 0 ? name : name[..(name.LastIndexOf('/') + 1 + digits)];
    }
}
