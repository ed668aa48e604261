using System.Text;

namespace Mailflow.Simulator;

/// <summary>The kind of an address; all except <see cref="Person"/> and <see cref="Shared"/> are created by Exchange itself.</summary>
enum AddressKind : byte
{
    Nobody,
    Person,
    Shared,
    Group,
    HealthMailbox,
    ExtestMailbox,
    InboundProxy,
    DeliveryProbe,
    Postmaster,
    Approval,
    Legacy,
}

/// <summary>An address as indexes into the book; domain 0 is our own.</summary>
readonly record struct Address(AddressKind Kind, ushort Domain, ushort First, ushort Last, ushort Number)
{
    public bool IsHealthMailbox => Kind is AddressKind.HealthMailbox or AddressKind.ExtestMailbox;

    public bool IsProbe => Kind is AddressKind.InboundProxy or AddressKind.DeliveryProbe;
}

/// <summary>Senders and recipients: about 2,000 own mailboxes, and external domains with their frequency.</summary>
sealed class AddressBook
{
    readonly byte[][] _domains;
    readonly Lottery _correspondents;
    readonly Lottery _failing;
    readonly int _firstMistyped;

    /// <param name="demo">Whether it is the demo: fewer domains, and some that do not exist.</param>
    public AddressBook(string ownDomain, bool demo)
    {
        var names = demo ? World.DemoDomainNames() : World.DomainNames();
        _firstMistyped = 1 + names.Count;
        _domains =
        [
            Encoding.UTF8.GetBytes(ownDomain),
            .. names.Select(Encoding.UTF8.GetBytes),
            .. (demo ? World.MistypedDomains : []).Select(Encoding.UTF8.GetBytes),
            "contoso.mail.onmicrosoft.test"u8.ToArray(),
        ];
        // Most mail goes to a few domains. Failures have a separate list, and its first domain has three times as many failures as its rank
        // gives: an operator should see it at once.
        _correspondents = new([.. names.Select((_, index) => 1.0 / (1 + ((index + 5) * 7 % names.Count)))]);
        _failing = new([.. names.Select((_, index) => index == 0 ? 3.0 : 1.0 / (index + 1))]);
    }

    public int DomainCount => _domains.Length;

    /// <summary>The routing domain of our mailboxes in Exchange Online.</summary>
    public ushort CloudDomain => (ushort)(_domains.Length - 1);

    public string DomainName(int domain) => Encoding.UTF8.GetString(_domains[domain]);

    public ReadOnlySpan<byte> Domain(int domain) => _domains[domain];

    public ushort SomeDomain(Chance chance) => (ushort)(1 + _correspondents.Draw(chance));

    public ushort SomeFailingDomain(Chance chance) => (ushort)(1 + _failing.Draw(chance));

    /// <summary>A domain that does not exist; only the demo has such domains.</summary>
    public ushort SomeMistypedDomain(Chance chance) => (ushort)(_firstMistyped + chance.Below(CloudDomain - _firstMistyped));

    public static Address OwnMailbox(Chance chance) => new(AddressKind.Person, 0, SomeFirst(chance), SomeLast(chance), 0);

    /// <summary>An address at our own domain that does not exist; a numeric suffix marks it.</summary>
    public static Address OwnTypo(Chance chance) => chance.Percent(12)
        ? new(AddressKind.Legacy, 0, SomeFirst(chance), SomeLast(chance), 0)
        : new(AddressKind.Person, 0, SomeFirst(chance), SomeLast(chance), (ushort)chance.Between(2, 99));

    public static Address Group(Chance chance) => new(AddressKind.Group, 0, (ushort)chance.Below(World.Groups.Length), 0, 0);

    /// <summary>A second address of a group.</summary>
    public static Address Alias(Chance chance) => new(AddressKind.Shared, 0, (ushort)chance.Below(World.SharedNames.Length), 0, 0);

    public static Address Stranger(Chance chance, ushort domain) => chance.Percent(15)
        ? new(AddressKind.Shared, domain, (ushort)chance.Below(World.SharedNames.Length), 0, 0)
        : new(AddressKind.Person, domain, SomeFirst(chance), SomeLast(chance), (ushort)(chance.Percent(30) ? chance.Between(1, 99) : 0));

    /// <summary>The monitoring mailboxes: one for each database; before 2013, extest_ accounts.</summary>
    public static Address HealthMailbox(Chance chance, ExchangeVersion version) =>
        new(version < ExchangeVersion.Exchange2013 ? AddressKind.ExtestMailbox : AddressKind.HealthMailbox, 0, (ushort)chance.Below(8), 0, 0);

    public static Address Of(AddressKind kind) => new(kind, 0, 0, 0, 0);

    public void Put(LineBuffer line, in Address address)
    {
        switch (address.Kind)
        {
            case AddressKind.Nobody:
                line.Put("<>"u8);
                return;
            case AddressKind.DeliveryProbe:
                line.Put("maildeliveryprobe@maildeliveryprobe.com"u8);
                return;
            case AddressKind.Person:
                PutPerson(line, address);
                break;
            case AddressKind.Shared:
                line.Put(World.SharedNames[address.First]);
                break;
            case AddressKind.Group:
                line.Put(World.Groups[address.First]);
                break;
            case AddressKind.HealthMailbox:
                line.Put("HealthMailbox"u8);
                line.Hex(Chance.Mix(address.First + 1UL), 8);
                line.Hex(Chance.Mix(address.First + 101UL), 8);
                break;
            case AddressKind.ExtestMailbox:
                line.Put("extest_"u8);
                line.Hex(Chance.Mix(address.First + 1UL), 6);
                break;
            case AddressKind.InboundProxy:
                line.Put("inboundproxy"u8);
                break;
            case AddressKind.Postmaster:
                line.Put("MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e"u8);
                break;
            case AddressKind.Approval:
                line.Put("SystemMailbox{1f05a927-3be2-4fb9-aa03-b59fe3b56f4c}"u8);
                break;
            case AddressKind.Legacy:
                line.Put("IMCEAEX-_O=CONTOSO_OU=EXCHANGE+20ADMINISTRATIVE+20GROUP+20+28FYDIBOHF23SPDLT+29_CN=RECIPIENTS_CN="u8);
                PutPerson(line, address);
                break;
        }
        line.Put((byte)'@');
        line.Put(_domains[address.Domain]);
    }

    static void PutPerson(LineBuffer line, in Address address)
    {
        line.Put(World.FirstNames[address.First]);
        line.Put((byte)'.');
        line.Put(World.LastNames[address.Last]);
        if (address.Number > 0)
            line.Put(address.Number);
    }

    static ushort SomeFirst(Chance chance) => (ushort)chance.Below(World.FirstNames.Length);

    static ushort SomeLast(Chance chance) => (ushort)chance.Below(World.LastNames.Length);
}
