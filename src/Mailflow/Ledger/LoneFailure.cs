using Mailflow.Analysis.Messages;

namespace Mailflow.Ledger;

/// <summary>A failure that event 2004 reports, without a row in a tracking log within <see cref="RejectedMessages.Wait"/>.</summary>
/// <param name="File">The export that contains the event.</param>
/// <param name="Record">Its number in the Windows log.</param>
sealed record LoneFailure(Failure Failure, string Server, byte[] EventId, long File, long Record);
