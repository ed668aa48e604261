namespace Mailflow.Enrich;

/// <summary>Domains that mail has reached: what a domain that does not exist may have been meant for. Bounded; those that come up again stay.</summary>
sealed class KnownDomains
{
    public const int Most = 4000;

    readonly Lock _lock = new();

    // Two generations, as in the resolver.
    HashSet<string> _young = new(StringComparer.Ordinal);
    HashSet<string> _old = new(StringComparer.Ordinal);

    public void Add(IReadOnlyCollection<string> domains)
    {
        if (domains.Count == 0)
            return;
        lock (_lock)
            foreach (var domain in domains)
            {
                if (_young.Count >= Most / 2)
                {
                    (_old, _young) = (_young, _old);
                    _young.Clear();
                }

                _young.Add(domain);
            }
    }

    public IEnumerable<string> All()
    {
        lock (_lock)
            return [.. _young.Union(_old, StringComparer.Ordinal)];
    }
}
