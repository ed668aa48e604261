namespace Mailflow.Web;

/// <summary>How far back the page looks.</summary>
/// <param name="Name">As the URL has it.</param>
/// <param name="Length">Null: all that is kept.</param>
/// <param name="During">In a sentence: "7 failures in the last hour".</param>
/// <param name="Long">In a sentence, where it ends at the newest row.</param>
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

/// <summary>The stretch of time that a window stands for.</summary>
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
        // By whole seconds, as the metric of the last hour counts.
        var live = newest is null || now - newest < (window.Length is { } w && w < OldLogs ? w : OldLogs);
        var end = DateTimeOffset.FromUnixTimeSeconds((live ? now : newest!.Value).ToUnixTimeSeconds() + 1);
        var from = window.Length is { } length
            ? end - length
            : oldest is { } first && first < end ? DateTimeOffset.FromUnixTimeSeconds(first.ToUnixTimeSeconds())
            : end.AddHours(-1);
        // A server whose clock is ahead has its failures now.
        return new(window, from, live ? DateTimeOffset.MaxValue : end, live);
    }

    /// <summary>Where the figure's last step ends.</summary>
    public DateTimeOffset End(DateTimeOffset now) => Live ? now : To;

    /// <summary>In a sentence: "7 failures in the last hour", "... in the last hour of these logs".</summary>
    public string During => Live ? Window.During : Window.Long;
}
