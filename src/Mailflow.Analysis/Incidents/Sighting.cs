using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Incidents;

/// <summary>What a row says about one recipient, if it is not an ordinary success.</summary>
public enum SightingKind
{
    /// <summary>The recipient will not get the message.</summary>
    Failed,

    /// <summary>Exchange tries again.</summary>
    Deferred,

    /// <summary>Sent or delivered, <see cref="Sighting.LateAfter"/> or more after it arrived in the organisation: often a deferral came before.</summary>
    Late,
}

/// <summary>
/// One failed, deferred or late recipient, as the detection of incidents needs it. These are kept one by one; ordinary successes are summed as
/// <see cref="Passage"/>. Texts are numbers of a <see cref="NameList"/>, 0 where there is none.
/// </summary>
/// <param name="Second">When, seconds since 1970, UTC, as the row says.</param>
/// <param name="Server">The server that wrote the row.</param>
/// <param name="Connector">The send connector.</param>
/// <param name="Hop">The host that the message was sent to or that refused it: its name, without a name its address.</param>
/// <param name="Domain">The recipient's domain; 0 for mailboxes of ours.</param>
/// <param name="Sender">The sender's address in lower case.</param>
/// <param name="Database">The mailbox database, where the row names it.</param>
/// <param name="Sub">The sub-reason.</param>
/// <param name="Words">The reply without what differs from message to message: <see cref="ReplyTemplate"/>.</param>
/// <param name="Egress">The address of ours that the reply names.</param>
/// <param name="Message">A hash of the message.</param>
/// <param name="Recipient">A hash of the recipient.</param>
/// <param name="Seconds">For <see cref="SightingKind.Late"/>: the time since the arrival in the organisation; else 0.</param>
public readonly record struct Sighting(
    long Second,
    SightingKind Kind,
    Cause Cause,
    Fault Fault,
    Permanence Permanence,
    int Server,
    int Connector,
    int Hop,
    int Domain,
    int Sender,
    int Database,
    int Sub,
    int Words,
    int Egress,
    uint Message,
    uint Recipient,
    int Seconds)
{
    /// <summary>A success is kept as a sighting if it took this long, in seconds.</summary>
    public const int LateAfter = 60;

    /// <summary>Its texts with other numbers.</summary>
    /// <param name="numbers">The new number by the old one.</param>
    public Sighting With(ReadOnlySpan<int> numbers) => this with
    {
        Server = numbers[Server],
        Connector = numbers[Connector],
        Hop = numbers[Hop],
        Domain = numbers[Domain],
        Sender = numbers[Sender],
        Database = numbers[Database],
        Sub = numbers[Sub],
        Words = numbers[Words],
        Egress = numbers[Egress],
    };
}
