namespace Mailflow.Simulator.Outages;

/// <summary>Where a message comes from.</summary>
enum MailOrigin
{
    /// <summary>A mailbox of ours.</summary>
    Store,

    Internet,

    /// <summary>A report that Exchange writes, with an empty return path.</summary>
    Report,
}

/// <summary>A message that enters the organisation.</summary>
sealed class OutageMail
{
    public required long At { get; init; }

    public required MailOrigin Origin { get; init; }

    public required OutageAddress Sender { get; init; }

    public required OutageAddress[] Recipients { get; init; }

    public required ulong High { get; init; }

    public ulong Low => Chance.Mix(High + 1);

    public required int Size { get; init; }

    public required byte[] Subject { get; init; }

    public long Number { get; set; }

    /// <summary>The server that routes it.</summary>
    public int Server { get; set; }

    /// <summary>The message that a report is about.</summary>
    public ulong? Reported { get; init; }

    /// <summary>A remote filter takes it for spam.</summary>
    public bool LooksLikeSpam { get; init; }

    /// <summary>Its first connection breaks, as now and then one does.</summary>
    public bool IsUnlucky { get; init; }
}

/// <summary>One attempt for one recipient: what the answer may depend on.</summary>
/// <param name="Tries">Attempts before this one.</param>
/// <param name="Server">The server that tries.</param>
/// <param name="Peer">The server of the active copy of the mailbox's database; only within the organisation.</param>
/// <param name="Domain">Null within the organisation.</param>
readonly record struct OutageTry(long At, int Tries, TryStage Stage, OutageMail Mail, OutageAddress Recipient, int Server, int Peer, RemoteDomain? Domain)
{
    public SendRoute? Route => Domain?.Route;
}

/// <summary>The steps of a message within the organisation, in order.</summary>
enum TryStage
{
    Routing,

    /// <summary>To another server of ours.</summary>
    Hop,

    Store,
    Remote,
}
