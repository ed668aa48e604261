using Mailflow.Analysis.Incidents;
using Mailflow.Ledger;

namespace Mailflow.Notify;

/// <summary>What a notification says about an incident.</summary>
enum NewsKind
{
    Opened,

    /// <summary>More severe, ten times as many recipients, or at a wider place.</summary>
    Worse,

    /// <summary>It came back after it was over.</summary>
    Reopened,

    Closed,

    /// <summary>It was opened and ended since the last notification: old news.</summary>
    Passed,
}

/// <summary>What happened to one incident since the last notification.</summary>
/// <param name="Incident">As it is after the last event.</param>
/// <param name="At">When that was, in the time of the logs.</param>
sealed record IncidentNews(NewsKind Kind, Incident Incident, DateTime At)
{
    /// <summary>Incidents in one reading of the store. What happened to more is only counted.</summary>
    public const int MostIncidents = 2000;

    /// <summary>Whether it may be sent in quiet hours.</summary>
    public bool IsUrgent => Kind is NewsKind.Opened or NewsKind.Worse or NewsKind.Reopened && Incident.Severity == IncidentSeverity.Critical;

    /// <summary>All events of an incident become one piece of news: the most severe open incidents first, old news last.</summary>
    public static IReadOnlyList<IncidentNews> Fold(IEnumerable<StoredHappening> events)
    {
        var all = new Dictionary<string, IncidentNews>(StringComparer.Ordinal);
        foreach (var happened in events)
        {
            var known = all.GetValueOrDefault(happened.Incident.Id);
            if (known is not null || all.Count < MostIncidents)
                all[happened.Incident.Id] = new(KindOf(known?.Kind, happened.Event), happened.Incident, happened.At);
        }

        return [.. all.Values.OrderBy(n => n.Kind >= NewsKind.Closed ? n.Kind : NewsKind.Opened).ThenByDescending(n => n.Incident.Severity).ThenBy(n => n.At)];
    }

    static NewsKind KindOf(NewsKind? before, string happened) => (before, happened) switch
    {
        (NewsKind.Opened or NewsKind.Passed, "closed") => NewsKind.Passed,
        (NewsKind.Opened or NewsKind.Passed, _) => NewsKind.Opened,
        (_, "opened") => NewsKind.Opened,
        (_, "closed") => NewsKind.Closed,
        (NewsKind.Reopened, _) or (_, "reopened") => NewsKind.Reopened,
        _ => NewsKind.Worse,
    };
}
