using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Incidents;

/// <summary>Causes that one outage may show together, so that they are counted together.</summary>
enum CauseFamily : byte
{
    /// <summary>Single recipients: the address is wrong or its mailbox is closed.</summary>
    Address,

    /// <summary>Full mailboxes.</summary>
    Full,

    /// <summary>Messages that are too large.</summary>
    Size,

    Dns,

    /// <summary>The host cannot be reached or does not work.</summary>
    Reach,

    Tls,

    Loop,

    Relay,

    /// <summary>We are refused for who we are: lists, authentication.</summary>
    Reputation,

    /// <summary>We are told to come later: rates, greylisting.</summary>
    Throttle,

    /// <summary>Refused for what the message is: spam, malware.</summary>
    Content,

    Policy,

    Unknown,

    /// <summary>Mail that takes too long.</summary>
    Slow,
}

/// <summary>What a family needs to be an incident, and which places may explain it.</summary>
/// <param name="Causes">Its causes.</param>
/// <param name="Places">The kinds of places that may explain it; of two that explain it equally well, the first.</param>
/// <param name="Wide">The places that explain failures of at least three domains, though not all their mail fails; the narrowest first.</param>
/// <param name="Messages">The fewest messages.</param>
/// <param name="Senders">The fewest senders, at a domain or database.</param>
/// <param name="Recipients">The fewest recipients, at a domain or database.</param>
/// <param name="Share">The smallest share of the mail to a domain that fails.</param>
/// <param name="IsPersonal">It is about single recipients or messages: an ordinary day has it everywhere.</param>
sealed record FamilyRule(
    CauseFamily Family, Cause[] Causes, PlaceKind[] Places, PlaceKind[] Wide,
    int Messages = 3, int Senders = 1, int Recipients = 1, double Share = 0.3, bool IsPersonal = false);

/// <summary>THE table of families.</summary>
static class CauseFamilies
{
    const PlaceKind Domain = PlaceKind.Domain, Hop = PlaceKind.NextHop, Connector = PlaceKind.Connector, Server = PlaceKind.Server,
        Egress = PlaceKind.Egress, Database = PlaceKind.Database, All = PlaceKind.Organization;

    static readonly FamilyRule[] Rules =
    [
        new(
            CauseFamily.Address, [Cause.InvalidRecipient, Cause.MailboxDisabled], [Domain], [],
            Messages: 4, Senders: 3, Recipients: 3, Share: 0.8, IsPersonal: true),
        new(CauseFamily.Full, [Cause.MailboxFull], [Domain, Database], [], Messages: 5, Senders: 3, Recipients: 3, Share: 0.6, IsPersonal: true),
        new(
            CauseFamily.Size, [Cause.MessageTooLarge], [Connector, Domain, Server], [Connector, Server, All],
            Messages: 4, Senders: 2, Share: 0.6, IsPersonal: true),
        new(CauseFamily.Dns, [Cause.DnsFailure], [Domain, Hop, Server], [Server, All]),
        new(
            CauseFamily.Reach, [Cause.NetworkFailure, Cause.MessageExpired, Cause.SystemError, Cause.ProtocolError],
            [Domain, Database, Hop, Connector, Server], []),
        new(CauseFamily.Tls, [Cause.TlsFailure], [Domain, Hop, Connector, Server], [Connector, Egress]),
        new(CauseFamily.Loop, [Cause.MailLoop], [Domain, Hop, Connector, Server], [Server, All]),
        new(CauseFamily.Relay, [Cause.RelayDenied], [Domain, Connector, Hop, Server], [Connector, Server]),
        new(
            CauseFamily.Reputation, [Cause.SenderAuthFailure, Cause.SenderRejected, Cause.Blocklisted],
            [Domain, Hop], [Egress]),
        new(CauseFamily.Throttle, [Cause.RateLimited, Cause.Greylisted], [Domain, Hop], [Egress], Messages: 4),
        new(
            CauseFamily.Content, [Cause.SpamContent, Cause.MalwareContent], [Domain, Hop], [Egress],
            Messages: 4, Senders: 3, Recipients: 3, Share: 0.5, IsPersonal: true),
        new(CauseFamily.Policy, [Cause.PolicyRestriction], [Domain, Connector, Hop, Server], [Server, All], Messages: 4, Senders: 2),
        new(CauseFamily.Unknown, [Cause.Unknown], [Domain, Database, Hop, Connector, Server], [Connector, All]),
        new(CauseFamily.Slow, [], [Server], [], Messages: 10, Senders: 3, Share: 0.2),
    ];

    static readonly CauseFamily[] ByCause = [.. Enum.GetValues<Cause>().Select(cause => Rules.First(r => r.Causes.Contains(cause)).Family)];

    public static int Count => Rules.Length;

    /// <summary>A reply that names our address is about who we are, whatever else it says.</summary>
    public static CauseFamily Of(in Sighting sighting) => ByCause[(int)sighting.Cause] switch
    {
        CauseFamily.Relay or CauseFamily.Policy or CauseFamily.Unknown when sighting.Egress != 0 => CauseFamily.Reputation,
        var family => family,
    };

    public static FamilyRule Rule(this CauseFamily family) => Rules[(int)family];
}
