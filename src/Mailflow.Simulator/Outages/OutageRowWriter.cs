using System.Text;

namespace Mailflow.Simulator.Outages;

/// <summary>Writes the columns of Exchange 2019 for a row of a scenario.</summary>
sealed class OutageRowWriter(OutageWorld world, byte[] build)
{
    static readonly byte[][] Servers = [.. Enumerable.Range(0, 100).Select(n => Encoding.ASCII.GetBytes(OutageWorld.ServerName(n)))];
    static readonly byte[] Own = Encoding.ASCII.GetBytes(OutageWorld.Own);

    /// <param name="at">The time by the clock of the server.</param>
    public void Write(LineBuffer line, OutageRow row, long at)
    {
        var mail = row.Mail;
        line.Time(at);
        Comma(line);
        PutEnds(line, row);
        PutContext(line, row, at);
        PutConnector(line, row);
        line.Put(NameOf(row.Source));
        Comma(line);
        line.Put(NameOf(row.Event));
        Comma(line);
        line.Put(mail.Number + (row.Server * 1_000_000_000L));
        Comma(line);
        PutMessageId(line, mail, mail.High);
        Comma(line);
        line.Guid(mail.High, mail.Low);
        Comma(line);
        PutRecipients(line, row);
        PutStatuses(line, row, at);
        line.Put(mail.Size);
        Comma(line);
        line.Put(row.Recipients.Count);
        line.Put(",,"u8);
        PutReference(line, row);
        PutSubject(line, mail);
        line.Put(mail.Sender.Bytes);
        Comma(line);
        line.Put(mail.Origin == MailOrigin.Report ? "<>"u8 : mail.Sender.Bytes);
        Comma(line);
        PutInfo(line, row, at);
        line.Put(mail.Origin == MailOrigin.Internet ? "Incoming,,"u8 : "Originating,,"u8);
        if (mail.Origin == MailOrigin.Internet)
            line.Put(mail.Sender.Domain!.Sends.AddressBytes);
        Comma(line);
        PutAddress(line, row.Server);
        Comma(line);
        PutCustom(line, row);
        line.Put("Email,"u8);
        line.Guid(Chance.Mix(mail.Low + (ulong)row.At), mail.High);
        Comma(line);
        line.Put(build);
    }

    /// <summary>client-ip, client-hostname, server-ip, server-hostname.</summary>
    static void PutEnds(LineBuffer line, OutageRow row)
    {
        if (row.Event == EventId.Deliver || (row.Source == Source.StoreDriver && row.IsTrouble))
        {
            Comma(line);
            PutFqdn(line, row.Server);
            line.Put(",,"u8);
            line.Put(Servers[row.Server]);
        }
        else if (row.Event == EventId.Receive && row.Mail.Origin == MailOrigin.Internet)
        {
            PutHop(line, row.Mail.Sender.Domain!.Sends);
            Comma(line);
            PutServer(line, row.Server);
        }
        else if (row.Source == Source.Smtp && row.Domain is { } domain)
        {
            PutServer(line, row.Server);
            Comma(line);
            PutHop(line, domain.Hop);
        }
        else if (row.Source is Source.Smtp or Source.StoreDriver)
        {
            PutServer(line, row.Server);
            Comma(line);
            PutServer(line, row.Peer ?? row.Server);
        }
        else
        {
            line.Put(",,,"u8);
            line.Put(Servers[row.Server]);
        }
        Comma(line);
    }

    static void PutContext(LineBuffer line, OutageRow row, long at)
    {
        var start = line.Length;
        if (row.IsTrouble)
        {
            if (row.Event == EventId.Defer)
            {
                line.Put("retry"u8);
            }
            else if (row.Source == Source.Smtp)
            {
                line.Put((byte)';');
                var text = line.Length;
                line.Put(Encoding.ASCII.GetBytes(row.Texts[0]));
                line.Replace(text, (byte)';', (byte)' ');
                line.Put(";ClientSubmitTime:"u8);
            }
            else if (row.Source == Source.Agent)
            {
                line.Put("Transport Rule Agent"u8);
            }
        }
        else if (row.Event == EventId.SendExternal)
        {
            line.Put(";250 2.0.0 Ok: queued as "u8);
            line.Hex(row.Mail.Low, 5);
            line.Put(";ClientSubmitTime:"u8);
            line.Time(row.Mail.At);
        }
        else if (row.Event == EventId.Send)
        {
            line.Put(";250 2.1.5 Recipient OK;ClientSubmitTime:"u8);
        }
        else if (row is { Event: EventId.Receive, Source: Source.StoreDriver })
        {
            line.Put("MDB:"u8);
            line.Guid(Chance.Mix((ulong)row.Mail.Sender.Database + 1), Chance.Mix((ulong)row.Mail.Sender.Database + 7));
            line.Put(", MessageClass:IPM.Note, ClientType:MOMT"u8);
        }
        else if (row.Event != EventId.Dsn)
        {
            line.Put("08DE"u8);
            line.Hex(row.Mail.Low, 6);
            line.Put((byte)';');
            line.Time(at - 200);
            line.Put(";0"u8);
        }
        line.EndField(start);
    }

    static void PutConnector(LineBuffer line, OutageRow row)
    {
        if (row.Domain is { } domain)
        {
            line.Put(domain.Route.NameBytes);
        }
        else if (row.Source == Source.Smtp && row.Event == EventId.Receive)
        {
            line.Put(Servers[row.Server]);
            line.Put("\\Default Frontend "u8);
            line.Put(Servers[row.Server]);
        }
        else if (row.Source == Source.Smtp)
        {
            line.Put("Intra-Organization SMTP Send Connector"u8);
        }
        Comma(line);
    }

    static void PutRecipients(LineBuffer line, OutageRow row)
    {
        for (var i = 0; i < row.Recipients.Count; i++)
        {
            if (i > 0)
                line.Put((byte)';');
            line.Put(row.Recipients[i].Bytes);
        }
        Comma(line);
    }

    static void PutStatuses(LineBuffer line, OutageRow row, long at)
    {
        var start = line.Length;
        for (var i = 0; i < row.Recipients.Count; i++)
        {
            if (i > 0)
                line.Put((byte)';');
            if (row.IsTrouble)
                PutStatus(line, row, row.Texts[i], at);
            else if (row.Event is EventId.SendExternal or EventId.Send)
                line.Put("250 2.1.5 Recipient OK"u8);
            else if (row is { Event: EventId.Receive, Source: Source.StoreDriver })
                line.Put("To"u8);
        }
        line.EndField(start);
    }

    static void PutStatus(LineBuffer line, OutageRow row, string text, long at)
    {
        var start = line.Length;
        line.Put("[{LED="u8);
        line.Put(Encoding.ASCII.GetBytes(text));
        line.Put("};{MSG=};{FQDN="u8);
        var hop = row.Source == Source.Smtp ? row.Domain?.Hop : null;
        if (hop is not null)
            line.Put(hop.NameBytes);
        line.Put("};{IP="u8);
        if (hop is not null)
            line.Put(hop.AddressBytes);
        line.Put("};{LRT="u8);
        if (hop is not null)
            PutLastRetry(line, at);
        line.Put("}]"u8);
        line.EndMember(start);
    }

    static void PutLastRetry(LineBuffer line, long at)
    {
        var time = DateTimeOffset.FromUnixTimeMilliseconds(at);
        line.Put(time.Month);
        line.Put((byte)'/');
        line.Put(time.Day);
        line.Put((byte)'/');
        line.Put(time.Year);
        line.Put((byte)' ');
        line.Put(((time.Hour + 11) % 12) + 1);
        line.Put((byte)':');
        line.Padded(time.Minute, 2);
        line.Put((byte)':');
        line.Padded(time.Second, 2);
        line.Put(time.Hour < 12 ? " AM"u8 : " PM"u8);
    }

    /// <summary>A report names the message that it is about.</summary>
    static void PutReference(LineBuffer line, OutageRow row)
    {
        if (row is { Event: EventId.Dsn, Mail.Reported: { } reported })
            PutMessageId(line, row.Mail, reported);
        Comma(line);
    }

    static void PutMessageId(LineBuffer line, OutageMail mail, ulong id)
    {
        line.Put((byte)'<');
        line.Hex(id, 8);
        line.Put((byte)'@');
        line.Put(mail is { Origin: MailOrigin.Internet, Sender.Domain: { } domain } ? domain.Sends.NameBytes : Own);
        line.Put((byte)'>');
    }

    static void PutSubject(LineBuffer line, OutageMail mail)
    {
        var start = line.Length;
        if (mail.Origin == MailOrigin.Report)
            line.Put("Undeliverable: "u8);
        var number = mail.Subject.AsSpan().IndexOf((byte)'#');
        line.Put(mail.Subject.AsSpan(0, number < 0 ? mail.Subject.Length : number));
        if (number >= 0)
        {
            line.Put((long)(mail.High % 10_000));
            line.Put(mail.Subject.AsSpan(number + 1));
        }
        line.EndField(start);
    }

    /// <summary>The time of arrival, and of deliveries how long they took.</summary>
    void PutInfo(LineBuffer line, OutageRow row, long at)
    {
        if (row.Event == EventId.Receive)
        {
            line.Put(row.Mail.Origin == MailOrigin.Internet ? "0cA: "u8 : "04I: "u8);
        }
        else if (row.Event is EventId.Deliver or EventId.SendExternal or EventId.Send || row is { Event: EventId.Fail, Source: Source.Smtp })
        {
            var shift = at - row.At;
            line.Time(row.Mail.At + shift);
            line.Put(";SRV="u8);
            PutFqdn(line, row.Mail.Server % world.Servers);
            line.Put(":TOTAL-HUB="u8);
            line.Seconds(row.At - row.Mail.At);
            line.Put(row.Domain is null ? "|QDM="u8 : "|QDE="u8);
            line.Seconds(row.At - row.Mail.At);
        }
        Comma(line);
    }

    static void PutCustom(LineBuffer line, OutageRow row)
    {
        if (row.Event is EventId.SendExternal)
            line.Put("S:ToEntity=Internet;S:FromEntity=Hosted;"u8);
        else if (row.Event == EventId.Send)
            line.Put("S:IsSmtpResponseFromExternalServer=False;"u8);
        else if (row.Source == Source.StoreDriver && row.Event != EventId.Receive)
        {
            line.Put("S:MailboxDatabaseName="u8);
            line.Put(Encoding.ASCII.GetBytes(OutageWorld.DatabaseName(row.Recipients[0].Database)));
            line.Put((byte)';');
        }
        line.Put("S:DeliveryPriority=Normal"u8);
        Comma(line);
    }

    static void PutHop(LineBuffer line, MailHop hop)
    {
        line.Put(hop.AddressBytes);
        Comma(line);
        line.Put(hop.NameBytes);
    }

    static void PutServer(LineBuffer line, int server)
    {
        PutAddress(line, server);
        Comma(line);
        line.Put(Servers[server]);
    }

    static void PutAddress(LineBuffer line, int server)
    {
        line.Put("10.0.0."u8);
        line.Put(11 + server);
    }

    static void PutFqdn(LineBuffer line, int server)
    {
        line.Put(Servers[server]);
        line.Put((byte)'.');
        line.Put(Own);
    }

    static void Comma(LineBuffer line) => line.Put((byte)',');

    static ReadOnlySpan<byte> NameOf(Source source) => source switch
    {
        Source.Smtp => "SMTP"u8,
        Source.StoreDriver => "STOREDRIVER"u8,
        Source.Dns => "DNS"u8,
        Source.Dsn => "DSN"u8,
        Source.Queue => "QUEUE"u8,
        Source.Routing => "ROUTING"u8,
        _ => "AGENT"u8,
    };

    static ReadOnlySpan<byte> NameOf(EventId id) => id switch
    {
        EventId.Receive => "RECEIVE"u8,
        EventId.Send => "SEND"u8,
        EventId.SendExternal => "SENDEXTERNAL"u8,
        EventId.Deliver => "DELIVER"u8,
        EventId.Defer => "DEFER"u8,
        EventId.Dsn => "DSN"u8,
        _ => "FAIL"u8,
    };
}
