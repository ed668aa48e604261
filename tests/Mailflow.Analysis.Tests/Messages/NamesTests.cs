using Mailflow.Analysis.Events;
using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Snapshots;

namespace Mailflow.Analysis.Tests.Messages;

/// <summary>These names are in stores, in labels and in events: a member may be added, but no name may change.</summary>
public sealed class NamesTests
{
    [Fact]
    public void Outcome_has_these_names() => Equal(
        "delivered sent relayed failed deferred dropped expanded",
        Enum.GetValues<Outcome>().Select(v => v.Name()));

    [Fact]
    public void Direction_has_these_names() => Equal(
        "unknown originating incoming",
        Enum.GetValues<Direction>().Select(v => v.Name()));

    [Fact]
    public void Noise_has_these_names() => Equal(
        "shadow health-mailbox probe",
        Enum.GetValues<Noise>().Select(v => v.Name()));

    [Fact]
    public void Unreadable_has_these_names() => Equal(
        "too-few-columns too-many-columns unclosed-quote bad-date too-many-recipients nul-bytes line-too-long",
        Enum.GetValues<Unreadable>().Select(v => v.Name()));

    [Fact]
    public void Stage_has_these_names() => Equal(
        "receive submit categorize queue send store other",
        Enum.GetValues<Stage>().Select(v => v.Name()));

    [Fact]
    public void ConnectionSource_has_these_names() => Equal(
        "smtp mapi-delivery mapi-submission delivery-agent transport other",
        Enum.GetValues<ConnectionSource>().Select(v => v.Name()));

    [Fact]
    public void ConnectionOutcome_has_these_names() => Equal(
        "connected dns-failure refused timed-out unreachable reset other",
        Enum.GetValues<ConnectionOutcome>().Select(v => v.Name()));

    [Fact]
    public void SmtpDirection_has_these_names() => Equal(
        "send receive",
        Enum.GetValues<SmtpDirection>().Select(v => v.Name()));

    [Fact]
    public void SmtpOutcome_has_these_names() => Equal(
        "accepted partly-refused refused tls-failed auth-failed broken no-message unknown-start incomplete",
        Enum.GetValues<SmtpOutcome>().Select(v => v.Name()));

    [Fact]
    public void SmtpStage_has_these_names() => Equal(
        "banner ehlo starttls auth mail rcpt data other",
        Enum.GetValues<SmtpStage>().Select(v => v.Name()));

    [Fact]
    public void TlsVersion_has_these_names() => Equal(
        "none ssl 1.0 1.1 1.2 1.3 other",
        Enum.GetValues<TlsVersion>().Select(v => v.Name()));

    [Fact]
    public void SnapshotKind_has_these_names() => Equal(
        "queues messages send-connectors receive-connectors certificates transport-config transport-service back-"
            + "pressure",
        Enum.GetValues<SnapshotKind>().Select(v => v.Name()));

    [Fact]
    public void QueueKind_has_these_names() => Equal(
        "submission mailbox dns smart-host relay shadow unreachable poison other",
        Enum.GetValues<QueueKind>().Select(v => v.Name()));

    [Fact]
    public void QueueStatus_has_these_names() => Equal(
        "active connecting ready retry suspended other",
        Enum.GetValues<QueueStatus>().Select(v => v.Name()));

    [Fact]
    public void ExportProblem_has_these_names() => Equal(
        "truncated corrupt-chunk corrupt-record wrong-encoding unknown-shape bad-time ambiguous-time local-time bad-"
            + "number missing-columns refused-dtd too-long too-deep no-reason",
        Enum.GetValues<ExportProblem>().Select(v => v.Name()));

    [Fact]
    public void TransportAgent_has_these_names() => Equal(
        "connection-filtering content-filter sender-filter recipient-filter sender-id protocol-analysis attachment-filter malware transport-rule other",
        Enum.GetValues<TransportAgent>().Select(v => v.Name()));

    [Fact]
    public void EventKind_has_these_names() => Equal(
        "send-failure connection receive certificate back-pressure routing poison database service configuration",
        Enum.GetValues<EventKind>().Select(v => v.Name()));

    [Fact]
    public void EventSeverity_has_these_names() => Equal(
        "information warning error",
        Enum.GetValues<EventSeverity>().Select(v => v.Name()));

    static void Equal(string expected, IEnumerable<string> names) => Assert.Equal(expected.Split(' '), names);
}
