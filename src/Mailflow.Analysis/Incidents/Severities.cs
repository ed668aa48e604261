using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Incidents;

/// <summary>How bad an incident is, and whether it is us.</summary>
static class Severities
{
    const int ManyRecipients = 50, VeryManyRecipients = 500;

    const double LargeShare = 0.2;

    const int Day = 24 * 60;

    public static IncidentSeverity Of(Outage outage, PlaceMap places, long now)
    {
        var minute = (int)(now / 60);
        var from = (int)Math.Max(outage.First / 60, minute - Day);
        var all = Math.Max(1, places.Find(PlaceMap.All)?.Attempts(from - 1, minute) ?? 1);
        var ofAll = outage.Messages >= 10 ? outage.Messages / (double)all : 0;
        var isDown = !outage.IsWide && outage.Place.Kind is PlaceKind.Server or PlaceKind.Connector or PlaceKind.Database or PlaceKind.Organization;
        if (outage.Cases.Count >= VeryManyRecipients || ofAll >= LargeShare || (isDown && outage.Share >= 0.5 && outage.Messages >= 10))
            return IncidentSeverity.Critical;
        return outage.Cases.Count >= ManyRecipients || outage.Place.Kind is PlaceKind.Egress || isDown ? IncidentSeverity.Major : IncidentSeverity.Minor;
    }

    /// <summary>
    /// Several senders are told by one provider to come later, we do not send more than usual, and nothing else says that it is us.
    /// </summary>
    public static bool IsNotUs(Outage outage, PlaceMap places, long now)
    {
        if (outage.Family is not (CauseFamily.Throttle or CauseFamily.Reach) || outage.Place.Kind is not (PlaceKind.Domain or PlaceKind.NextHop))
            return false;
        if (outage.Cases.Select(c => c.First.Sender).Distinct().Take(3).Count() < 3 || places.Find(outage.Place) is not { } place)
            return false;
        if (outage.Family == CauseFamily.Reach && outage.Cases.Exists(c => c.Newest.Cause != Cause.SystemError))
            return false;
        var minute = (int)(now / 60);
        var usual = place.Messages / Math.Max(1, Math.Min(minute - place.FirstMinute, 20 * 24 * 60)) * 60 * 6;
        return place.Attempts(minute - 360, minute) <= Math.Max(10, 4 * usual);
    }
}
