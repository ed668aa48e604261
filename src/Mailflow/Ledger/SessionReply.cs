namespace Mailflow.Ledger;

/// <summary>A rejecting reply in a protocol log.</summary>
/// <param name="Stage">The rejected command.</param>
/// <param name="Tls">The TLS version of the session, or `none`.</param>
/// <param name="Remote">The address and port of the remote side.</param>
sealed record SessionReply(string Stage, string Tls, string Remote);
