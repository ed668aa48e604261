using Mailflow.Analysis.Failures;

namespace Mailflow.Pipeline;

/// <summary>A rejected message, as event 2004 reports it.</summary>
sealed record RejectedMessage(string MessageId, string Connector, Diagnosis Diagnosis);
