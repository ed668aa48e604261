using System.Text;
using Mailflow.Analysis.Failures;

namespace Mailflow.Ledger;

/// <summary>The time steps of a chart. Times before the first step count in the first, times after the last step in the last.</summary>
/// <param name="Start">Start of the first step, in milliseconds.</param>
/// <param name="Step">Length of a step, in milliseconds.</param>
sealed record Steps(long Start, long Step, int Count)
{
    /// <summary>The index of the step that contains a time.</summary>
    public int Of(long time) => time < Start ? 0 : (int)Math.Min((time - Start) / Step, Count - 1);
}

/// <summary>
/// Sums of failures by cause and reason, by recipient domain and by time step. Rows are added one by one, or as stored sums of an hour
/// (<see cref="HourSums"/>); both give the same result.
/// </summary>
sealed class FailureSums(Steps? steps = null, int mostDomains = FailureSums.MaxDomains)
{
    /// <summary>Domains that are kept in memory. If there are more, the store calculates their sums (<see cref="History.TopDomains"/>).</summary>
    public const int MaxDomains = 200_000;

    public static readonly int Causes = Enum.GetValues<Cause>().Length;

    readonly Dictionary<string, ReasonSum>[] _reasons =
        [.. Enumerable.Range(0, Causes).Select(_ => new Dictionary<string, ReasonSum>(StringComparer.Ordinal))];

    readonly Dictionary<string, DomainSum> _domains = new(StringComparer.Ordinal);
    readonly long[] _steps = new long[(steps?.Count ?? 0) * Causes];

    public Steps? Steps => steps;

    public IEnumerable<(Cause Cause, string Reason, ReasonSum Sum)> Reasons =>
        _reasons.SelectMany((r, cause) => r.Select(p => ((Cause)cause, p.Key, p.Value)));

    public IReadOnlyDictionary<string, DomainSum> Domains => _domains;

    /// <summary>Adds failures of a cause, the newest of them at <paramref name="newest"/>. Of several at the same time, the lowest id is the newest.</summary>
    public void AddReason(Cause cause, ReadOnlySpan<byte> reason, long count, long newest, long id)
    {
        var sum = At(_reasons[(int)cause], reason, static () => new ReasonSum());
        sum.Count += count;
        if (newest > sum.Newest || (newest == sum.Newest && id < sum.NewestId))
            (sum.Newest, sum.NewestId) = (newest, id);
    }

    /// <summary>Whether there are more domains than the maximum; then no domain is kept.</summary>
    public bool TooManyDomains { get; private set; }

    public void AddDomain(ReadOnlySpan<byte> domain, Cause cause, long count, long newest)
    {
        if (TooManyDomains)
            return;
        At(_domains, domain, static () => new DomainSum()).Add(cause, count, newest);
        if (_domains.Count <= mostDomains)
            return;
        TooManyDomains = true;
        _domains.Clear();
        _domains.TrimExcess();
    }

    public void AddStep(long time, Cause cause, long count)
    {
        if (steps is not null)
            _steps[(steps.Of(time) * Causes) + (int)cause] += count;
    }

    public IEnumerable<(int Step, Cause Cause, long Count)> BySteps()
    {
        for (var i = 0; i < _steps.Length; i++)
            if (_steps[i] > 0)
                yield return (i / Causes, (Cause)(i % Causes), _steps[i]);
    }

    public List<CauseSpread> Spread()
    {
        var (top, most, domains) = (new string[Causes], new long[Causes], new long[Causes]);
        foreach (var (domain, sum) in _domains)
            foreach (var (cause, count, _) in sum.Counts)
            {
                var place = (int)cause;
                domains[place]++;
                if (count > most[place] || (count == most[place] && string.CompareOrdinal(domain, top[place]) < 0))
                    (top[place], most[place]) = (domain, count);
            }

        return [.. Enumerable.Range(0, Causes).Where(c => domains[c] > 0).Select(c => new CauseSpread((Cause)c, top[c], most[c], domains[c]))];
    }

    /// <summary>The domains with the most failures; failures without a domain are left out.</summary>
    public List<DomainCount> TopDomains(int most)
    {
        // Only the top ones are kept sorted: most of a million domains never get there.
        var best = new SortedSet<(long Total, string Domain)>(Comparer<(long Total, string Domain)>.Create(
            (a, b) => a.Total != b.Total ? b.Total.CompareTo(a.Total) : string.CompareOrdinal(a.Domain, b.Domain)));
        foreach (var (domain, sum) in _domains)
        {
            if (domain.Length == 0)
                continue;
            var total = sum.Total;
            if (best.Count == most && total < best.Max.Total)
                continue;
            best.Add((total, domain));
            if (best.Count > most)
                best.Remove(best.Max);
        }

        return [.. best.Select(b => Count(b.Domain, b.Total))];

        DomainCount Count(string name, long total)
        {
            var domain = _domains[name];
            var (cause, count) = domain.Top();
            return new(name, total, cause, count, DateTimeOffset.FromUnixTimeMilliseconds(domain.Newest));
        }
    }

    /// <summary>Names repeat, so a string is allocated only for the first of each.</summary>
    static T At<T>(Dictionary<string, T> table, ReadOnlySpan<byte> name, Func<T> make)
    {
        var length = Encoding.UTF8.GetMaxCharCount(name.Length);
        var letters = length <= 512 ? stackalloc char[length] : new char[length];
        letters = letters[..Encoding.UTF8.GetChars(name, letters)];
        var lookup = table.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(letters, out var found))
            return found;
        found = make();
        lookup[letters] = found;
        return found;
    }
}

sealed class ReasonSum
{
    public long Count { get; set; }

    /// <summary>Time of the newest failure in milliseconds.</summary>
    public long Newest { get; set; } = long.MinValue;

    public long NewestId { get; set; }
}

/// <summary>Failures to one domain, by cause.</summary>
sealed class DomainSum
{
    (Cause Cause, long Count, long Newest)[] _counts = new (Cause, long, long)[1];
    int _used;

    public ReadOnlySpan<(Cause Cause, long Count, long Newest)> Counts => _counts.AsSpan(0, _used);

    public long Total
    {
        get
        {
            var total = 0L;
            foreach (var (_, count, _) in Counts)
                total += count;
            return total;
        }
    }

    public long Newest
    {
        get
        {
            var newest = long.MinValue;
            foreach (var (_, _, time) in Counts)
                newest = Math.Max(newest, time);
            return newest;
        }
    }

    public void Add(Cause cause, long count, long newest)
    {
        foreach (ref var at in _counts.AsSpan(0, _used))
            if (at.Cause == cause)
            {
                at = (cause, at.Count + count, Math.Max(at.Newest, newest));
                return;
            }

        if (_used == _counts.Length)
            Array.Resize(ref _counts, _used * 2);
        _counts[_used++] = (cause, count, newest);
    }

    /// <summary>The most frequent cause; of several, the first by name.</summary>
    public (Cause Cause, long Count) Top()
    {
        var top = Counts[0];
        foreach (var at in Counts)
            if (at.Count > top.Count || (at.Count == top.Count && string.CompareOrdinal(at.Cause.Name(), top.Cause.Name()) < 0))
                top = at;
        return (top.Cause, top.Count);
    }
}
