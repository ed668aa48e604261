namespace Mailflow.Enrich;

/// <summary>A reply of a mail server (RFC 5321 section 4.2).</summary>
/// <param name="Code">200-599; 0 where it was not a valid reply.</param>
/// <param name="Lines">The text of each line.</param>
sealed record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    public string Text => Lines.Count == 0 ? "" : Lines[0];
}
