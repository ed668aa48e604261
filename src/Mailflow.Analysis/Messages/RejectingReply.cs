using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Messages;

/// <summary>A 4xx or 5xx reply: from the remote server where we send, from this server where it receives.</summary>
/// <param name="Time">When, UTC, as the row says.</param>
/// <param name="Session">The session's id, which tracking rows may refer to.</param>
/// <param name="Remote">The remote side's address and port.</param>
/// <param name="Tls">The session's encryption at that time.</param>
public sealed record RejectingReply(
    SmtpDirection Direction,
    SmtpStage Stage,
    DateTime Time,
    string Session,
    string Connector,
    string Remote,
    TlsVersion Tls,
    Diagnosis Diagnosis);
