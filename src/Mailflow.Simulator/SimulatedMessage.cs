using System.Numerics;

namespace Mailflow.Simulator;

/// <summary>A message-id: 64 random bits and the domain that assigned it; its text is derived from these.</summary>
readonly record struct MessageId(ulong Bits, ushort Domain)
{
    public ulong MoreBits => Chance.Mix(Bits);

    /// <summary>The id of the journal report about this message.</summary>
    public MessageId Journal => new(Bits ^ 0x4A4A_0000_0000_0001, 0);

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
/// <param name="Server">The server that writes it.</param>
/// <param name="Peer">The other server of ours, where the row names one.</param>
/// <param name="Related">The recipient whose address the row replaces.</param>
readonly record struct Step(RowShape Shape, int DelayMs, RecipientSet Recipients, byte Server, byte Peer, byte Related);

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

    Step[] _steps = new Step[32];
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

    /// <summary>While it is planned: the server that has the message.</summary>
    public int Here { get; set; }

    /// <summary>By recipient: an index into FailureTexts.All.</summary>
    public short[] Failures { get; } = new short[MostRecipients];

    /// <summary>By recipient: an index into DeferralTexts.All.</summary>
    public short[] Deferrals { get; } = new short[MostRecipients];

    /// <summary>By recipient: what the rows so far say, for truth.json.</summary>
    public Stay[] Stays { get; } = new Stay[MostRecipients];

    /// <summary>Rows that name the message.</summary>
    public int Rows { get; set; }

    /// <summary>A bit for each server that has written a row.</summary>
    public uint Writers { get; set; }

    /// <summary>The time of the first row, Unix milliseconds.</summary>
    public long First { get; set; }

    public long Last { get; set; }

    /// <summary>For each server, the recipients for which it has received the message once, twice, ... ; null until the first time.</summary>
    public ulong[]? Received { get; set; }

    public RecipientSet Looping { get; set; }

    /// <summary>The message that this report is about.</summary>
    public MessageId Reference { get; set; }

    /// <summary>The remote side: the domain that the message comes from or is sent to.</summary>
    public ushort RemoteDomain { get; set; }

    public int Subject { get; set; }

    public int Size { get; set; }

    /// <summary>Whether a failure creates a non-delivery report.</summary>
    public bool WantsReport { get; set; }

    /// <summary>Whether the journaling agent makes a report when the message is received.</summary>
    public bool WantsJournal { get; set; }

    public RecipientSet Everyone => RecipientSet.Range(0, RecipientCount);

    public bool IsThrough => _nextStep == _stepCount;

    public int NextDelayMs => _steps[_nextStep].DelayMs;

    public void Begin(MessageId id, long internalId)
    {
        Id = id;
        InternalId = internalId;
        ArrivedAt = 0;
        Reference = MessageId.None;
        Here = 0;
        Rows = 0;
        First = Last = 0;
        if (Received is not null)
            Array.Clear(Received);
        Looping = default;
        Writers = 0;
        Array.Clear(Stays, 0, RecipientCount);
        RecipientCount = 0;
        RemoteDomain = 0;
        WantsReport = true;
        WantsJournal = false;
        _stepCount = _nextStep = 0;
    }

    public int AddRecipient(Address address)
    {
        Recipients[RecipientCount] = address;
        return RecipientCount++;
    }

    /// <summary>Plans a row of the server that has the message.</summary>
    public void Then(RowShape shape, int delayMs, RecipientSet recipients, int? peer = null, int related = 0)
    {
        if (recipients.IsEmpty && shape.NamesMessage)
            return;
        if (_stepCount == _steps.Length)
            Array.Resize(ref _steps, 2 * _stepCount);
        _steps[_stepCount++] = new(shape, delayMs, recipients, (byte)Here, (byte)(peer ?? Here), (byte)related);
    }

    public Step TakeStep() => _steps[_nextStep++];
}

/// <summary>One row with all its values: these are written and counted.</summary>
readonly record struct Row(SimulatedMessage Message, Step Step, long At)
{
    public RowShape Shape => Step.Shape;

    public RecipientSet Recipients => Step.Recipients;

    public int Server => Step.Server;

    public int Peer => Step.Peer;

    /// <summary>From arrival in the organisation to this row.</summary>
    public long LatencyMs => At - Message.ArrivedAt;
}
