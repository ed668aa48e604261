using System.Globalization;
using System.Text;

namespace Mailflow.Simulator.Outages;

/// <summary>A mail server that messages are handed to, as rows name it.</summary>
sealed class MailHop(string name, string address)
{
    public string Name { get; } = name;

    public string Address { get; } = address;

    public byte[] NameBytes { get; } = Encoding.ASCII.GetBytes(name);

    public byte[] AddressBytes { get; } = Encoding.ASCII.GetBytes(address);
}

/// <summary>A Send connector; with a smart host all its mail goes there.</summary>
sealed class SendRoute(string name, MailHop? smartHost)
{
    public string Name { get; } = name;

    public byte[] NameBytes { get; } = Encoding.ASCII.GetBytes(name);

    public MailHop? SmartHost { get; } = smartHost;
}

/// <summary>What answers for a domain; it decides the words of its replies.</summary>
enum MailProduct
{
    Postfix,
    Exchange,
    Google,
    Cloud,
    Proofpoint,
    Exim,
}

/// <summary>A person's address at a remote domain, or a mailbox of ours.</summary>
sealed class OutageAddress(string text, RemoteDomain? domain, int database = 0)
{
    public string Text { get; } = text;

    public byte[] Bytes { get; } = Encoding.ASCII.GetBytes(text);

    /// <summary>Null for a mailbox of ours.</summary>
    public RemoteDomain? Domain { get; } = domain;

    /// <summary>The mailbox database, from 0; only for a mailbox of ours.</summary>
    public int Database { get; } = database;

    /// <summary>What is always wrong with this address.</summary>
    public ReplyKind? Trouble { get; init; }
}

/// <summary>A domain that we exchange mail with.</summary>
sealed class RemoteDomain(string name, int rank, MailHop hop, SendRoute route, MailProduct product)
{
    const int NoTrait = 999;

    public string Name { get; } = name;

    /// <summary>From 0, the one with the most mail.</summary>
    public int Rank { get; } = rank;

    /// <summary>Where our mail to it goes.</summary>
    public MailHop Hop => Route.SmartHost ?? hop;

    /// <summary>The server that its mail comes from.</summary>
    public MailHop Sends => hop;

    public SendRoute Route { get; } = route;

    public MailProduct Product { get; } = product;

    /// <summary>From 0 to 999: it decides which domains share a property, for example the blocklist that they use. The last one shares none.</summary>
    public int Trait { get; init; } = NoTrait;

    public bool IsShared { get; init; }

    public bool Greylists { get; init; }

    /// <summary>What is always wrong with this domain.</summary>
    public ReplyKind? Trouble { get; init; }

    public OutageAddress[] People { get; set; } = [];
}

/// <summary>The organisation and its correspondents. The same for every scenario of a seed, apart from the number of connectors with a smart host.</summary>
sealed class OutageWorld
{
    public const string Own = "contoso.test", EgressAddress = "192.0.2.25";

    public const int Databases = 4;

    const int Mailboxes = 400, DeadDomains = 4, BigProvider = 17, SmallProvider = 6;

    public OutageWorld(Chance chance, int servers, int relays)
    {
        Servers = servers;
        Internet = new("Internet", null);
        Partner = new("Partner", null);
        SmartHost = new("smarthost.relay.test", "198.51.100.25");
        Relays = [.. Enumerable.Range(0, relays).Select(n => new SendRoute(n == 0 ? "Smart host relay" : $"Smart host relay {n + 1}", SmartHost))];
        Provider = new("mx.bigmail.example", "203.0.113.10");
        SecondProvider = new("inbound.mailbox-hosting.example", "203.0.113.20");
        People = [.. Enumerable.Range(0, Mailboxes).Select(n => new OutageAddress($"{OutageNames.Person(n)}@{Own}", null, n % Databases)
        {
            // Somebody on a long leave: a message every other day.
            Trouble = n == Mailboxes - 1 ? ReplyKind.LocalFull : null,
        })];
        Newsletter = new($"newsletter@{Own}", null, 1);
        Reports = new($"MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@{Own}", null);
        Remote = MakeDomains(chance);
        Dead =
        [
            .. Enumerable.Range(0, DeadDomains).Select(n => WithPeople(
                new(
                    $"old-address{n + 1}.example", OutageNames.Domains + n, new($"mx.old-address{n + 1}.example", $"203.0.113.{240 + n}"), Internet,
                    MailProduct.Postfix)
                {
                    Trouble = n switch { 0 or 1 => ReplyKind.NoSuchDomain, 2 => ReplyKind.Timeout, _ => ReplyKind.UnknownUser },
                },
                people: 2, chance)),
        ];
        Weights = new([.. Remote.Select(d => 1 / (d.Rank + 1.5))]);
        MailboxWeights = new([.. People.Select((_, n) => 1.0 / (4 + (n * 37 % Mailboxes)))]);
    }

    public int Servers { get; }

    public SendRoute Internet { get; }

    public SendRoute Partner { get; }

    public IReadOnlyList<SendRoute> Relays { get; }

    public MailHop SmartHost { get; }

    public MailHop Provider { get; }

    public MailHop SecondProvider { get; }

    public OutageAddress[] People { get; }

    public OutageAddress Newsletter { get; }

    /// <summary>The sender of reports about failures.</summary>
    public OutageAddress Reports { get; }

    /// <summary>By rank.</summary>
    public RemoteDomain[] Remote { get; }

    /// <summary>Domains that never accept mail and are written to now and then.</summary>
    public RemoteDomain[] Dead { get; }

    public Lottery Weights { get; }

    public Lottery MailboxWeights { get; }

    public static string ServerName(int server) => string.Create(CultureInfo.InvariantCulture, $"EX{server + 1:00}");

    public static string DatabaseName(int database) => string.Create(CultureInfo.InvariantCulture, $"DB{database + 1:00}");

    /// <summary>The server on which the active copy of a database usually is.</summary>
    public int HomeOf(int database) => database % Servers;

    /// <summary>Which domains have which name, server and connector depends on the seed; how much mail a rank has does not.</summary>
    RemoteDomain[] MakeDomains(Chance chance)
    {
        var names = Enumerable.Range(0, OutageNames.Domains).ToArray();
        for (var last = names.Length - 1; last > 0; last--)
        {
            var other = chance.Below(last + 1);
            (names[last], names[other]) = (names[other], names[last]);
        }
        // The partners and the domains behind the smart host keep their ranks, so that each connector has enough mail in every seed.
        var first = chance.Below(2);
        return [.. names.Select((name, rank) => MakeDomain(OutageNames.Domain(name), rank, chance, first))];
    }

    RemoteDomain MakeDomain(string name, int rank, Chance chance, int first)
    {
        var route = rank is 6 or 13 ? Partner : rank % 7 == 2 + first ? Relays[rank / 7 % Relays.Count] : Internet;
        var provider = route != Internet ? null : (rank + first) % 8 == 1 && rank < 8 * BigProvider ? Provider
            : (rank + first) % 20 == 5 && rank < 20 * SmallProvider ? SecondProvider : null;
        var product = provider == Provider ? MailProduct.Google
            : provider is not null ? MailProduct.Cloud
            : (MailProduct)chance.Below((int)MailProduct.Exim + 1);
        var host = (product, chance.Below(3)) switch
        {
            (MailProduct.Cloud, _) => $"{name.Replace('.', '-')}.mail.protection.outlook.com",
            (MailProduct.Proofpoint, _) => $"mxa-{rank:000}.gslb.pphosted.com",
            (_, 0) => $"mail.{name}",
            (_, 1) => $"mx1.{name}",
            _ => $"mx.{name}",
        };
        var domain = new RemoteDomain(
            name, rank, provider ?? new(host, $"{((rank & 1) == 0 ? "203.0.113" : "198.51.100")}.{30 + (rank % 200)}"), route, product)
        {
            Trait = chance.Below(999),
            IsShared = provider is not null,
            Greylists = provider is null && route == Internet && product is MailProduct.Postfix or MailProduct.Exim && chance.Percent(40),
        };
        return WithPeople(domain, people: 3 + (60 / (rank + 2)), chance);
    }

    static RemoteDomain WithPeople(RemoteDomain domain, int people, Chance chance)
    {
        var from = chance.Below(400);
        domain.People =
        [
            .. Enumerable.Range(0, people).Select(n => new OutageAddress($"{OutageNames.Person((from + (n * 7)) % 400)}@{domain.Name}", domain)
            {
                // A mailbox that is full for weeks.
                Trouble = n == 2 && domain.Rank is > 40 && domain.Rank % 22 == 5 ? ReplyKind.Full : null,
            }),
        ];
        return domain;
    }
}
