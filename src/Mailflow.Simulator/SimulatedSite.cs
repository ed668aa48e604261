using System.Text;

namespace Mailflow.Simulator;

/// <summary>The organisation: its servers, and external addresses and hosts.</summary>
sealed class SimulatedSite
{
    readonly byte[][] _servers;
    readonly byte[] _domainSuffix;

    public SimulatedSite(SimulationOptions options)
    {
        Version = options.Version;
        Build = TrackingColumns.BuildOf(options);
        Story = options.Story;
        Rarely = options.Rarely;
        Book = new(options.Domain, demo: Story is not null);
        var written = options.Written;
        Mailboxes = options.Servers;
        Edge = options.Servers > 1 ? written.Count - 1 : null;
        // A single server knows others, whose logs are not written.
        _servers =
        [
            .. (options.Servers > 1 ? written : [.. written, "EX02", "EX03", "EX04"]).Distinct(StringComparer.OrdinalIgnoreCase).Select(Encoding.UTF8.GetBytes),
        ];
        _domainSuffix = Encoding.UTF8.GetBytes("." + options.Domain);
    }

    public ExchangeVersion Version { get; }

    /// <summary>The schema-version of rows.</summary>
    public byte[] Build { get; }

    /// <summary>The demo's story; null for the full variety.</summary>
    public DemoStory? Story { get; }

    /// <summary>A multiple of the weights of <see cref="RareScenarios"/>.</summary>
    public double Rarely { get; }

    public AddressBook Book { get; }

    /// <summary>The address from which our mail is sent; a blocklist would list it.</summary>
    public static ReadOnlySpan<byte> EgressAddress => "192.0.2.25"u8;

    public ReadOnlySpan<byte> Server => _servers[0];

    /// <summary>The number of Mailbox servers whose logs are written; they come first.</summary>
    public int Mailboxes { get; }

    /// <summary>All servers that have a name, written or not.</summary>
    public int Servers => _servers.Length;

    /// <summary>The Edge server; null where there is none.</summary>
    public int? Edge { get; }

    /// <summary>Which of our servers holds a mailbox.</summary>
    public int HomeOf(in Address address) => (address.First + address.Last) % Mailboxes;

    /// <summary>Another server than the one that writes the row.</summary>
    public int PeerOf(in Row row)
    {
        var others = Mailboxes > 1 ? Mailboxes - 1 : _servers.Length - 1;
        var peer = (int)(row.Message.Id.Bits % (uint)others);
        return peer < row.Server ? peer : peer + 1;
    }

    /// <summary>Another Mailbox server.</summary>
    public int OtherThan(int server) => (server + 1) % Math.Max(2, Mailboxes);

    /// <summary>Whether the logs of a server are written.</summary>
    public bool Writes(int server) => server < Mailboxes || server == Edge;

    public string NameOf(int server) => Encoding.UTF8.GetString(_servers[server]);

    public void PutServer(LineBuffer line, int server) => line.Put(_servers[server]);

    public void PutServerFqdn(LineBuffer line, int server)
    {
        line.Put(_servers[server]);
        line.Put(_domainSuffix);
    }

    public static void PutServerAddress(LineBuffer line, int server)
    {
        line.Put("10.0.0."u8);
        line.Put(11 + server);
    }

    public void PutRemoteHost(LineBuffer line, ushort domain)
    {
        if (domain == Book.CloudDomain)
        {
            line.Put("contoso-test.mail.protection.outlook.com"u8);
            return;
        }

        line.Put((domain % 3) switch { 0 => "mx1."u8, 1 => "mail."u8, _ => "mx-in-02."u8 });
        line.Put(Book.Domain(domain));
    }

    public static void PutRemoteAddress(LineBuffer line, ushort domain)
    {
        line.Put((domain & 1) == 0 ? "203.0.113."u8 : "198.51.100."u8);
        line.Put(1 + (domain % 250));
    }

    public void PutMessageId(LineBuffer line, MessageId id)
    {
        line.Put((byte)'<');
        switch (id.Domain == 0 ? 0 : id.Bits % 4)
        {
            case 0:
                line.Hex(id.Bits, 8);
                line.Hex(id.MoreBits, 8);
                line.Put((byte)'@');
                if (id.Domain == 0)
                    PutServerFqdn(line, 0);
                else
                    line.Put(Book.Domain(id.Domain));
                break;
            case 1:
                line.Put("CAF"u8);
                line.Hex(id.Bits, 7);
                line.Put((byte)'+');
                line.Hex(id.MoreBits, 7);
                line.Put("@mail."u8);
                line.Put(Book.Domain(id.Domain));
                break;
            case 2:
                line.Padded((long)(id.Bits >> 32), 10);
                line.Put((byte)'.');
                line.Padded((long)(id.MoreBits >> 44), 6);
                line.Put(".JavaMail.root@app7."u8);
                line.Put(Book.Domain(id.Domain));
                break;
            default:
                line.Guid(id.Bits, id.MoreBits);
                line.Put((byte)'@');
                line.Put(Book.Domain(id.Domain));
                break;
        }
        line.Put((byte)'>');
    }
}
