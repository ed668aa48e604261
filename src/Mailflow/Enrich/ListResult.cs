using Mailflow.Analysis.Blocklists;

namespace Mailflow.Enrich;

/// <summary>A list's result for an address or a domain.</summary>
/// <param name="Reason">The list's own text (TXT); null where it has none.</param>
sealed record ListResult(Blocklist List, string Subject, ListReading Reading, string? Reason, DateTimeOffset At)
{
    public ListState State => Reading.State;

    public Finding Finding => State switch
    {
        ListState.Listed => new(Subject, List.Zone, Severity.Trouble, $"listed: {Reading.Says}{(Reason is null ? "" : $" ({Reason})")}",
            $"First find the reason (a compromised account, an open relay, a bulk mailing) and stop it. Then ask for removal: {List.Delist}"),
        ListState.NotListed => new(Subject, List.Zone, Severity.Good, "not listed"),
        ListState.Closed =>
            new(
                Subject, List.Zone, Severity.Warning, $"not asked, this list is closed: {Reading.Says}",
                "Remove it everywhere, in filters too: a closed list gives wrong answers."),
        _ => new(Subject, List.Zone, Severity.Unknown, $"not known: {Reading.Says}", State switch
        {
            ListState.Refused => $"{List.Policy} See {List.Source}",
            ListState.Unhealthy => "Use your own resolver, not a public one (--resolver, Enrichment:Resolvers). If the result is the same, remove the list.",
            _ => null,
        }),
    };
}
