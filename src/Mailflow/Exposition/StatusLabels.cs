using Mailflow.Analysis.Builds;
using Mailflow.Analysis.Incidents;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Snapshots;
using Mailflow.Enrich;
using Mailflow.Metrics;

namespace Mailflow.Exposition;

readonly record struct RootName(string Value);

readonly record struct SinkName(string Value);

readonly record struct VersionText(string Value);

/// <summary>The zone of a blocklist.</summary>
readonly record struct ZoneName(string Value);

/// <summary>An own address or domain that is looked up in blocklists.</summary>
readonly record struct SubjectName(string Value);

readonly record struct ResolverName(string Value);

/// <summary>A smart host, or one of our MX hosts.</summary>
readonly record struct HostName(string Value);

readonly record struct OwnDomain(string Value);

/// <summary>A kind of DNS record of a domain or address.</summary>
readonly record struct RecordName(string Value);

/// <summary>A kind of regular check.</summary>
readonly record struct CheckName(string Value);

/// <summary>A label with names that were counted as other.</summary>
readonly record struct FoldedLabel(string Value);

readonly record struct FoldReason(string Value);

readonly record struct NextHopName(string Value);

readonly record struct Thumbprint(string Value);

readonly record struct ResourceName(string Value);

/// <summary>A build of Exchange.</summary>
readonly record struct BuildText(string Value);

/// <summary>A product of <see cref="ExchangeBuilds.All"/>.</summary>
readonly record struct ProductName(string Value);

/// <summary>The id of an incident.</summary>
readonly record struct IncidentId(string Value);

/// <summary>Direction of a connector or of a limit.</summary>
enum MailWay
{
    Send,
    Receive,
}

/// <summary>The labels of metrics that are read from the status of the stages.</summary>
static class StatusLabels
{
    /// <summary>The DNS records of domains, and the PTR names of addresses, whose validity is shown.</summary>
    public static readonly string[] WatchedRecords = ["mx", "spf", "dkim", "dmarc", "mta-sts", "tls-rpt", "tlsa", "ptr"];

    public static readonly Label<ServerName> Server = Label.Open(
        "server",
        $"the server of the queue, connector, certificate or resource, `{ServerSnapshot.Organisation}` for settings of the whole organisation;"
        + " bounded like the server of a log",
        s => s.Value,
        t => new ServerName(t));

    public static readonly Label<RootName> Root = Label.Open(
        "root", "one per configured folder of logs: its name, else its path", r => r.Value, t => new RootName(t));

    public static readonly Label<SinkName> Sink = Label.Open(
        "sink", "one per configured sink and receiver of notifications; `report` for the report", s => s.Value, t => new SinkName(t));
    public static readonly Label<VersionText> Version = Label.Open("version", "version of this program", v => v.Value, t => new VersionText(t));
    public static readonly Label<ZoneName> List = Label.Open("list", "one per configured blocklist", l => l.Value, t => new ZoneName(t));

    public static readonly Label<SubjectName> Subject = Label.Open(
        "subject", "one per configured own address or domain", s => s.Value, t => new SubjectName(t));

    public static readonly Label<ResolverName> Resolver = Label.Open("resolver", "one per configured resolver", r => r.Value, t => new ResolverName(t));

    public static readonly Label<HostName> Host = Label.Open(
        "host", "one per configured smart host and per MX of an own domain", h => h.Value, t => new HostName(t));

    public static readonly Label<OwnDomain> Domain = Label.Open(
        "domain", "one per configured own domain; an address if the record is `ptr`", d => d.Value, t => new OwnDomain(t));

    public static readonly Label<RecordName> Record = Label.Closed("record", WatchedRecords.Select(r => new RecordName(r)), r => r.Value);
    public static readonly Label<CheckName> Check = Label.Closed("check", WatchState.Kinds.Select(k => new CheckName(k)), c => c.Value);
    public static readonly Label<FoldedLabel> FoldedLabel = Label.Closed("label", Folded.Bounded.Select(l => new FoldedLabel(l.Name)), f => f.Value);
    public static readonly Label<FoldReason> FoldReason = Label.Closed("reason", Folded.Reasons.Select(r => new FoldReason(r)), f => f.Value);

    public static readonly Label<SearchKind> Searched = Label.Closed("kind", SearchCounts.Kinds.Select(k => new SearchKind(k)), k => k.Value);
    public static readonly Label<SearchResult> SearchResult = Label.Closed("result", SearchCounts.Results.Select(r => new SearchResult(r)), r => r.Value);

    public static readonly Label<SnapshotKind> Snapshot = Label.Closed("kind", Enum.GetValues<SnapshotKind>(), k => k.Name());
    public static readonly Label<QueueKind> Queue = Label.Closed("kind", Enum.GetValues<QueueKind>(), k => k.Name());
    public static readonly Label<QueueStatus> Status = Label.Closed("status", Enum.GetValues<QueueStatus>(), s => s.Name());

    public static readonly Label<NextHopName> NextHop = Label.Open(
        "next_hop",
        $"the next hop of the queue; the {SnapshotSamples.TopQueues} deepest queues of each server, `other` for the rest of each kind",
        n => n.Value,
        t => new NextHopName(t));

    public static readonly Label<ConnectorName> Connector = Label.Open(
        "connector", $"name of the connector; at most {Labels.MaxConnectors} per server", c => c.Value, t => new ConnectorName(t));

    public static readonly Label<IncidentId> Incident = Label.Open(
        "incident", $"the id of the incident; the newest {IncidentSamples.MostOpen} open ones", i => i.Value, t => new IncidentId(t));

    public static readonly Label<PlaceKind> PlaceKind = Label.Closed("place_kind", Enum.GetValues<PlaceKind>(), k => k.Name());

    public static readonly Label<MailWay> ConnectorType = Label.Closed("type", Enum.GetValues<MailWay>(), Text);
    public static readonly Label<MailWay> Limit = Label.Closed("limit", Enum.GetValues<MailWay>(), Text);

    public static readonly Label<Thumbprint> Certificate = Label.Open(
        "certificate", "the first eight digits of its thumbprint", c => c.Value, t => new Thumbprint(t));

    public static readonly Label<bool> ForSmtp = Label.Closed("smtp", [true, false], yes => yes ? "yes" : "no");

    public static readonly Label<ResourceName> Resource = Label.Open(
        "resource",
        $"the name that Exchange gives it, without its path; at most {ResourcePressure.MaxResources} per server",
        r => r.Value,
        t => new ResourceName(t));

    public static readonly Label<BuildText> Build = Label.Open(
        "build", "as in Microsoft's table of builds: `15.2.1544.4`", b => b.Value, t => new BuildText(t));

    public static readonly Label<ProductName> Product = Label.Closed(
        "product",
        ExchangeBuilds.All.Select(p => new ProductName(p.Name)).Append(new(Label.Other)),
        p => p.Value);

    public static readonly Label<UpdateState> UpdateState = Label.Closed("state", Enum.GetValues<UpdateState>(), s => s.Name());

    static string Text(MailWay way) => way == MailWay.Send ? "send" : "receive";
}
