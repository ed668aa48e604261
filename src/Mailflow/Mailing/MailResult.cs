namespace Mailflow.Mailing;

/// <summary>What became of a mail for one recipient.</summary>
enum MailVerdict
{
    /// <summary>The server accepted it.</summary>
    Accepted,

    /// <summary>The server will never accept it for this recipient.</summary>
    Refused,

    /// <summary>The server does not accept this mail for anybody: too large, or its content is rejected.</summary>
    Rejected,

    /// <summary>Not now.</summary>
    Later,

    /// <summary>The settings must be corrected first.</summary>
    Misconfigured,
}

/// <summary>The result for one recipient.</summary>
/// <param name="Reason">Why it was not accepted; may contain addresses.</param>
sealed record MailResult(string Recipient, MailVerdict Verdict, string Reason = "");
