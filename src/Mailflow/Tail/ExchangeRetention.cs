namespace Mailflow.Tail;

/// <summary>
/// Exchange deletes its logs after 30 days or, per prefix, when they exceed 1,000 MB (protocol logs 250 MB), the oldest file first. This
/// estimates how long unread data will still exist. The limits are Exchange's defaults (Set-TransportService -MessageTrackingLogMaxAge,
/// -MessageTrackingLogMaxDirectorySize); the rate is that of appended bytes: a full folder does not grow although it is written.
/// </summary>
static class ExchangeRetention
{
    /// <summary>Data that is read within this time is not at risk, however fast a server writes.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    static readonly TimeSpan MaxAge = TimeSpan.FromDays(30);
    const long MaxBytes = 1000L * 1024 * 1024;

    /// <summary>For SMTP protocol logs (-SendProtocolLogMaxDirectorySize, -ReceiveProtocolLogMaxDirectorySize).</summary>
    const long MaxProtocolBytes = 250L * 1024 * 1024;

    /// <summary>The minimum over all series; null where nothing has waited for long.</summary>
    /// <param name="pending">Files with unread bytes.</param>
    public static TimeSpan? Headroom(IEnumerable<LogFile> pending, DateTime now)
    {
        TimeSpan? least = null;
        var waiting = pending.Where(f => f is { Series: not null, Unread: > 0, AtEnd: false }
            && FolderScan.IsLog(f.FileName)
            && (now - f.PendingSince >= Patience || now - f.LastWrite >= Patience));
        foreach (var series in waiting.GroupBy(f => f.Series!))
        {
            var oldest = series.MinBy(f => f.LastWrite)!;
            var headroom = MaxAge - (now - oldest.LastWrite);
            // Exchange deletes the oldest file when the younger ones no longer fit beside it.
            var younger = oldest.Folder.Files.Values.Where(f => f.Series == series.Key && f.LastWrite >= oldest.LastWrite);
            var untilFull = MaxBytesOf(series.Key.Prefix) - younger.Sum(f => f.Size);
            if (series.Key.Rate(now) is > 0 and var rate)
                headroom = Min(headroom, TimeSpan.FromSeconds(Math.Min(untilFull / rate, MaxAge.TotalSeconds)));
            headroom = headroom < TimeSpan.Zero ? TimeSpan.Zero : headroom;
            least = least is { } l ? Min(l, headroom) : headroom;
        }

        return least;
    }

    static long MaxBytesOf(string prefix) =>
        prefix.EndsWith("SEND", StringComparison.OrdinalIgnoreCase) || prefix.EndsWith("RECV", StringComparison.OrdinalIgnoreCase)
            ? MaxProtocolBytes
            : MaxBytes;

    static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
