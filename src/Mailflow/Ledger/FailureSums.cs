using System.Text;
using Mailflow.Analysis.Failures;

namespace Mailflow.Ledger;

/// <summary>Steps of time for a chart: what is before the first counts in the first, what is after the last in the last.</summary>
/// <param name="Start">Where the first step starts, in milliseconds.</param>
/// <param name="Step">In milliseconds.</param>
sealed record Steps(long Start, long Step, int Count)
{
    public int Of(long time) => (int)Math.Clamp(Math.DivRem(time - Start, Step) is var (slot, rest) && rest < 0 ? slot - 1 : slot, 0, Count - 1);
}

/// <summary>
/// Failures added up: by cause and reason, by recipients' domain, by steps of time. Rows are added one by one, or hours that were added up before (<see cref="HourSums"/>); both give the same.
/// </summary>
sealed class FailureSums(Steps? steps = null, int mostDomains = FailureSums.MaxDomains)
{
    /// <summary>Domains that are kept in memory. Where there are more, their figures are asked of the store (<see cref="History.TopDomains"/>).</summary>
    public const int MaxDomains = 200_000;

    public static readonly int Causes = Enum.GetValues<Cause>().Length;

    readonly Dictionary<string, ReasonSum>[] _reasons = [.. Enumerable.Range(0, Causes).Select(_ => new Dictionary<string, ReasonSum>(StringComparer.Ordinal))];
    readonly Dictionary<string, DomainSum> _domains = new(StringComparer.Ordinal);
    readonly long[] _steps = new long[(steps?.Count ?? 0) * Causes];

    public Steps? Steps => steps;

    public IEnumerable<(Cause Cause, string Reason, ReasonSum Sum)> Reasons => _reasons.SelectMany((r, cause) => r.Select(p => ((Cause)cause, p.Key, p.Value)));

    public IReadOnlyDictionary<string, DomainSum> Domains => _domains;

    /// <summary>Failures of a cause whose newest is at <paramref name="newest"/>; of several at one time, the one with the lowest id is the newest.</summary>
    public void AddReason(Cause cause, ReadOnlySpan<byte> reason, long count, long newest, long id)
    {
        var sum = At(_reasons[(int)cause], reason, static () => new ReasonSum());
        sum.Count += count;
        if (newest > sum.Newest || (newest == sum.Newest && id < sum.NewestId))
            (sum.Newest, sum.NewestId) = (newest, id);
    }

    /// <summary>Whether there were more domains than are kept: then none is.</summary>
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

    /// <summary>The domains with the most failures; a failure without a domain is none of theirs.</summary>
    public List<DomainCount> TopDomains(int most)
    {
        // The best so far, in order: most of a million domains are worse than the last of a dozen.
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

    /// <summary>Names come again and again: a string is made for the first only.</summary>
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

    /// <summary>The newest one's time in milliseconds.</summary>
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

    /// <summary>The cause of most of them; of several, the first by name.</summary>
    public (Cause Cause, long Count) Top()
    {
        var top = Counts[0];
        foreach (var at in Counts)
            if (at.Count > top.Count || (at.Count == top.Count && string.CompareOrdinal(at.Cause.Name(), top.Cause.Name()) < 0))
                top = at;
        return (top.Cause, top.Count);
    }
}
