using System.Globalization;

namespace Mailflow.Analysis.Tracing;

/// <summary>A message in one to four plain sentences: who, when, size, outcome, and what is not known.</summary>
public static class JourneyStory
{
    /// <summary>Addresses, causes or servers that are named in one sentence.</summary>
    const int Named = 3;

    /// <param name="address">How an address is printed: as it is, or masked.</param>
    public static IReadOnlyList<string> Of(Journey journey, Func<string, string> address)
    {
        // A group and its members are one: only the members have an outcome.
        var recipients = journey.Recipients.Where(r => r.Fate != Fate.Replaced).ToList();
        var replaced = journey.Recipients.Count - recipients.Count;
        var result = new List<string> { Beginning(journey, recipients, replaced, address) };
        if (recipients.Count > 0)
            result.Add(string.Join(' ', Outcomes(recipients, address)));
        else if (replaced > 0)
            result.Add(journey.Recipients.Any(r => r.Reply.Length > 0)
                ? "It was replaced by other recipients, whose rows are not here."
                : "Its group has no members: nobody got it.");
        if (journey.TimeSpent is { Parts: [{ Share: >= 0.5 }, ..] } spent && spent.Total >= TimeSpan.FromMinutes(1))
            result.Add(spent.Sentence);
        if (recipients.Count == 0 || recipients.Exists(r => r.Fate is Fate.Pending or Fate.Deferred))
            result.AddRange(journey.Unknown.Take(1));
        return result;
    }

    static string Beginning(Journey journey, List<RecipientFate> recipients, int replaced, Func<string, string> address)
    {
        var who = journey.Sender.Length == 0 ? "Somebody" : journey.Sender == "<>" ? "A server (empty sender)" : address(journey.Sender);
        var whom = recipients is [{ } only] && replaced == 0 ? address(only.Address)
            : replaced > 0 ? $"{Addresses(Addressed(journey))}, {Recipients(recipients.Count)} after groups and forwarding"
            : Recipients(recipients.Count);
        var size = journey.Bytes > 0 ? $" ({Spans.Bytes(journey.Bytes)})" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{who} sent it to {whom} on {journey.First:yyyy-MM-dd HH:mm:ss} UTC{size}.");
    }

    /// <summary>The addresses that no other address became.</summary>
    static int Addressed(Journey journey)
    {
        var became = journey.Recipients.SelectMany(r => r.Became).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Math.Max(1, journey.Recipients.Count(r => !became.Contains(r.Address)));
    }

    /// <summary>What needs attention first.</summary>
    static IEnumerable<string> Outcomes(List<RecipientFate> recipients, Func<string, string> address)
    {
        var all = recipients.Count;
        var rest = false;
        foreach (var fate in (Fate[])[Fate.Failed, Fate.Dropped, Fate.Pending, Fate.Deferred, Fate.Sent, Fate.Delivered])
        {
            var group = recipients.Where(r => r.Fate == fate).ToList();
            if (group.Count == 0)
                continue;
            yield return fate switch
            {
                Fate.Failed or Fate.Deferred => Judged(group, fate, address),
                Fate.Dropped => $"{Who(group, address)} {Was(group)} dropped{Join(" by ", group.Select(r => r.By))}, without a report to the sender.",
                Fate.Pending => Pending(group, address),
                Fate.Sent => $"{All(group, all, rest, address)} sent to {Join("", group.Select(r => StepWords.Outside(r.NextHop)))}{Within(group)}.",
                _ => group.Count == 1 && all == 1
                    ? $"{address(group[0].Address)} has it: delivered on {ServerOf(group)}{Within(group)}."
                    : $"{Having(group, all, rest)} it: delivered{Within(group)}.",
            };
            rest = true;
        }
    }

    static string Judged(List<RecipientFate> group, Fate fate, Func<string, string> address)
    {
        var causes = group.GroupBy(r => StepWords.Cause(r.Diagnosis!), StringComparer.Ordinal)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).ToList();
        if (causes.Count == 1)
            return $"{Who(group, address)} {(fate == Fate.Failed ? "failed" : $"{Is(group)} deferred on {ServerOf(group)}")}: {causes[0].Key}{SideOf(group)}"
                + $"{Join(", decided by ", group.Select(r => r.By))}{NextTry(group)}.";
        var most = causes.Take(Named).Select(c => $"{StepWords.Number(c.Count())} {c.Key}{SideOf([.. c])}");
        var more = causes.Count > Named ? $"; {StepWords.Number(causes.Skip(Named).Sum(c => c.Count()))} for other reasons" : "";
        return $"{StepWords.Number(group.Count)} {(fate == Fate.Failed ? "failed" : "are deferred")}: {string.Join("; ", most)}{more}.";
    }

    static string Pending(List<RecipientFate> group, Func<string, string> address)
    {
        var where = group.GroupBy(r => (r.Server, r.NextHop, r.Awaits)).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).Take(Named).Select(g =>
        {
            var since = g.Min(r => r.At) is { } at ? string.Create(CultureInfo.InvariantCulture, $" since {at:yyyy-MM-dd HH:mm:ss} UTC") : "";
            var place = g.Key.Awaits ? "waiting for a moderator"
                : g.Key.NextHop.Length > 0 ? $"handed by {Server(g.Key.Server)} to {g.Key.NextHop}"
                : $"on {Server(g.Key.Server)}";
            return place + since;
        });
        return $"{Who(group, address)} {(group.Count == 1 ? "has" : "have")} no end yet: {string.Join("; ", where)}.";
    }

    static string Who(List<RecipientFate> group, Func<string, string> address) =>
        group.Count > Named ? Recipients(group.Count) : string.Join(" and ", group.Select(r => address(r.Address)));

    static string All(List<RecipientFate> group, int all, bool rest, Func<string, string> address) =>
        group.Count == 1 ? $"{address(group[0].Address)} was"
        : group.Count == all ? $"All {StepWords.Number(all)} recipients were"
        : $"{Others(group.Count, rest)} were";

    static string Having(List<RecipientFate> group, int all, bool rest) =>
        group.Count == all ? $"All {StepWords.Number(all)} recipients have" : $"{Others(group.Count, rest)} {(group.Count == 1 ? "has" : "have")}";

    static string Others(int count, bool rest) => !rest ? StepWords.Number(count) : count == 1 ? "1 other" : $"{StepWords.Number(count)} others";

    static string Within(List<RecipientFate> group) =>
        group.Max(r => r.Took) is { } took && took > TimeSpan.Zero ? $" within {Spans.Words(took)}" : "";

    static string NextTry(List<RecipientFate> group) =>
        group.Max(r => r.Until) is { } until ? string.Create(CultureInfo.InvariantCulture, $"; next try at {until:yyyy-MM-dd HH:mm:ss} UTC") : "";

    static string SideOf(List<RecipientFate> group) =>
        group.Select(r => r.Diagnosis!.Fault).Distinct().ToList() is [var only] && StepWords.Side(only) is { Length: > 0 } side ? $", {side}" : "";

    static string ServerOf(List<RecipientFate> group) =>
        group.Select(r => r.Server).Distinct(StringComparer.OrdinalIgnoreCase).ToList() is [var only] ? Server(only) : "several servers";

    static string Server(string name) => name.Length > 0 ? name : "a server that the rows do not name";

    /// <summary>Different texts, with a word before them; nothing where there is none.</summary>
    static string Join(string before, IEnumerable<string> texts)
    {
        var different = texts.Where(t => t.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var more = different.Count > Named ? $" and {StepWords.Number(different.Count - Named)} more" : "";
        return different.Count == 0 ? "" : before + string.Join(", ", different.Take(Named)) + more;
    }

    static string Recipients(int count) => count == 1 ? "1 recipient" : $"{StepWords.Number(count)} recipients";

    static string Addresses(int count) => count == 1 ? "1 address" : $"{StepWords.Number(count)} addresses";

    static string Was(List<RecipientFate> group) => group.Count == 1 ? "was" : "were";

    static string Is(List<RecipientFate> group) => group.Count == 1 ? "is" : "are";
}
