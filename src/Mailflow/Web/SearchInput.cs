using System.Globalization;
using Mailflow.Analysis.Domains;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Tracing;
using Mailflow.Ledger;
using Mailflow.Trace;

namespace Mailflow.Web;

/// <summary>What the address of a result page asks for.</summary>
/// <param name="Text">What was typed into the search box.</param>
/// <param name="Readings">What it can be; the first is used.</param>
/// <param name="Ours">Only failures that need action on our side.</param>
/// <param name="Url">The same as an address, without the place of the page.</param>
sealed record SearchInput(
    string Text, IReadOnlyList<TextReading> Readings, Fate? Outcome, IReadOnlyList<Cause> Causes, string? Domain, string? Server, string? Connector, bool Ours,
    DateTime? Since, DateTime? Until, FailurePlace? After, RowPlace? Older, int Skip, SearchUrl Url)
{
    /// <summary>Longer names do not exist: a server has 63, a connector 64 characters, a domain 253.</summary>
    const int MaxName = 256;

    /// <summary>Messages that are found at once and counted; older ones follow by a link.</summary>
    public const int MostMessages = 200;

    static readonly string[] Names = ["q", "as", "outcome", "cause", "domain", "server", "connector", "fault", "since", "until", "cursor"];

    public TextReading Reading => Readings[0];

    /// <summary>Whether anything is asked for; if not, the page explains what can be.</summary>
    public bool IsEmpty => Url.Values.Count == 0;

    /// <summary>Whether the failures of the store answer it; otherwise the tracking logs do.</summary>
    public bool IsOfFailures => Reading == TextReading.Words
        || (Reading == TextReading.Filters && (Outcome == Fate.Failed || (Outcome is null && (Causes.Count > 0 || Connector is not null || Ours))));

    /// <summary>The address that was typed, which is shown as it is; null: none.</summary>
    public string? Address => Reading == TextReading.Address ? Text : null;

    /// <param name="faults">Receives what is wrong with the values, each in a sentence.</param>
    public static SearchInput Of(IQueryCollection query, DateTimeOffset now, TimeZoneInfo zone, List<string> faults)
    {
        foreach (var (name, _) in query)
            if (!Names.Contains(name, StringComparer.Ordinal) && name is not (View.ZoneName or Listing.FormatName or Listing.ListName))
                faults.Add($"{Short(name)} is not known. Expected: {string.Join(", ", Names)}.");
        var values = new QueryValues(query, faults);
        var text = values.Text("q", SearchText.MaxLength) ?? "";
        var readings = SearchText.Readings(text);
        if (values.Word("as", [.. readings.Select(r => r.Name())]) is { } chosen && text.Length > 0)
            readings = [.. readings.OrderByDescending(r => r.Name() == chosen)];
        var outcome = values.Word("outcome", Outcomes.Names);
        var domain = values.Text("domain", MaxName)?.TrimStart('@');
        if (domain is not null && DomainNames.Clean(domain) is null)
            faults.Add($"domain={Short(domain)}: expected a domain, for example contoso.com.");
        var (since, until) = (values.Time("since", now, zone), values.Time("until", now, zone));
        if (since >= until)
            faults.Add("since must be before until.");
        var ours = values.Word("fault", ["ours"]) is not null;
        var (after, older, skip) = Place(values.Text("cursor", PlaceText.MaxLength + 8), faults);
        return new(
            text, readings, outcome is null ? null : Outcomes.Of(outcome), CausesOf(values.Text("cause", 1024), faults), domain,
            values.Text("server", MaxName), values.Text("connector", MaxName), ours, since, until, after, older, skip,
            new([.. Names.SkipLast(1).Where(n => query[n].ToString().Trim().Length > 0).Select(n => (n, query[n].ToString().Trim()))]));
    }

    /// <summary>The query of the tracking logs.</summary>
    public TraceQuery ToTrace() => new()
    {
        Address = Reading switch { TextReading.Address => Text, TextReading.Domain => "@" + Text.TrimStart('@'), _ => null },
        MessageId = Reading == TextReading.MessageId ? Text : null,
        NetworkMessageId = Reading == TextReading.NetworkMessageId ? Text : null,
        Ip = Reading == TextReading.Ip ? System.Net.IPAddress.Parse(Text) : null,
        Domain = Domain,
        Server = Server,
        Since = Since,
        Until = Until,
        Outcome = Outcome,
    };

    /// <summary>The query of the stored failures.</summary>
    /// <param name="reasons">The reasons that need action on our side; null: any.</param>
    public FailureQuery ToFailures(IReadOnlySet<string>? reasons) => new()
    {
        Since = Since is { } since ? new(since) : null,
        Until = Until is { } until ? new(until) : null,
        Causes = Causes,
        Reasons = reasons,
        Domain = Domain is null ? null : DomainNames.Clean(Domain),
        Server = Server,
        Connector = Connector,
        Words = Reading == TextReading.Words ? SearchText.Words(Text) : [],
    };

    static List<Cause> CausesOf(string? text, List<string> faults)
    {
        var causes = new List<Cause>();
        foreach (var name in text?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [])
            if (CauseTable.TryParse(name, out var cause))
                causes.Add(cause);
            else
                faults.Add($"cause={Short(name)}: expected one of {string.Join(", ", CauseTable.All.Select(c => c.Name))}.");
        return causes;
    }

    /// <summary>A place among failures is `TIME_ID`; among messages it is `SKIP` or `SKIP.PLACE`.</summary>
    static (FailurePlace? After, RowPlace? Older, int Skip) Place(string? cursor, List<string> faults)
    {
        if (cursor is null)
            return (null, null, 0);
        var parts = cursor.Split('.');
        if (parts.Length <= 2 && Number(parts[0]) is { } skip and >= 0 and < MostMessages)
            return (null, PlaceText.Read(parts.Length == 2 ? parts[1] : null, faults), (int)skip);
        parts = cursor.Split('_');
        if (parts is [var first, var second] && Number(first) is { } time && Number(second) is { } id)
            return (new(time, id), null, 0);
        faults.Add("cursor: expected the value of a link of this page. Begin at the first page: leave cursor out.");
        return (null, null, 0);
    }

    static long? Number(ReadOnlySpan<char> text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static string Cursor(int skip, RowPlace? older) =>
        string.Create(CultureInfo.InvariantCulture, $"{skip}{(older is { } place ? "." + PlaceText.Of(place) : "")}");

    public static string Cursor(FailurePlace place) => string.Create(CultureInfo.InvariantCulture, $"{place.Time}_{place.Id}");

    /// <summary>A value in a message about it.</summary>
    internal static string Short(string text) => Analysis.Messages.KeptText.Start(text, 60);
}
