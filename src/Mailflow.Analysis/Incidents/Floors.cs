namespace Mailflow.Analysis.Incidents;

/// <summary>What a place needs at least, whatever its probability: an incident concerns more than one message of one person.</summary>
static class Floors
{
    /// <summary>A place with fewer successes than this in the past is new: a mistyped domain never works.</summary>
    public const int Known = 3;

    /// <summary>What a place needs to which no mail is known to have got through.</summary>
    const int NewMessages = 10, NewSenders = 4, NewMinutes = 360;

    /// <summary>What a place needs where only a small share of its mail fails.</summary>
    public const int LeakMessages = 8;

    const int LeakSenders = 3, LeakDomains = 3;

    /// <summary>Above this time, in minutes, most of the mail to a domain must fail: some failures in a day are usual.</summary>
    const int LongMinutes = 360;

    const double LongShare = 0.7;

    public const double Leak = 0.2;

    /// <param name="window">The time that is judged, in minutes.</param>
    public static bool Hold(Candidate candidate, PlaceMap places, int window)
    {
        var rule = (candidate.Family ?? candidate.Cases[0].Family).Rule();
        if (candidate.Messages < rule.Messages)
            return false;
        var senders = candidate.Cases.Select(c => c.First.Sender).Distinct().Take(10).Count();
        var recipients = candidate.Cases.Select(c => c.First.Recipient).Distinct().Take(10).Count();
        if (!IsOfSeveral(candidate))
            return false;
        return candidate.Key.Kind switch
        {
            PlaceKind.Domain or PlaceKind.NextHop or PlaceKind.Database =>
                candidate.Share >= (window > LongMinutes ? Math.Max(LongShare, rule.Share) : rule.Share)
                && senders >= rule.Senders && recipients >= rule.Recipients && (senders >= 2 || recipients >= 2)
                && (places.Find(candidate.Key) is { Successes: >= Known }
                    || (senders >= NewSenders && candidate.Messages >= NewMessages && window <= NewMinutes)),
            _ => candidate.Share >= Leak
                ? (senders >= 2 || recipients >= 2) && Parts(candidate, 2) >= 2
                : candidate.Messages >= LeakMessages && senders >= LeakSenders && Parts(candidate, LeakDomains) >= LeakDomains,
        };
    }

    /// <summary>One sender with many failures is a matter of this sender: the others must have some too.</summary>
    public static bool IsOfSeveral(Candidate candidate)
    {
        var most = candidate.Cases.Where(c => c.First.Sender != 0).GroupBy(c => c.First.Sender).Select(g => g.Select(c => c.First.Message).Distinct().Count())
            .DefaultIfEmpty(0).Max();
        var others = candidate.Messages - most;
        return candidate.Key.Kind is PlaceKind.Domain or PlaceKind.Database ? most < 10 || others >= 2 : others >= 2 && others >= 0.3 * candidate.Messages;
    }

    static int Parts(Candidate candidate, int most) => candidate.Cases.Select(c => (c.First.Domain, c.First.Database)).Distinct().Take(most).Count();
}
