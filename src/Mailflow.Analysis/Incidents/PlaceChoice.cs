using System.Runtime.InteropServices;
using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Incidents;

/// <summary>
/// Which places explain the failures of a time: the smallest set of places without which the rest is as on an ordinary day. A place is worth its gain in
/// likelihood: how much likelier the failures and successes are if the place fails at the rate seen now instead of its rate of the past. A large place has
/// many successes that speak against it; many small places cost more than one large place that explains them all.
/// </summary>
sealed class PlaceChoice(PlaceMap places)
{
    /// <summary>The price of a place, in natural units of likelihood: about how rarely one of some thousand places begins to fail in an hour.</summary>
    const double PriceOfPlace = 8;

    /// <summary>The price of each domain that a wide place hits: whether it uses the list, checks DMARC and so on is not known.</summary>
    const double PriceOfHit = 1.5;

    /// <summary>A wide place hits at least this many domains.</summary>
    const int WideDomains = 3;

    /// <summary>So many of its cases must be at a wide place: a few may be from elsewhere.</summary>
    const double MostOfAll = 0.8;

    /// <summary>
    /// What is thought of a place before anything is seen there: the shape of the distribution of its rate, and the weight in
    /// messages. Where a family is frequent in the whole organisation, its rate is expected.
    /// </summary>
    const double PriorShape = 0.5, MostMessages = 100, FewestMessages = 10;

    /// <summary>A place with fewer cases is no incident of its own (<see cref="Floors"/>): it is weighed only where it is a part of a larger one.</summary>
    const int FewestCases = 3;

    /// <summary>Candidates are used again: nearly all of them are looked at once, each minute.</summary>
    const int MostReused = 4096;

    readonly Dictionary<(PlaceKey, CauseFamily?), Candidate> _candidates = [];
    readonly List<Candidate> _reused = [];
    int _used;
    readonly HashSet<uint> _messages = [];
    readonly Dictionary<(CauseFamily, (int, int)), (int Newest, int Count)> _domains = [];

    double PriorOf(CauseFamily family)
    {
        if (places.Find(PlaceMap.All) is not { Messages: > 200 } all)
            return MostMessages;
        return Math.Clamp(PriorShape * all.Messages / Math.Max(1, all.Troubles(family)), FewestMessages, MostMessages);
    }

    /// <summary>The chosen places, those that explain most first. They are valid until the next call.</summary>
    /// <param name="cases">The cases to explain, oldest first.</param>
    /// <param name="window">How long the time is, in minutes.</param>
    /// <param name="now">Its end, in minutes since 1970.</param>
    /// <param name="most">The largest probability of a place that counts as failing.</param>
    public List<Candidate> Of(IReadOnlyList<TroubleCase> cases, int window, int now, double most)
    {
        _used = 0;
        var chosen = new List<Candidate>();
        var left = cases.ToList();
        while (left.Count > 0 && chosen.Count < 50)
        {
            var candidates = Candidates(left, window, now);
            var best = Best(candidates, window, now, most);
            if (best is null)
                break;
            chosen.Add(best);
            var taken = best.Cases.ToHashSet();
            left.RemoveAll(taken.Contains);
        }

        return chosen;
    }

    Dictionary<(PlaceKey, CauseFamily?), Candidate> Candidates(List<TroubleCase> cases, int window, int now)
    {
        var candidates = _candidates;
        candidates.Clear();
        Span<PlaceKey> keys = stackalloc PlaceKey[PlaceMap.MostKeys];
        foreach (var trouble in cases)
        {
            var rule = trouble.Family.Rule();
            var isUsual = IsUsual(trouble, now - window);
            foreach (var key in keys[..places.KeysOf(trouble.Newest, keys)])
            {
                if (!rule.Places.Contains(key.Kind) || (isUsual && key.Kind is not (PlaceKind.Domain or PlaceKind.Database)))
                    continue;
                Candidate(key, trouble.Family).Cases.Add(trouble);
                if (!rule.IsPersonal && key.Kind is PlaceKind.Domain or PlaceKind.NextHop)
                    Candidate(key, null).Cases.Add(trouble);
            }
        }

        foreach (var candidate in candidates.Values)
            if (candidate.Cases.Count >= FewestCases)
                Weigh(candidate, window, now);
        return candidates;

        Candidate Candidate(PlaceKey key, CauseFamily? family)
        {
            ref var candidate = ref CollectionsMarshal.GetValueRefOrAddDefault(candidates, (key, family), out _);
            return candidate ??= New(key, family);
        }
    }

    Candidate New(PlaceKey key, CauseFamily? family)
    {
        if (_used < _reused.Count)
            return _reused[_used++].Begin(key, family);
        var candidate = new Candidate(key, family, isWide: false);
        if (_reused.Count < MostReused)
        {
            _reused.Add(candidate);
            _used++;
        }

        return candidate;
    }

    /// <summary>Mail to this domain always fails: that says nothing about larger places.</summary>
    bool IsUsual(TroubleCase trouble, int before)
    {
        const double Usual = 0.25;
        if (trouble.Newest.Domain == 0 || places.Find(new(PlaceKind.Domain, trouble.Newest.Domain)) is not { } place)
            return false;
        // Less its cases in the time that is judged.
        var past = place.Troubles(trouble.Family) - place.Recent(trouble.Family, before, int.MaxValue);
        return past > 1 && past > Usual * (place.Messages - place.Attempts(before, int.MaxValue));
    }

    Candidate Weighed(Candidate candidate, int window, int now)
    {
        if (candidate.Messages == 0)
            Weigh(candidate, window, now);
        return candidate;
    }

    void Weigh(Candidate candidate, int window, int now)
    {
        candidate.Messages = CountMessages(candidate.Cases);
        var place = places.Find(candidate.Key);
        candidate.Attempts = Math.Max(candidate.Messages, place?.Attempts(now - window, now) ?? 0);
        var (shape, messages) = Past(candidate, place);
        candidate.Probability = TailProbability.AtLeast(candidate.Messages, shape / messages * candidate.Attempts, shape);
        candidate.Gain = Gain(candidate.Messages, candidate.Attempts, shape / messages) - PriceOfPlace;
        if (place is null || place.LastSuccess <= now - window || candidate.Key.Kind is PlaceKind.Server or PlaceKind.Egress or PlaceKind.Organization)
            return;
        // What failed since the last success, though much got through before.
        var since = CountMessages(candidate.Cases, after: place.LastSuccess);
        if (since < 3 || Gain(since, since, shape / messages) - PriceOfPlace <= candidate.Gain)
            return;
        candidate.Gain = Gain(since, since, shape / messages) - PriceOfPlace;
        candidate.Cases.RemoveAll(c => c.Minute <= place.LastSuccess);
        (candidate.Messages, candidate.Attempts) = (since, since);
        candidate.Probability = Math.Min(candidate.Probability, TailProbability.AtLeast(since, shape / messages * since, shape));
    }

    /// <summary>Troubles and messages of the past without those of the time that is judged, with what is thought beforehand.</summary>
    (double Shape, double Messages) Past(Candidate candidate, PlaceHistory? place)
    {
        var prior = PriorOf(candidate.Family ?? candidate.Cases[0].Family);
        if (place is null)
            return (PriorShape, prior);
        var troubles = 0.0;
        if (candidate.Family is { } family)
            troubles = place.Troubles(family);
        else
            for (var f = 0; f < CauseFamilies.Count; f++)
                troubles += ((CauseFamily)f).Rule().IsPersonal || f == (int)CauseFamily.Slow ? 0 : place.Troubles((CauseFamily)f);
        var own = CountMessages(candidate.Cases, isFree: true);
        return (PriorShape + Math.Max(0, troubles - own), prior + Math.Max(0, place.Messages - candidate.Attempts));
    }

    /// <summary>Distinct messages of the cases after a minute.</summary>
    /// <param name="isFree">Only of cases without an incident.</param>
    int CountMessages(List<TroubleCase> cases, int after = int.MinValue, bool isFree = false)
    {
        _messages.Clear();
        foreach (var trouble in cases)
            if (trouble.Minute > after && (!isFree || trouble.Outage is null))
                _messages.Add(trouble.First.Message);
        return _messages.Count;
    }

    /// <summary>Whether the troubles of a time are more than those of the past let expect: rather too often than too rarely.</summary>
    /// <param name="family">Null: all that are not personal.</param>
    /// <param name="after">Minutes after this one,</param>
    /// <param name="to">up to this one.</param>
    public static bool IsUnusual(PlaceHistory place, CauseFamily? family, int after, int to, double most)
    {
        var (recent, past) = (0L, 0.0);
        for (var f = 0; f < CauseFamilies.Count; f++)
        {
            if (family is { } only ? f != (int)only : ((CauseFamily)f).Rule().IsPersonal || f == (int)CauseFamily.Slow)
                continue;
            recent += place.Recent((CauseFamily)f, after, to);
            past += place.Troubles((CauseFamily)f);
        }

        if (recent < 3)
            return false;
        var attempts = Math.Max(recent, place.Attempts(after, to));
        var shape = PriorShape + Math.Max(0, past - recent);
        return TailProbability.AtLeast(recent, shape / (MostMessages + Math.Max(0, place.Messages - attempts)) * attempts, shape) <= most;
    }

    /// <summary>The gain in likelihood if a place fails at the rate seen now instead of that of the past.</summary>
    static double Gain(double troubles, double attempts, double past)
    {
        past = Math.Clamp(past, 1e-5, 0.98);
        var now = Math.Min(0.999, troubles / attempts);
        if (now <= past)
            return 0;
        return (troubles * Math.Log(now / past)) + ((attempts - troubles) * Math.Log((1 - now) / (1 - past)));
    }

    Candidate? Best(Dictionary<(PlaceKey, CauseFamily?), Candidate> candidates, int window, int now, double most)
    {
        var fitting = candidates.Values
            .Where(c => c.Cases.Count >= FewestCases && c.Gain > 0 && c.Probability <= most && Floors.Hold(c, places, window)).ToList();
        var wide = Wide(candidates, window, now).FindAll(c => c.Gain > 0 && c.Probability <= most);
        // One reason at many domains is not several at the hosts of some of them.
        fitting.RemoveAll(c => wide.Exists(w => Covers(w, c)));
        fitting.AddRange(wide);
        Candidate? best = null;
        foreach (var candidate in fitting)
        {
            if (!candidate.IsWide && candidate.Key.Kind != PlaceKind.Domain && Parts(candidate, candidates, window, now) >= candidate.Gain)
                continue;
            if (best is null || IsBetter(candidate, best))
                best = candidate;
        }

        return best;
    }

    static bool Covers(Candidate wide, Candidate other)
    {
        if (wide.Gain < 0.7 * other.Gain || wide.Cases.Count < 1.3 * other.Cases.Count)
            return false;
        var cases = wide.Cases.ToHashSet();
        return other.Cases.Count(cases.Contains) >= 0.8 * other.Cases.Count;
    }

    /// <summary>Of two that explain nearly the same equally well, the one that comes first in the rule of the family.</summary>
    static bool IsBetter(Candidate one, Candidate other)
    {
        var same = Math.Abs(one.Cases.Count - other.Cases.Count) <= 0.15 * Math.Max(one.Cases.Count, other.Cases.Count);
        if (!same || one.IsWide != other.IsWide || Math.Min(one.Gain, other.Gain) < 0.5 * Math.Max(one.Gain, other.Gain))
            return one.Gain > other.Gain;
        var (a, b) = (Order(one), Order(other));
        return a != b ? a < b : one.Gain > other.Gain;
    }

    static int Order(Candidate candidate)
    {
        var family = candidate.Family ?? candidate.Cases.CountBy(c => c.Family).MaxBy(p => p.Value).Key;
        var order = Array.IndexOf(family.Rule().Places, candidate.Key.Kind);
        return order < 0 ? int.MaxValue : order;
    }

    /// <summary>What the parts of a place explain together, each with its price: its domains and databases, or its next hops.</summary>
    double Parts(Candidate candidate, Dictionary<(PlaceKey, CauseFamily?), Candidate> candidates, int window, int now)
    {
        Span<PlaceKey> keys = stackalloc PlaceKey[PlaceMap.MostKeys];
        var (small, hops) = (new HashSet<PlaceKey>(), new HashSet<PlaceKey>());
        foreach (var trouble in candidate.Cases)
        {
            if (PartOf(trouble) is { } part)
                small.Add(part);
            if (candidate.Key.Kind == PlaceKind.NextHop)
                continue;
            // The first of the two names of a host is its whole name.
            foreach (var key in keys[..places.KeysOf(trouble.Newest, keys)])
            {
                if (key.Kind != PlaceKind.NextHop)
                    continue;
                hops.Add(key);
                break;
            }
        }

        return Math.Max(Sum(small), Sum(hops));

        double Sum(HashSet<PlaceKey> parts) => parts.Sum(part =>
            part != candidate.Key && candidates.TryGetValue((part, candidate.Family), out var one)
            && one.Cases.Count < candidate.Cases.Count && Weighed(one, window, now).Gain > 0 ? one.Gain : 0);
    }

    static PlaceKey? PartOf(TroubleCase trouble) =>
        trouble.Newest.Domain != 0 ? new(PlaceKind.Domain, trouble.Newest.Domain)
        : trouble.Newest.Database != 0 ? new(PlaceKind.Database, trouble.Newest.Database)
        : null;

    /// <summary>Places above domains that fail for the same cause.</summary>
    List<Candidate> Wide(Dictionary<(PlaceKey, CauseFamily?), Candidate> candidates, int window, int now)
    {
        var wide = new List<Candidate>();
        if (!MayBeWide(candidates))
            return wide;
        var byCause = candidates.Values.Where(c => c.Key.Kind == PlaceKind.Domain && c.Family is { } f && f.Rule().Wide.Length > 0)
            .SelectMany(c => c.Cases.GroupBy(Reason), (c, cases) => (c.Family, Reason: cases.Key, Domain: c, Cases: cases.ToList()))
            .GroupBy(c => (c.Family, c.Reason));
        foreach (var group in byCause)
        {
            if (group.Count() < WideDomains)
                continue;
            foreach (var kind in group.Key.Family!.Value.Rule().Wide)
            {
                if (Wide(kind, group.Key.Family.Value, [.. group.Select(g => (g.Domain, g.Cases))], window, now) is not { } found)
                    continue;
                wide.Add(found);
                break;
            }
        }

        return wide;
    }

    /// <summary>A quick look: whether several domains have cases of one reason.</summary>
    bool MayBeWide(Dictionary<(PlaceKey, CauseFamily?), Candidate> candidates)
    {
        _domains.Clear();
        foreach (var candidate in candidates.Values)
        {
            if (candidate.Key.Kind != PlaceKind.Domain || candidate.Family is not { } family || family.Rule().Wide.Length == 0)
                continue;
            foreach (var trouble in candidate.Cases)
            {
                ref var seen = ref CollectionsMarshal.GetValueRefOrAddDefault(_domains, (family, Reason(trouble)), out _);
                if (seen.Newest == candidate.Key.Name)
                    continue;
                seen = (candidate.Key.Name, seen.Count + 1);
                if (seen.Count >= WideDomains)
                    return true;
            }
        }

        return false;
    }

    /// <summary>Replies of no known cause belong together if their words are the same.</summary>
    static (int Cause, int Words) Reason(TroubleCase trouble) =>
        trouble is { Family: CauseFamily.Reputation, Newest.Egress: not 0 } ? ((int)Cause.Blocklisted, 0)
        : trouble.Family == CauseFamily.Unknown ? ((int)trouble.Newest.Cause, trouble.Newest.Words) : ((int)trouble.Newest.Cause, 0);

    Candidate? Wide(PlaceKind kind, CauseFamily family, List<(Candidate Domain, List<TroubleCase> Cases)> parts, int window, int now)
    {
        // All but a few must be at one place of this kind.
        var all = parts.SelectMany(p => p.Cases).ToList();
        var (key, share) = MostOf(kind, all);
        if (key is not { } place || share < MostOfAll || OfOneProvider(all) >= 0.9)
            return null;
        var candidate = new Candidate(place, family, isWide: true);
        var gain = -PriceOfPlace;
        var domains = 0;
        foreach (var (domain, cases) in parts)
        {
            // A domain that never worked is mistyped or dead.
            if (places.Find(domain.Key) is not { Successes: >= Floors.Known } || cases.Exists(c => IsUsual(c, now - window)))
                continue;
            var (shape, messages) = Past(Weighed(domain, window, now), places.Find(domain.Key));
            var one = Gain(CountMessages(cases), domain.Attempts, shape / messages) - PriceOfHit;
            if (one <= 0)
                continue;
            domains++;
            gain += one;
            candidate.Cases.AddRange(cases);
        }

        if (domains < WideDomains)
            return null;
        Weigh(candidate, window, now);
        candidate.Gain = gain;
        return candidate.Messages >= family.Rule().Messages && Floors.IsOfSeveral(candidate) ? candidate : null;
    }

    /// <summary>The share of the cases at the most frequent provider: the hosts that have all but the first label in common.</summary>
    double OfOneProvider(List<TroubleCase> cases)
    {
        Span<PlaceKey> keys = stackalloc PlaceKey[PlaceMap.MostKeys];
        var counts = new Dictionary<PlaceKey, int>();
        foreach (var trouble in cases)
            foreach (var key in keys[..places.KeysOf(trouble.Newest, keys)])
                if (key.Kind == PlaceKind.NextHop)
                    counts[key] = counts.GetValueOrDefault(key) + 1;
        return counts.Count == 0 ? 0 : (double)counts.Values.Max() / cases.Count;
    }

    static (PlaceKey? Key, double Share) MostOf(PlaceKind kind, List<TroubleCase> cases)
    {
        switch (kind)
        {
            case PlaceKind.Organization:
                return (PlaceMap.All, 1);
            case PlaceKind.Egress:
                return (PlaceMap.Egress, 1);
        }

        var (name, count) = cases.Select(c => kind == PlaceKind.Server ? c.Newest.Server : c.Newest.Connector).Where(n => n != 0)
            .CountBy(n => n).OrderByDescending(p => p.Value).FirstOrDefault();
        return (name == 0 ? null : new PlaceKey(kind, name), (double)count / cases.Count);
    }
}
