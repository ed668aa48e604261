using System.Net;
using Mailflow.Analysis.Blocklists;
using Mailflow.Analysis.Domains;
using Mailflow.Analysis.Snapshots;
using Mailflow.Configuration;
using Mailflow.Enrich;
using Mailflow.Ledger;
using Mailflow.Privacy;

namespace Mailflow.Web;

/// <summary>
/// An address, domain or host that is probably ours and that is not checked yet. Mailflow only suggests it: text that others write into a
/// log never decides which servers are asked.
/// </summary>
/// <param name="Setting">The setting to add it to.</param>
/// <param name="Why">Where it was seen.</param>
sealed record Suggestion(Masked Setting, Masked Value, Masked Why)
{
    /// <summary>Suggestions for one setting.</summary>
    const int Most = 5;

    /// <summary>Values that are seen less often, or are a smaller share, may be chance.</summary>
    const long LeastSeen = 3;

    const double LeastShare = 0.05;

    public static IReadOnlyList<Suggestion> Of(EnrichOptions options, History history, Snapshot committed, Masking masking) =>
        options.Enabled ? [.. Domains(options, history, masking), .. Addresses(options, history, masking), .. Hosts(options, committed, masking)] : [];

    /// <summary>Sender domains of outgoing mail and recipient domains of incoming mail.</summary>
    static IEnumerable<Suggestion> Domains(EnrichOptions options, History history, Masking masking)
    {
        var seen = history.OwnSide().Where(d => DomainNames.IsMailDomain(d.Domain)).ToList();
        var all = seen.Sum(d => d.Count);
        return seen.Where(d => d.Count >= LeastSeen && d.Count >= LeastShare * all)
            .Where(d => !options.OwnDomains.Contains(d.Domain, StringComparer.OrdinalIgnoreCase))
            .Take(Most)
            .Select(d => Shown(masking, "Enrichment:OwnDomains", d.Domain, $"our address in {Say.Number(d.Count)} of the newest failures"));
    }

    /// <summary>Addresses of ours that remote servers name in blocklist rejections.</summary>
    static IEnumerable<Suggestion> Addresses(EnrichOptions options, History history, Masking masking) =>
        history.Blocklistings()
            .Select(b => BlockedAddress.Find(b.Status, b.RemoteAddress))
            .OfType<IPAddress>()
            .Where(a => !AddressCheck.IsPrivate(a) && !options.EgressIps.Contains(a))
            .GroupBy(a => a).Where(g => g.Count() >= LeastSeen).OrderByDescending(g => g.Count()).Take(Most)
            .Select(g => Shown(masking, "Enrichment:EgressIps", g.Key.ToString(), $"named in {Say.Number(g.Count())} of the newest blocklist rejections"));

    static IEnumerable<Suggestion> Hosts(EnrichOptions options, Snapshot committed, Masking masking) =>
        committed.Servers.Where(s => s.Kind == SnapshotKind.SendConnectors).SelectMany(s => s.Connectors).Where(c => c.Enabled != false)
            .SelectMany(c => c.SmartHosts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(h => (Connector: c.Name, Target: Settings.HostOf(h.Trim('[', ']'), 25))))
            .Where(h => h.Target is not null && !options.SmartHosts.Contains(h.Target)).DistinctBy(h => h.Target).Take(Most)
            .Select(h => Shown(masking, "Enrichment:SmartHosts", h.Target!.ToString(), $"smart host of connector {h.Connector}"));

    static Suggestion Shown(Masking masking, string setting, string value, string why) => new(masking.Text(setting), masking.Text(value), masking.Text(why));
}
