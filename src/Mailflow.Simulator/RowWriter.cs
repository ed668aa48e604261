using System.Text;

namespace Mailflow.Simulator;

/// <summary>Writes a decided row, column by column, in the order of <see cref="TrackingColumns"/>. Every column ends itself with a comma.</summary>
sealed class RowWriter(SimulatedSite site, Chance chance, bool namesSessions)
{
    static readonly byte[][] Sources = Names<Source>(), Events = Names<EventId>();

    /// <summary>Each server has its own numbers.</summary>
    const long InternalIdsOfServer = 1_000_000_000_000;

    readonly ExchangeVersion _version = site.Version;
    readonly ContextColumn _context = new(site, chance, namesSessions);
    readonly StatusColumn _status = new(site, chance);
    readonly MessageInfoColumn _messageInfo = new(site, chance);
    readonly CustomColumn _custom = new(site, chance);

    public void Write(LineBuffer line, in Row row)
    {
        line.Time(row.At);
        Comma(line);
        PutEnds(line, row);
        _context.Put(line, row);
        PutConnector(line, row);
        line.Put(Sources[(int)row.Shape.Source]);
        Comma(line);
        line.Put(Events[(int)row.Shape.Event]);
        Comma(line);
        if (row.Shape.NamesMessage)
            PutMessage(line, row);
        else
            line.Put(_version < ExchangeVersion.Exchange2013 ? ",,,,,,,,,,,"u8 : ",,,,,,,,,,,,"u8);
        _messageInfo.Put(line, row);
        if (_version >= ExchangeVersion.Exchange2010)
            PutSince2010(line, row);
        if (_version >= ExchangeVersion.Exchange2016)
            PutSince2016(line, row.Message);
        line.DropLast();
    }

    /// <summary>client-ip, client-hostname, server-ip, server-hostname.</summary>
    void PutEnds(LineBuffer line, in Row row)
    {
        var message = row.Message;
        switch (row.Shape.Ends)
        {
            case Ends.FromInternet:
                SimulatedSite.PutRemoteAddress(line, message.RemoteDomain);
                Comma(line);
                site.PutRemoteHost(line, message.RemoteDomain);
                Comma(line);
                PutServer(line, row.Server);
                break;
            case Ends.Shadow:
                PutServer(line, site.PeerOf(row));
                PutServer(line, row.Server);
                break;
            case Ends.FromServer:
                PutServer(line, row.Peer);
                PutServer(line, row.Server);
                break;
            case Ends.Local:
                PutServer(line, row.Server);
                PutServer(line, row.Server);
                break;
            case Ends.ToInternet:
                PutServer(line, row.Server);
                SimulatedSite.PutRemoteAddress(line, message.RemoteDomain);
                Comma(line);
                site.PutRemoteHost(line, message.RemoteDomain);
                Comma(line);
                break;
            case Ends.ToServer:
                PutServer(line, row.Server);
                PutServer(line, row.Peer);
                break;
            case Ends.Mailbox:
                Comma(line);
                site.PutServerFqdn(line, row.Server);
                Comma(line);
                Comma(line);
                site.PutServer(line, row.Server);
                Comma(line);
                break;
            case Ends.ServerOnly:
                line.Put(",,,"u8);
                site.PutServer(line, row.Server);
                Comma(line);
                break;
            case Ends.None:
            default:
                line.Put(",,,,"u8);
                break;
        }
    }

    void PutServer(LineBuffer line, int server)
    {
        SimulatedSite.PutServerAddress(line, server);
        Comma(line);
        site.PutServer(line, server);
        Comma(line);
    }

    void PutConnector(LineBuffer line, in Row row)
    {
        switch (row.Shape.Ends)
        {
            case Ends.FromInternet or Ends.Shadow or Ends.FromServer or Ends.Local when row.Shape.Source == Source.Smtp:
                site.PutServer(line, row.Server);
                line.Put(row.Shape.Ends == Ends.FromServer && row.Server == site.Edge ? "\\Default internal receive connector "u8 : "\\Default "u8);
                site.PutServer(line, row.Server);
                break;
            case Ends.ToInternet:
                line.Put((row.Message.RemoteDomain & 7) == 3 ? "Partner TLS"u8 : "Internet Send"u8);
                break;
            case Ends.ToServer:
                // The names that an Edge subscription gives (Microsoft, "Edge Subscriptions in Exchange Server").
                line.Put(
                    row.Server == site.Edge ? "EdgeSync - Inbound to Default-First-Site-Name"u8
                    : row.Peer == site.Edge ? "EdgeSync - Default-First-Site-Name to Internet"u8
                    : "Intra-Organization SMTP Send Connector"u8);
                break;
            case Ends.None:
            case Ends.Mailbox:
            case Ends.ServerOnly:
            default:
                break;
        }
        Comma(line);
    }

    /// <summary>internal-message-id to return-path.</summary>
    void PutMessage(LineBuffer line, in Row row)
    {
        var message = row.Message;
        line.Put(message.InternalId + (row.Server * InternalIdsOfServer));
        Comma(line);
        var start = line.Length;
        site.PutMessageId(line, message.Id);
        line.EndField(start);
        if (_version >= ExchangeVersion.Exchange2013)
        {
            line.Guid(message.Id.Bits, message.Id.MoreBits);
            Comma(line);
        }
        start = line.Length;
        for (var left = row.Recipients; !left.IsEmpty; left = left.Rest)
        {
            if (left != row.Recipients)
                line.Put((byte)';');
            var member = line.Length;
            site.Book.Put(line, message.Recipients[left.First]);
            line.EndMember(member);
        }
        line.EndField(start);
        _status.Put(line, row);
        line.Put(message.Size);
        Comma(line);
        line.Put(row.Recipients.Count);
        Comma(line);
        if (row.Shape.HasRelated)
            site.Book.Put(line, message.Recipients[row.Step.Related]);
        Comma(line);
        PutReference(line, row);
        PutSubject(line, message);
        site.Book.Put(line, message.Sender);
        Comma(line);
        site.Book.Put(line, message.Sender.Kind == AddressKind.Postmaster ? AddressBook.Of(AddressKind.Nobody) : message.Sender);
        Comma(line);
    }

    /// <summary>A failure names its report, a report the message that failed.</summary>
    void PutReference(LineBuffer line, in Row row)
    {
        var message = row.Message;
        var start = line.Length;
        if (row.Shape.Event == EventId.Fail && message.WantsReport)
            site.PutMessageId(line, message.Id.Report);
        else if (row.Shape.Event == EventId.Dsn)
            site.PutMessageId(line, message.Reference);
        line.EndField(start);
    }

    static void PutSubject(LineBuffer line, SimulatedMessage message)
    {
        var start = line.Length;
        if (message.Reference != MessageId.None)
            line.Put("Undeliverable: "u8);
        var subject = World.Subjects[message.Subject].AsSpan();
        var number = subject.IndexOf((byte)'#');
        if (number < 0)
        {
            line.Put(subject);
        }
        else
        {
            line.Put(subject[..number]);
            line.Put(message.InternalId % 10_000);
            line.Put(subject[(number + 1)..]);
        }
        line.EndField(start);
    }

    /// <summary>directionality, tenant-id, original-client-ip, original-server-ip, custom-data.</summary>
    void PutSince2010(LineBuffer line, in Row row)
    {
        if (row.Shape.HasDirection)
            line.Put(row.Message.Direction == MailDirection.Incoming ? "Incoming"u8 : "Originating"u8);
        line.Put(",,"u8);
        if (row.Shape.NamesMessage)
        {
            if (row.Message.Direction == MailDirection.Incoming)
                SimulatedSite.PutRemoteAddress(line, row.Message.RemoteDomain);
            else
                SimulatedSite.PutServerAddress(line, row.Server);
            Comma(line);
            SimulatedSite.PutServerAddress(line, row.Server);
            Comma(line);
        }
        else
        {
            line.Put(",,"u8);
        }
        _custom.Put(line, row);
    }

    /// <summary>transport-traffic-type, log-id, schema-version.</summary>
    void PutSince2016(LineBuffer line, SimulatedMessage message)
    {
        line.Put("Email,"u8);
        line.Guid(chance.Next(), message.Id.Bits);
        Comma(line);
        line.Put(site.Build);
        Comma(line);
    }

    static void Comma(LineBuffer line) => line.Put((byte)',');

    static byte[][] Names<T>()
        where T : struct, Enum => [.. Enum.GetNames<T>().Select(name => Encoding.ASCII.GetBytes(name.ToUpperInvariant()))];
}
