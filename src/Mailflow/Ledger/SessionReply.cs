namespace Mailflow.Ledger;

/// <summary>What a protocol log says of a refusal.</summary>
/// <param name="Stage">The command that was refused.</param>
/// <param name="Tls">What encrypted the session: `none`, or a version.</param>
/// <param name="Remote">The other side's address and port.</param>
sealed record SessionReply(string Stage, string Tls, string Remote);
