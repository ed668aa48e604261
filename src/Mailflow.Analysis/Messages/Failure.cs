using System.Buffers;
using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Messages;

/// <summary>
/// One recipient of a row that says that the recipient will not get the message (FAIL and others), or that delivery will be tried again (DEFER and others).
/// Addresses are unmasked, as in the log: code that shows or sends them masks them.
/// </summary>
/// <param name="Deferred">Whether it will be tried again.</param>
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

    /// <summary>The hash of message and recipient; 0 where the row does not name both.</summary>
    public ulong Key { get; init; }

    /// <summary>A failure that a FAIL row may tell, too.</summary>
    public bool IsOwn { get; init; }

    /// <summary>The size of the message.</summary>
    public uint Bytes { get; init; }

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
