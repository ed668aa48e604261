using Mailflow.Analysis.Incidents;
using Mailflow.Privacy;

namespace Mailflow.Notify;

/// <summary>What is sent to a receiver at once. Texts are masked.</summary>
/// <param name="Id">32 hexadecimal digits: the same each time the same news is sent.</param>
/// <param name="News">The most important first.</param>
/// <param name="IsShort">Whether only the title and the sums are sent, because the receiver rejected more.</param>
/// <param name="IsTest">Whether it is made up.</param>
sealed record Notification(
    string Id, IReadOnlyList<IncidentNews> News, DateTimeOffset At, Masking Masking, Uri? Page, bool IsShort = false, bool IsTest = false)
{
    /// <summary>Incidents that are shown in full.</summary>
    public const int MostInFull = 10;

    /// <summary>The news that is shown in full.</summary>
    public IEnumerable<IncidentNews> InFull => IsShort ? [] : News.Where(n => n.Kind != NewsKind.Passed).Take(MostInFull);

    /// <summary>Incidents that have one line each.</summary>
    public IEnumerable<IncidentNews> Past => IsShort ? [] : News.Where(n => n.Kind == NewsKind.Passed).Take(MostInFull);

    public int More => News.Count - InFull.Count() - Past.Count();

    public bool IsUrgent => News.Any(n => n.IsUrgent);

    /// <summary>The severity of the worst incident that is open; null if none is.</summary>
    public IncidentSeverity? Worst =>
        News.Where(n => n.Kind < NewsKind.Closed).Select(n => (IncidentSeverity?)n.Incident.Severity).Max();

    /// <summary>For one incident its title, for more how many there are of each kind.</summary>
    public Masked Title
    {
        get
        {
            Masked test = IsTest ? (Masked)$"Test: " : default;
            if (News is [var one])
                return $"{test}{Head(one)}: {Masking.Status(IncidentStory.Title(one.Incident))}";
            var counts = News.GroupBy(n => n.Kind).OrderBy(g => g.Key).Select(g => Count(g.Key, g.Count()));
            return $"{test}Incidents: {counts.Aggregate((a, b) => $"{a}, {b}")}";
        }
    }

    /// <summary>What happened, and how severe it is.</summary>
    public static Masked Head(IncidentNews news) => news.Kind switch
    {
        NewsKind.Opened => $"New, {Masked.Name(news.Incident.Severity)}",
        NewsKind.Worse => $"Worse, {Masked.Name(news.Incident.Severity)}",
        NewsKind.Reopened => $"Back again, {Masked.Name(news.Incident.Severity)}",
        NewsKind.Closed => $"Over",
        _ => $"Began and ended",
    };

    /// <summary>The incident in one paragraph.</summary>
    Masked Says(IncidentNews news) => Masking.Status(IncidentStory.Paragraph(news.Incident, news.At));

    /// <summary>What to do about an open incident; null if it is over.</summary>
    Masked? Do(IncidentNews news) =>
        news.Kind >= NewsKind.Closed ? null : Masking.Text(Incidents.IncidentJson.Advice(news.Incident, Masking).Check);

    /// <summary>All about an incident: what happened, the paragraph, what to do, and its page.</summary>
    public Masked Full(IncidentNews news)
    {
        Masked says = $"{Head(news)}. {Says(news)}";
        if (Do(news) is { } check)
            says = $"{says}\nWhat to do: {check}";
        return PageOf(news) is { } page ? $"{says}\n{page}" : says;
    }

    /// <summary>The address of an incident's page; null where the address of the page is not known, or the incident is made up.</summary>
    public Masked? PageOf(IncidentNews news) =>
        Page is null || IsTest ? null : Masking.Text($"{Page.GetLeftPart(UriPartial.Path).TrimEnd('/')}/incidents/{news.Incident.Id}");

    /// <summary>Where a click leads: to the page of the only incident, or to the start page.</summary>
    public Masked? Target => News is [var one] && PageOf(one) is { } page ? page : Masking.TextOrNull(Page?.ToString());

    /// <summary>An incident that is old news, in one line.</summary>
    public Masked Line(IncidentNews news) =>
        $"{Masking.Status(IncidentStory.Title(news.Incident))}, {Time(news.Incident.FirstFailure)} to {Time(news.Incident.Closed ?? news.At)}";

    /// <summary>A last line: what is not shown in full, and where to look.</summary>
    public Masked? Rest => (More, Page) switch
    {
        ( > 0, { } page) => (Masked)$"And {More} more: {Masking.Text(page.ToString())}",
        ( > 0, _) => (Masked)$"And {More} more: see the page, or mailflow incidents.",
        (_, { } page) => Masking.Text(page.ToString()),
        _ => null,
    };

    /// <summary>The whole text, for receivers without another form.</summary>
    public Masked Text
    {
        get
        {
            var parts = InFull.Select(n => (Masked)$"{Full(n)}\nIncident {Masking.Text(n.Incident.Id)}");
            var past = Past.Select(n => (Masked)$"- {Line(n)}").ToList();
            if (past.Count > 0)
                parts = parts.Append((Masked)$"Began and ended since the last notification:\n{past.Aggregate((a, b) => $"{a}\n{b}")}");
            if (IsShort)
                parts = parts.Append(Title);
            if (Rest is { } rest)
                parts = parts.Append(rest);
            return parts.Aggregate((a, b) => $"{a}\n\n{b}");
        }
    }

    static Masked Time(DateTime time) => $"{new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)):yyyy-MM-dd HH:mm} UTC";

    static Masked Count(NewsKind kind, int count) => kind switch
    {
        NewsKind.Opened => $"{count} new",
        NewsKind.Worse => $"{count} worse",
        NewsKind.Reopened => $"{count} back again",
        NewsKind.Closed => $"{count} over",
        _ => $"{count} began and ended",
    };
}
