using System.Collections.Immutable;
using Mailflow.Pipeline;

namespace Mailflow.Ledger;

/// <summary>The incidents that the page and metrics show: open ones, and those that ended last. Only the committer changes it.</summary>
sealed class RecentIncidents
{
    /// <summary>Ended incidents that are shown.</summary>
    public const int MostClosed = 100;

    readonly Dictionary<string, KnownIncident> _all = new(StringComparer.Ordinal);

    /// <summary>The open ones first, each part the newest first.</summary>
    public ImmutableArray<KnownIncident> All { get; private set; } = [];

    /// <summary>Takes what is stored, and then what each delta changed, after its commit.</summary>
    public void Take(IEnumerable<KnownIncident> changed)
    {
        var any = false;
        foreach (var known in changed)
        {
            _all[known.Incident.Id] = known;
            any = true;
        }

        if (!any)
            return;
        foreach (var old in _all.Values.Where(k => !k.IsOpen).OrderByDescending(k => k.Incident.Closed).Skip(MostClosed).ToList())
            _all.Remove(old.Incident.Id);
        All =
        [
            .. _all.Values.OrderByDescending(k => k.IsOpen).ThenByDescending(k => k.Incident.Closed).ThenByDescending(k => k.Incident.Opened)
                .ThenBy(k => k.Incident.Id, StringComparer.Ordinal),
        ];
    }
}
