using Mailflow.Analysis.Incidents;

namespace Mailflow.Ledger;

/// <summary>Names of what happens to incidents, as in the store and in events.</summary>
static class IncidentEvents
{
    public static string Name(this IncidentEvent happened) => happened switch
    {
        IncidentEvent.Opened => "opened",
        IncidentEvent.Changed => "changed",
        IncidentEvent.Closed => "closed",
        _ => "reopened",
    };
}
