using Mailflow.Exposition;
using Mailflow.Metrics;
using Mailflow.Privacy;

namespace Mailflow.Web;

/// <summary>Messages that were received and have no end yet, one for each recipient, as of the last commit. They are not limited to the window.</summary>
/// <param name="Sentence">All of it in a sentence.</param>
/// <param name="Messages">At servers whose logs are read.</param>
/// <param name="Oldest">Since its first row, to the newest row of all servers; null where none is on its way.</param>
/// <param name="Elsewhere">Handed over to servers whose logs are not read: nothing says how they ended.</param>
/// <param name="Folded">On their way for longest and not followed: there were too many.</param>
/// <param name="Lost">Without an end and without a row for longer than any message lives, since the first log read.</param>
/// <param name="Looping">In a loop, counted at each server, since the first log read.</param>
/// <param name="Hops">Where they are, the most first.</param>
/// <param name="More">How many are left out of <paramref name="Hops"/>.</param>
sealed record OnItsWayFigures(
    Masked Sentence, long Messages, TimeSpan? Oldest, long Elsewhere, long Folded, long Lost, long Looping, IReadOnlyList<OnItsWayHop> Hops, long More)
{
    const int MaxHops = 12;

    public static OnItsWayFigures Of(Scrape scrape, Masking masking)
    {
        var (now, committed) = (scrape.Now.UtcDateTime, scrape.Committed);
        // Like the metric: logs of last year are read like those of today.
        var newest = committed.NewestEvent.Values.Append(DateTime.MinValue).Max();
        newest = newest > now ? now : newest;
        TimeSpan? Age(DateTime? since) => since is not { } from ? null : newest > from ? newest - from : TimeSpan.Zero;
        var ages = committed.Copies.ToDictionary(c => c.Server, c => Age(c.Since), StringComparer.OrdinalIgnoreCase);
        var hops = committed.CopiesByHop.OrderByDescending(h => h.Count).ThenBy(h => h.Server, StringComparer.Ordinal)
            .ThenBy(h => h.NextHop, StringComparer.Ordinal).ToList();
        var oldest = committed.Copies.Where(c => c.Since is not null).MinBy(c => c.Since);
        var (here, elsewhere) = (committed.Copies.Sum(c => c.Count), committed.Copies.Sum(c => c.Elsewhere));
        return new(
            masking.Text(Sentenced(here, elsewhere, oldest?.Server, Age(oldest?.Since))),
            here, Age(oldest?.Since), elsewhere, committed.CopiesFolded, committed.Sum(Counters.Lost), committed.Sum(Counters.Looping),
            [
                .. hops.Take(MaxHops).Select(h => new OnItsWayHop(
                    masking.Text(h.Server), masking.Text(h.NextHop), h.Count, ages.GetValueOrDefault(h.Server))),
            ],
            hops.Skip(MaxHops).Sum(h => h.Count));
    }

    static string Sentenced(long here, long elsewhere, string? server, TimeSpan? age)
    {
        var sentence = here == 0 ? "No message is on its way"
            : $"{Say.Number(here)} {(here == 1 ? "message is on its" : "messages are on their")} way"
            + (age is { } oldest ? $", {(here == 1 ? "" : "the oldest ")}for {Say.Span(oldest)} at {server}" : "");
        return elsewhere == 0 ? sentence + "."
            : $"{sentence}; {Say.Number(elsewhere)} {(elsewhere == 1 ? "was" : "were")} handed over to servers whose logs are not read.";
    }
}

/// <summary>Messages at one server.</summary>
/// <param name="NextHop">The server that they were handed over to; empty where they wait for a delivery or a next try.</param>
/// <param name="OldestAtServer">The age of the oldest at the server; null where only servers whose logs are not read have them.</param>
sealed record OnItsWayHop(Masked Server, Masked NextHop, long Messages, TimeSpan? OldestAtServer);
