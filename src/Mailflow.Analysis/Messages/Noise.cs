namespace Mailflow.Analysis.Messages;

/// <summary>Why a row is not counted as user mail.</summary>
public enum Noise
{
    /// <summary>Shadow redundancy's second copy: HARECEIVE, HADISCARD, HAREDIRECT, HAREDIRECTFAIL, NOTIFYSHADOW.</summary>
    Shadow,

    /// <summary>Mail from managed availability to its health mailboxes (also <c>extest_</c> of Exchange 2010).</summary>
    HealthMailbox,

    /// <summary>Probes of the front end and of mailbox delivery.</summary>
    Probe,
}
