using System.Buffers;
using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Messages;

/// <summary>
/// One recipient of a FAIL row, who will not get the message, or of a DEFER row, where delivery will be tried again.
/// Addresses are unmasked, as in the log: code that shows or sends them masks them.
/// </summary>
/// <param name="Deferred">True for a DEFER row, false for a FAIL row.</param>
/// <param name="Time">When, UTC, as the row says.</param>
/// <param name="Source">The transport component: SMTP, DNS, ROUTING, QUEUE, AGENT, ...</param>
/// <param name="Recipient">The recipient's address; empty where the row names none.</param>
/// <param name="Offset">Where the row starts, in bytes from the start of the block.</param>
/// <param name="Index">Which recipient of the row, from 0.</param>
public sealed record Failure(
    bool Deferred,
    DateTime Time,
    string Source,
    Direction Direction,
    string Recipient,
    string Sender,
    string MessageId,
    string NetworkMessageId,
    string Connector,
    string Subject,
    Diagnosis Diagnosis,
    int Offset,
    int Index)
{
    /// <summary>The SMTP session that the row names in source-context; empty where it names none.</summary>
    public string Session { get; init; } = "";

    /// <summary>The recipient's domain in lower case; empty where there is none.</summary>
    public string Domain
    {
        get => field ?? DomainOf(Recipient);
        init;
    }

    static readonly SearchValues<char> AfterDomain = SearchValues.Create(" \t()/?#<>\",;");

    /// <summary>What follows the last `@`, in lower case and without a trailing dot.</summary>
    public static string DomainOf(string address)
    {
        var at = address.LastIndexOf('@');
        if (at < 0)
            return "";
        var domain = address.AsSpan(at + 1);
        // Text after the domain is a name or a comment: x@b (NAME), x@b/NAME, mailto:x@b?subject=NAME.
        if (domain.IndexOfAny(AfterDomain) is >= 0 and var end)
            domain = domain[..end];
        return domain.TrimEnd(".>'").ToString().ToLowerInvariant();
    }
}
