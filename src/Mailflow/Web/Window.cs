namespace Mailflow.Web;

/// <summary>A time range that the page can show.</summary>
/// <param name="Name">The name in the URL.</param>
/// <param name="Length">Null: all stored failures.</param>
/// <param name="During">In a sentence: "7 failures in the last hour".</param>
/// <param name="Long">The same where the range ends at the newest row.</param>
sealed record Window(string Name, TimeSpan? Length, string During, string Long)
{
    public static IReadOnlyList<Window> All { get; } =
    [
        new("1h", TimeSpan.FromHours(1), "in the last hour", "in the last hour of these logs"),
        new("24h", TimeSpan.FromDays(1), "in the last 24 hours", "in the last 24 hours of these logs"),
        new("7d", TimeSpan.FromDays(7), "in the last 7 days", "in the last 7 days of these logs"),
        new("all", null, "in all stored data", "in all stored data of these logs"),
    ];

    public static string Allowed { get; } = "1h, 24h, 7d or all";

    /// <summary>Null where there is no such window.</summary>
    public static Window? Of(string? name) => name is null or "" ? All[0] : All.FirstOrDefault(w => w.Name == name);
}

/// <summary>The start and the end of a window.</summary>
/// <param name="From">The first time in it.</param>
/// <param name="To">The first time after it.</param>
/// <param name="Live">Whether it ends now. If not, it ends at the newest row, because nothing is newer within the window.</param>
sealed record Stretch(Window Window, DateTimeOffset From, DateTimeOffset To, bool Live)
{
    /// <summary>A window longer than this is only live where the newest row is at most this old.</summary>
    static readonly TimeSpan OldLogs = TimeSpan.FromDays(1);

    /// <param name="newest">The newest row of any kind; null where there is none.</param>
    /// <param name="oldest">The oldest failure that is kept.</param>
    public static Stretch Of(Window window, DateTimeOffset now, DateTimeOffset? newest, DateTimeOffset? oldest)
    {
        // In whole seconds, like the metric of the last hour.
        var live = newest is null || now - newest < (window.Length is { } w && w < OldLogs ? w : OldLogs);
        var end = DateTimeOffset.FromUnixTimeSeconds((live ? now : newest!.Value).ToUnixTimeSeconds() + 1);
        var from = window.Length is { } length
            ? end - length
            : oldest is { } first && first < end ? DateTimeOffset.FromUnixTimeSeconds(first.ToUnixTimeSeconds())
            : end.AddHours(-1);
        // Failures of a server whose clock is ahead belong to it too.
        return new(window, from, live ? DateTimeOffset.MaxValue : end, live);
    }

    /// <summary>The end of the chart's last step.</summary>
    public DateTimeOffset End(DateTimeOffset now) => Live ? now : To;

    /// <summary>In a sentence: "7 failures in the last hour", "... in the last hour of these logs".</summary>
    public string During => Live ? Window.During : Window.Long;
}
