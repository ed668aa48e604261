using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Messages;

/// <summary>One row of a connectivity log: a finished attempt, or the end of a session.</summary>
/// <param name="Outcome">Null for the end of a session, which is not an attempt.</param>
/// <param name="Error">Index of the socket error in <see cref="WinsockErrors.All"/>; -1 where there is none.</param>
/// <param name="Destination">The next hop as the row names it: a domain, a smart host, a mailbox database.</param>
/// <param name="Sent">Messages transferred in the session.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Retry">Why the session ended early; null where the row does not say so.</param>
public readonly record struct Connection(
    ConnectionSource Source, ConnectionOutcome? Outcome, int Error, string Destination, long Sent, long Bytes, Cause? Retry);
