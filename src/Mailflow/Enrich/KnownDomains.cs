using Mailflow.Analysis;

namespace Mailflow.Enrich;

/// <summary>
/// Domains that accepted mail, used to suggest the intended domain for a misspelled one. Bounded; evicts the least recently seen.
/// </summary>
sealed class KnownDomains
{
    public const int Most = 4000;

    readonly Lock _lock = new();
    readonly Recent<string, bool> _domains = new(Most, StringComparer.Ordinal);

    public void Add(IReadOnlyCollection<string> domains)
    {
        if (domains.Count == 0)
            return;
        lock (_lock)
            foreach (var domain in domains)
                _domains.Set(domain, true);
    }

    public IEnumerable<string> All()
    {
        lock (_lock)
            return [.. _domains.Keys];
    }
}
