using Mailflow.Analysis.Blocklists;

namespace Mailflow.Enrich;

/// <summary>What a list says of an address or a domain.</summary>
/// <param name="Reason">The list's own words (TXT); null where it has none.</param>
sealed record ListResult(Blocklist List, string Subject, ListReading Reading, string? Reason, DateTimeOffset At)
{
    public ListState State => Reading.State;

    public Finding Finding => State switch
    {
        ListState.Listed => new(Subject, List.Zone, Severity.Trouble, $"listed: {Reading.Says}{(Reason is null ? "" : $" ({Reason})")}",
            $"Find out why first (a taken-over account, a relay, a bulk mailing) and stop it; then ask for removal: {List.Delist}"),
        ListState.NotListed => new(Subject, List.Zone, Severity.Good, "not listed"),
        ListState.Closed => new(Subject, List.Zone, Severity.Warning, $"not asked, this list has ended: {Reading.Says}", "Remove it wherever it is configured, in filters too: a dead list can only mislead."),
        _ => new(Subject, List.Zone, Severity.Unknown, $"not known: {Reading.Says}", State switch
        {
            ListState.Refused => $"{List.Policy} See {List.Source}",
            ListState.Unhealthy => "Ask through a resolver of your own, not a public one (--resolver, Enrichment:Resolvers); where it is the same there, remove the list.",
            _ => null,
        }),
    };
}
