using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Ledger;
using Mailflow.Privacy;

namespace Mailflow.Web;

/// <summary>Reads what the pages of single causes, domains, servers, connectors, senders and incidents show.</summary>
/// <param name="masking">Addresses that were not asked for are shown through it.</param>
sealed class PlaceReader(Func<Snapshot> committed, Store store, Masking masking, TimeProvider clock)
{
    /// <summary>Incidents on the page of a place.</summary>
    const int MostClosed = 20;

    public Masking Masking => masking;

    public TimeProvider Clock => clock;

    /// <summary>The newest row; now where there is none.</summary>
    public DateTimeOffset Until => Newest ?? clock.GetUtcNow();

    public IReadOnlyList<IncidentFigures> Incidents() => IncidentFigures.Of(committed().Incidents, int.MaxValue, masking);

    /// <summary>Null where no incident has this id.</summary>
    public Incident? Find(string id) => committed().Incidents.Select(k => k.Incident).FirstOrDefault(i => i.Id == id);

    /// <param name="most">Failures that are wanted.</param>
    public PlaceShown OfCause(Cause cause, Window window, TimeZoneInfo zone, int most)
    {
        using var history = new History(store);
        var (stretch, steps) = Range(history, window, zone);
        var facts = CauseTable.Of(cause);
        return new(
            PlaceLink.Cause(masking.Text(cause.Name())), masking.Text(CauseWords.Title(cause)), [masking.Text(facts.Summary)], facts.Page,
            Search(stretch).With("cause", cause.Name()), At(i => i.Cause == cause), stretch, steps,
            PlaceFailures.OfCause(history, cause, stretch.From, stretch.To, steps, most));
    }

    public PlaceShown OfDomain(string domain, Window window, TimeZoneInfo zone, int most)
    {
        using var history = new History(store);
        var (stretch, steps) = Range(history, window, zone);
        return new(
            "/domains/" + Uri.EscapeDataString(domain), masking.Text($"Mail to {domain}"), [], null, Search(stretch).With("domain", domain),
            At(i => Is(i, PlaceKind.Domain, domain) || Has(i.Domains, domain)), stretch, steps,
            PlaceFailures.OfDomain(history, domain, stretch.From, stretch.To, steps, most));
    }

    public PlaceShown OfServer(string server, Window window, TimeZoneInfo zone, int most)
    {
        using var history = new History(store);
        var (stretch, steps) = Range(history, window, zone);
        var newest = committed().NewestEvent.TryGetValue(server, out var time)
            ? $"Its latest log entry is from {Say.At(new(time), clock.GetUtcNow(), zone)}."
            : "";
        return new(
            "/servers/" + Uri.EscapeDataString(server), masking.Text($"Server {server}"), newest.Length > 0 ? [masking.Text(newest)] : [], null,
            Search(stretch).With("server", server), At(i => Is(i, PlaceKind.Server, server) || Has(i.Servers, server)), stretch, steps,
            PlaceFailures.Of(history, "server", Same(server), stretch.From, stretch.To, steps, most));
    }

    public PlaceShown OfConnector(string connector, Window window, TimeZoneInfo zone, int most)
    {
        using var history = new History(store);
        var (stretch, steps) = Range(history, window, zone);
        return new(
            "/connectors/" + Uri.EscapeDataString(connector), masking.Text($"Connector {connector}"), [], null,
            Search(stretch).With("connector", connector), At(i => Is(i, PlaceKind.Connector, connector) || Has(i.Connectors, connector)), stretch, steps,
            PlaceFailures.Of(history, "connector", Same(connector), stretch.From, stretch.To, steps, most));
    }

    /// <param name="name">The number of a failure of the sender; or an address, which is shown as it was typed.</param>
    /// <returns>Null where there is no such failure.</returns>
    public PlaceShown? OfSender(string name, Window window, TimeZoneInfo zone, int most)
    {
        using var history = new History(store);
        var sender = long.TryParse(name, System.Globalization.CultureInfo.InvariantCulture, out var failure) ? PlaceFailures.SenderOf(history, failure) : name;
        if (string.IsNullOrEmpty(sender))
            return null;
        var (stretch, steps) = Range(history, window, zone);
        var shown = name == sender ? Masking.Plain.Address(sender) : masking.Address(sender);
        return new(
            "/senders/" + Uri.EscapeDataString(name), $"Mail from {shown}", [], null, null,
            At(i => Is(i, PlaceKind.Sender, sender) || Has(i.Senders, sender)), stretch, steps,
            PlaceFailures.Of(history, "sender", Same(sender), stretch.From, stretch.To, steps, most));
    }

    /// <summary>The failures of an incident: those at its place, or where a failure does not say that, those of its cause.</summary>
    public (PlaceFailures Failures, Steps Steps, SearchUrl? Search) Of(Incident incident, TimeZoneInfo zone, int most)
    {
        using var history = new History(store);
        var (from, last) = (IncidentFigures.Utc(incident.FirstFailure), IncidentFigures.Utc(incident.Closed ?? incident.LastFailure).AddSeconds(1));
        var to = incident.Closed is null && Until > last ? Until.AddSeconds(1) : last;
        // A little before and after: the chart shows that it begins and ends.
        var around = (to - from) / 8;
        var stretch = new Stretch(Window.All[^1], from - around, to + around, false);
        var steps = PageReader.StepsOf(stretch, stretch.To, zone);
        var search = Search(stretch with { From = from, To = to });
        var name = incident.Place.Name;
        return incident.Place.Kind switch
        {
            PlaceKind.Domain => (PlaceFailures.OfDomain(history, name, stretch.From, stretch.To, steps, most), steps, search.With("domain", name)),
            PlaceKind.Server => (In("server"), steps, search.With("server", name)),
            PlaceKind.Connector => (In("connector"), steps, search.With("connector", name)),
            PlaceKind.Sender => (In("sender"), steps, null),
            PlaceKind.NextHop => (In("remote_host"), steps, null),
            _ => (
                PlaceFailures.OfCause(history, incident.Cause, stretch.From, stretch.To, steps, most), steps, search.With("cause", incident.Cause.Name())),
        };

        PlaceFailures In(string column) => PlaceFailures.Of(history, column, Same(name), stretch.From, stretch.To, steps, most);
    }

    DateTimeOffset? Newest => committed().NewestEvent is { Count: > 0 } newest ? new(newest.Values.Max(), TimeSpan.Zero) : null;

    (Stretch Stretch, Steps Steps) Range(History history, Window window, TimeZoneInfo zone)
    {
        var now = clock.GetUtcNow();
        var stretch = Stretch.Of(window, now, Newest > now ? now : Newest, history.Kept().Oldest);
        return (stretch, PageReader.StepsOf(stretch, now, zone));
    }

    IReadOnlyList<IncidentFigures> At(Func<Incident, bool> isThere) =>
        IncidentFigures.Of(committed().Incidents.Where(k => isThere(k.Incident)), MostClosed, masking);

    static SearchUrl Search(Stretch stretch) => SearchUrl.Empty.With("outcome", "failed").With("since", SearchUrl.Time(stretch.From))
        .With("until", stretch.To == DateTimeOffset.MaxValue ? null : SearchUrl.Time(stretch.To));

    static bool Is(Incident incident, PlaceKind kind, string name) => incident.Place.Kind == kind && Same(name)(incident.Place.Name);

    static bool Has(IReadOnlyList<NamedCount> names, string name) => names.Any(n => Same(name)(n.Name));

    static Predicate<string> Same(string name) => other => other.Equals(name, StringComparison.OrdinalIgnoreCase);
}
