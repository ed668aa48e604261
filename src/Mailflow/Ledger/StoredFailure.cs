using Mailflow.Analysis.Failures;

namespace Mailflow.Ledger;

/// <summary>One failure as it is stored, address and all: whoever shows it masks it.</summary>
sealed record StoredFailure(DateTimeOffset Time, string Server, string Recipient, string Domain, string Connector, Cause Cause, string Reason, string Status, string RemoteHost, string? Answer = null)
{
    public string Sender { get; init; } = "";

    /// <summary>The SMTP session that the row names; empty where it names none.</summary>
    public string Session { get; init; } = "";

    /// <summary>What was refused in that session; null where no protocol log shows it.</summary>
    public SessionReply? Reply { get; init; }
}
