using Mailflow.Analysis.Messages;

namespace Mailflow.Ledger;

/// <summary>A failure that event 2004 told of, and no row of a tracking log within its wait.</summary>
/// <param name="File">The export that has it.</param>
/// <param name="Record">Its number in the Windows log.</param>
sealed record LoneFailure(Failure Failure, string Server, byte[] EventId, long File, long Record);
