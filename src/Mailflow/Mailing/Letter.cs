using Mailflow.Privacy;

namespace Mailflow.Mailing;

/// <summary>A mail that the program sends.</summary>
/// <param name="Thread">Mails with the same id belong together: mail programs show them as one conversation. Null: it is alone.</param>
/// <param name="IsUrgent">Whether it is marked as important.</param>
sealed record Letter(Masked Subject, Masked Text, Masked? Html = null, string? Thread = null, bool IsUrgent = false);
