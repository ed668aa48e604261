using Mailflow.Analysis.Incidents;

namespace Mailflow.Pipeline;

/// <summary>An incident as the store has it.</summary>
/// <param name="Announced">
/// Whether sinks were told about it. One that was over when its logs were read for the first time is from history: nobody is told.
/// </param>
sealed record KnownIncident(Incident Incident, bool Announced)
{
    public bool IsOpen => Incident.Closed is null;
}
