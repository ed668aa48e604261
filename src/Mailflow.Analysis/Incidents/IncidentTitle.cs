using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Incidents;

/// <summary>What an incident is, in one line.</summary>
public static class IncidentTitle
{
    /// <summary>A title such as <c>Mail to contoso.com fails: network-failure</c>. Addresses are unmasked.</summary>
    public static string Of(Incident incident) => incident.Kind switch
    {
        IncidentKind.Silence => $"No mail: {Place(incident.Place)}",
        IncidentKind.Slow => $"Slow mail: {Place(incident.Place)}",
        IncidentKind.Account => $"The account may be compromised: {incident.Place.Name}",
        IncidentKind.Signal => $"{Place(incident.Place)}: {(incident.Evidence.Count > 0 ? incident.Evidence[0] : incident.Cause.Name())}",
        _ => $"Mail fails: {Place(incident.Place)}: {incident.Cause.Name()}",
    };

    static string Place(IncidentPlace place) => place.Kind switch
    {
        PlaceKind.Domain => $"domain {place.Name}",
        PlaceKind.NextHop => $"next hop {place.Name}",
        PlaceKind.Connector => $"connector {place.Name}",
        PlaceKind.Server => $"server {place.Name}",
        PlaceKind.Egress => $"our address {place.Name}",
        PlaceKind.Sender => $"sender {place.Name}",
        PlaceKind.Database => $"mailbox database {place.Name}",
        _ => "the whole organization",
    };
}
