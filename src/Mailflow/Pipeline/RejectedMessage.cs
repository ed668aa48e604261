using Mailflow.Analysis.Failures;

namespace Mailflow.Pipeline;

/// <summary>A message that was not taken, as event 2004 tells it.</summary>
sealed record RejectedMessage(string MessageId, string Connector, Diagnosis Diagnosis);
