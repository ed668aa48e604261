using System.Buffers;
using System.Globalization;

namespace Mailflow.Analysis.Failures.Facts;

/// <summary>How long a server makes the sender wait: Exchange Online's throttling of outdated servers, and greylisting.</summary>
static class ThrottleFacts
{
    static readonly SearchValues<string> Waiting = SearchValues.Create(["grey", "gray", "again", "retry", "later", "wait", "come back"],
        StringComparison.Ordinal);
    static readonly string[] Before = ["for", "in", "after", "wait", "again", "within", "least", "than", "next", "approximately", "another"];

    public static void Find(ReplyWords words, List<Fact> facts)
    {
        if (words.Has(".7.230") || (words.Has("exchange") && words.Has("out-of-date")))
            OutdatedServer(words, facts);
        if (facts.Value("throttle_minutes") is null && Minutes(words) is { } minutes)
            facts.Add("retry_after_minutes", minutes, "The server says to wait this long, in minutes, before the next attempt.");
    }

    // "connection to Exchange Online throttled for 5 mins/hr", "... blocked for 10 mins/hr":
    // https://techcommunity.microsoft.com/blog/exchange/throttling-and-blocking-email-from-persistently-vulnerable-exchange-servers-to-exchange-online/3815328
    static void OutdatedServer(ReplyWords words, List<Fact> facts)
    {
        var stage = "reporting";
        for (var i = 0; i < words.Count; i++)
        {
            if (!words.IsAny(i, ["throttled", "blocked", "throttling", "blocking"]))
                continue;
            stage = words[i] is ['t' or 'T', ..] ? "throttling" : "blocking";
            for (var j = i + 1; j < i + 5; j++)
                if (words.NumberAt(j) is { } n and <= 60 && words.Lower(j + 1).StartsWith("min"))
                    facts.Add("throttle_minutes", n.ToString(CultureInfo.InvariantCulture),
                        $"Exchange Online {(stage == "blocking" ? "blocks" : "delays")} mail of this server for {n} minutes of each hour, "
                        + "because its build is out of date.");
        }
        facts.Add("throttle_stage", stage, "The stage of Exchange Online's enforcement: reporting, then throttling, then blocking; each lasts about 30 days.");
    }

    // "greylisted for 300 seconds", "try again in 5 minutes", "retry in 00:04:59"
    static string? Minutes(ReplyWords words)
    {
        if (!words.HasAny(Waiting))
            return null;
        for (var i = 1; i < words.Count; i++)
        {
            if (words[i] is not [>= '0' and <= '9', ..] || !words.IsAny(i - 1, Before))
                continue;
            if (words[i].Length is >= 7 and <= 8 && TimeSpan.TryParseExact(words[i], @"h\:mm\:ss", CultureInfo.InvariantCulture, out var clock)
                && clock > TimeSpan.Zero)
                return Rounded(clock.TotalSeconds);
            if (words.NumberAt(i) is not { } n || n is 0 or > 1_000_000)
                continue;
            var unit = words.Lower(i + 1);
            var seconds = unit.StartsWith("sec") || unit is "s" ? n
                : unit.StartsWith("min") ? 60 * n
                : unit.StartsWith("hour") ? 3600 * n : 0;
            if (seconds > 0)
                return Rounded(seconds);
        }
        return null;
    }

    static string Rounded(double seconds) => Math.Ceiling(seconds / 60).ToString(CultureInfo.InvariantCulture);
}
