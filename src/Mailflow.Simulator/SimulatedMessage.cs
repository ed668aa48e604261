using System.Numerics;

namespace Mailflow.Simulator;

/// <summary>A message-id: 64 random bits and the domain that assigned it; its text is derived from these.</summary>
readonly record struct MessageId(ulong Bits, ushort Domain)
{
    public ulong MoreBits => Chance.Mix(Bits);

    /// <summary>The id of the non-delivery report about this message.</summary>
    public MessageId Report => new(Bits ^ 0xD5D5_0000_0000_0001, 0);

    public static MessageId None => default;
}

/// <summary>A set of up to 64 recipients of one message, by position.</summary>
readonly record struct RecipientSet(ulong Bits)
{
    public int Count => BitOperations.PopCount(Bits);

    public bool IsEmpty => Bits == 0;

    public int First => BitOperations.TrailingZeroCount(Bits);

    public RecipientSet Rest => new(Bits & (Bits - 1));

    public static RecipientSet One(int index) => new(1UL << index);

    public static RecipientSet Range(int first, int count) => count == 0 ? default : new(ulong.MaxValue >> (64 - count) << first);

    public RecipientSet With(int index) => new(Bits | (1UL << index));

    public RecipientSet Without(RecipientSet others) => new(Bits & ~others.Bits);
}

/// <summary>One planned row, and the milliseconds between the previous row and this one.</summary>
readonly record struct Step(RowShape Shape, int DelayMs, RecipientSet Recipients);

/// <summary>The column directionality.</summary>
enum MailDirection
{
    Originating,
    Incoming,
}

/// <summary>One message in transit: its sender and recipients, and its remaining rows. The object is reused for another message afterwards.</summary>
sealed class SimulatedMessage
{
    public const int MostRecipients = 64;

    readonly Step[] _steps = new Step[32];
    int _stepCount;
    int _nextStep;

    public MessageId Id { get; set; }

    public long InternalId { get; set; }

    /// <summary>Arrival in the organisation, Unix milliseconds; 0 until the first row.</summary>
    public long ArrivedAt { get; set; }

    public MailDirection Direction { get; set; }

    public Address Sender { get; set; }

    public Address[] Recipients { get; } = new Address[MostRecipients];

    public int RecipientCount { get; set; }

    /// <summary>The group or the mailbox that the recipients come from.</summary>
    public Address Related { get; set; }

    /// <summary>By recipient: an index into FailureTexts.All.</summary>
    public short[] Failures { get; } = new short[MostRecipients];

    /// <summary>By recipient: an index into DeferralTexts.All.</summary>
    public short[] Deferrals { get; } = new short[MostRecipients];

    /// <summary>The message that this report is about.</summary>
    public MessageId Reference { get; set; }

    /// <summary>The remote side: the domain that the message comes from or is sent to.</summary>
    public ushort RemoteDomain { get; set; }

    public int Subject { get; set; }

    public int Size { get; set; }

    /// <summary>Whether a failure creates a non-delivery report.</summary>
    public bool WantsReport { get; set; }

    public RecipientSet Everyone => RecipientSet.Range(0, RecipientCount);

    public bool IsThrough => _nextStep == _stepCount;

    public int NextDelayMs => _steps[_nextStep].DelayMs;

    public void Begin(MessageId id, long internalId)
    {
        Id = id;
        InternalId = internalId;
        ArrivedAt = 0;
        Reference = MessageId.None;
        Related = default;
        RecipientCount = 0;
        RemoteDomain = 0;
        WantsReport = true;
        _stepCount = _nextStep = 0;
    }

    public int AddRecipient(Address address)
    {
        Recipients[RecipientCount] = address;
        return RecipientCount++;
    }

    public void Then(RowShape shape, int delayMs, RecipientSet recipients)
    {
        if (!recipients.IsEmpty || !shape.NamesMessage)
            _steps[_stepCount++] = new(shape, delayMs, recipients);
    }

    public Step TakeStep() => _steps[_nextStep++];
}

/// <summary>One row with all its values: these are written and counted.</summary>
readonly record struct Row(SimulatedMessage Message, RowShape Shape, RecipientSet Recipients, long At)
{
    /// <summary>From arrival in the organisation to this row.</summary>
    public long LatencyMs => At - Message.ArrivedAt;
}
