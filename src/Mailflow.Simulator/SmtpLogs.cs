using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;

namespace Mailflow.Simulator;

/// <summary>
/// The connectivity and protocol logs of the same server, in folders below that of the tracking logs: the connection of each tracking row that
/// has one. Lines are held back briefly, so that the sessions are interleaved in order of time.
/// </summary>
sealed class SmtpLogs : IDisposable
{
    /// <summary>Maximum time between the start of a session and its tracking row.</summary>
    const int LookBackMs = 1000;

    static readonly byte[] Nothing = [];

    /// <summary>The socket errors of failed attempts, and the outcome of each.</summary>
    static readonly WinsockError[] Errors = [.. WinsockErrors.All.Where(e => e.Code is 10051 or 10054 or 10060 or 10061 or 10065)];

    readonly SimulationOptions _options;
    readonly SimulatedSite _site;
    readonly Chance _chance;
    readonly LogWriter _connectivity;
    readonly LogWriter _send;
    readonly LogWriter _receive;
    readonly PriorityQueue<(SmtpConversation Session, SmtpLine Line, long At), (long, long)> _toCome = new();
    readonly PriorityQueue<(byte[] Line, long At), (long, long)> _connections = new();
    readonly SmtpCounts _counts = new();
    readonly LineBuffer _scratch = new();
    long _order;
    ulong _lastSession;

    public SmtpLogs(SimulationOptions options, SimulatedSite site)
    {
        (_options, _site, _chance) = (options, site, new((ulong)options.Seed ^ 0x534D_5450));
        const string Protocol = "date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context";
        _connectivity = new(
            options, Path.Combine(options.Folder, "Connectivity"), "CONNECTLOG", daily: true,
            "Transport Connectivity Log",
            "date-time,session,source,Destination,direction,description");
        _send = new(options, Path.Combine(options.Folder, "ProtocolLog", "SmtpSend"), "SEND", daily: false, "SMTP Send Protocol Log", Protocol);
        _receive = new(options, Path.Combine(options.Folder, "ProtocolLog", "SmtpReceive"), "RECV", daily: false, "SMTP Receive Protocol Log", Protocol);
    }

    IEnumerable<LogWriter> Series => [_connectivity, _send, _receive];

    /// <summary>Plans the connection of a tracking row.</summary>
    public void Add(in Row row)
    {
        switch (row.Shape)
        {
            case { Event: EventId.Receive, Source: Source.Smtp }:
                Received(row);
                break;
            case { ToInternet: true }:
                Sent(row);
                break;
            case { Event: EventId.Send }:
                HandedOver(row, ConnectionSource.Smtp, "SMTP", Text(_site.PutServerFqdn, row.Peer));
                break;
            case { Event: EventId.Deliver }:
                HandedOver(
                    row, ConnectionSource.MapiDelivery, "MapiDelivery",
                    Encoding.ASCII.GetBytes($"DB{row.Message.Recipients[row.Recipients.First].Last % 6:00}"));
                break;
            case { Event: EventId.Fail, Source: Source.Smtp }:
                var failure = FailureTexts.All[row.Message.Failures[row.Recipients.First]];
                Refused(row, failure.Cause, deferred: false);
                break;
            case { Event: EventId.Fail, Source: Source.Dns }:
                NotFound(row);
                break;
            case { Event: EventId.Defer, Source: Source.Dns }:
                NotFound(row);
                break;
            case { Event: EventId.Defer, Source: Source.Smtp }:
                Refused(row, DeferralTexts.All[row.Message.Deferrals[row.Recipients.First]].Cause, deferred: true);
                break;
            default:
                break;
        }
    }

    /// <summary>Writes the lines before which no other line can be inserted any more.</summary>
    public void WriteUntil(long now)
    {
        while (_toCome.TryPeek(out var next, out var due) && due.Item1 <= now - LookBackMs)
        {
            _toCome.Dequeue();
            _counts.Rows += next.Session.Write(next.Session.Direction == SmtpDirection.Send ? _send : _receive, next.At, next.Line, _options.Lf, _counts);
        }

        while (_connections.TryPeek(out var next, out var due) && due.Item1 <= now - LookBackMs)
        {
            _connections.Dequeue();
            _connectivity.Begin(next.At).Put(next.Line);
            _connectivity.End();
            _counts.Rows++;
        }
    }

    public void Flush(Func<int, int> keepBack)
    {
        foreach (var series in Series)
            series.Flush(keepBack(series.PendingBytes));
    }

    /// <summary>Writes all lines that are held back.</summary>
    public void Dispose()
    {
        WriteUntil(long.MaxValue);
        _connectivity.Dispose();
        _send.Dispose();
        _receive.Dispose();
    }

    public SmtpTruth ToTruth() => _counts.ToTruth(Series.Sum(s => s.Bytes), Series.Sum(s => s.Files));

    void Received(in Row row)
    {
        var (message, at) = (row.Message, row.At - 300);
        var session = Session(SmtpDirection.Receive, SessionId.OfReceived(message), message, SmtpOutcome.Accepted);
        Greet(session, SmtpDirection.Receive, message.RemoteDomain, ref at);
        Say(session, ref at, Client(SmtpDirection.Receive), SmtpStage.Mail, "MAIL FROM:<", Text(_site.Book.Put, message.Sender));
        Say(session, ref at, Server(SmtpDirection.Receive), null, "250 2.1.0 Sender OK");
        for (var left = row.Recipients; !left.IsEmpty; left = left.Rest)
        {
            Say(session, ref at, Client(SmtpDirection.Receive), SmtpStage.Rcpt, "RCPT TO:<", Text(_site.Book.Put, message.Recipients[left.First]));
            Say(session, ref at, Server(SmtpDirection.Receive), null, "250 2.1.5 Recipient OK");
        }

        Content(session, SmtpDirection.Receive, ref at, message);
        Leave(session, SmtpDirection.Receive, ref at);
        // There are other connections too: probes of a load balancer, and a client that tries to relay.
        if (_chance.Percent(5))
            Probed(row.At);
        if (_chance.Percent(5))
            TurnedAway(row);
    }

    void Probed(long at)
    {
        var session = new SmtpConversation(
            SmtpDirection.Receive, FreshId(), ReceiveConnector(), "10.0.0.11:25"u8.ToArray(), "10.20.0.5:41000"u8.ToArray(), SmtpOutcome.NoMessage);
        Plan(session, at, new((byte)'+', Nothing, Nothing));
        Plan(session, at + 2, new((byte)'>', Banner(), Nothing));
        Plan(session, at + 4, new((byte)'-', Nothing, "Remote(SocketError)"u8.ToArray()));
    }

    void TurnedAway(in Row row)
    {
        var at = row.At;
        var session = Session(SmtpDirection.Receive, FreshId(), row.Message, SmtpOutcome.Refused);
        Greet(session, SmtpDirection.Receive, row.Message.RemoteDomain, ref at);
        Say(session, ref at, (byte)'<', SmtpStage.Mail, "MAIL FROM:<win@prizes.example>");
        if (_chance.Percent(50))
        {
            Say(session, ref at, (byte)'>', null, "250 2.1.0 Sender OK");
            Say(session, ref at, (byte)'<', SmtpStage.Rcpt, "RCPT TO:<someone@elsewhere.example>");
            Refuse(session, ref at, SmtpDirection.Receive, "550 5.7.1 Unable to relay"u8.ToArray(), Cause.RelayDenied);
        }
        else
        {
            Refuse(
                session, ref at, SmtpDirection.Receive,
                "554 5.7.1 Service unavailable; Client host [198.51.100.77] blocked using zen.spamhaus.org"u8.ToArray(),
                Cause.Blocklisted);
        }

        Leave(session, SmtpDirection.Receive, ref at);
    }

    void Sent(in Row row)
    {
        var (message, at) = (row.Message, row.At - 400);
        var id = SessionId.OfSent(row);
        Connected(row, id, ref at, ConnectionSource.Smtp, "SMTP", _site.Book.Domain(message.RemoteDomain).ToArray(), 1, null, Nothing);
        var session = Session(SmtpDirection.Send, id, message, SmtpOutcome.Accepted);
        at = row.At - 350;
        Greet(session, SmtpDirection.Send, message.RemoteDomain, ref at);
        Say(session, ref at, (byte)'>', SmtpStage.Mail, "MAIL FROM:<", Text(_site.Book.Put, message.Sender));
        Say(session, ref at, (byte)'<', null, "250 2.1.0 Ok");
        for (var left = row.Recipients; !left.IsEmpty; left = left.Rest)
        {
            Say(session, ref at, (byte)'>', SmtpStage.Rcpt, "RCPT TO:<", Text(_site.Book.Put, message.Recipients[left.First]));
            Say(session, ref at, (byte)'<', null, "250 2.1.5 Ok");
        }

        Content(session, SmtpDirection.Send, ref at, message);
        Leave(session, SmtpDirection.Send, ref at);
    }

    /// <summary>Between our own servers: the SMTP commands and replies are not logged.</summary>
    void HandedOver(in Row row, ConnectionSource source, string name, byte[] destination)
    {
        var at = row.At - 200;
        Connected(row, SessionId.OfSent(row), ref at, source, name, destination, 1, null, Nothing);
    }

    void Refused(in Row row, Cause cause, bool deferred)
    {
        var (message, at) = (row.Message, row.At - 400);
        var id = SessionId.OfSent(row);
        var domain = _site.Book.Domain(message.RemoteDomain).ToArray();
        if (cause == Cause.NetworkFailure)
        {
            NotReached(row, id, at, domain);
            return;
        }

        var reply = Reply(row, row.Recipients.First, deferred);
        Connected(row, id, ref at, ConnectionSource.Smtp, "SMTP", domain, 0, deferred ? cause : null, reply);
        at = row.At - 350;
        if (cause == Cause.TlsFailure && reply.AsSpan().StartsWith("454 4.7.0 Failed to establish"u8))
        {
            TlsBroken(Session(SmtpDirection.Send, id, message, SmtpOutcome.TlsFailed), at);
            return;
        }

        var session = Session(SmtpDirection.Send, id, message, SmtpOutcome.Refused);
        var stage = StageOf(cause);
        if (stage == SmtpStage.Banner)
        {
            Plan(session, at, new((byte)'+', Nothing, Nothing));
            Refuse(session, ref at, SmtpDirection.Send, reply, cause);
            Leave(session, SmtpDirection.Send, ref at);
            return;
        }

        Greet(session, SmtpDirection.Send, message.RemoteDomain, ref at);
        Say(session, ref at, (byte)'>', SmtpStage.Mail, "MAIL FROM:<", Text(_site.Book.Put, message.Sender));
        if (stage == SmtpStage.Mail)
        {
            Refuse(session, ref at, SmtpDirection.Send, reply, cause);
            Leave(session, SmtpDirection.Send, ref at);
            return;
        }

        RefusedRecipients(row, session, stage, cause, deferred, ref at);
        Leave(session, SmtpDirection.Send, ref at);
    }

    void TlsBroken(SmtpConversation session, long at)
    {
        Plan(session, at, new((byte)'+', Nothing, Nothing));
        Say(session, ref at, (byte)'<', null, "220 ready");
        Say(session, ref at, (byte)'>', SmtpStage.Starttls, "STARTTLS");
        Plan(session, at + 5, new((byte)'*', Nothing, "TLS negotiation failed with error SocketError"u8.ToArray()));
        Plan(session, at + 6, new((byte)'-', Nothing, "Local"u8.ToArray()));
    }

    /// <summary>After MAIL: each recipient is rejected with a separate reason, or all of them at DATA.</summary>
    void RefusedRecipients(in Row row, SmtpConversation session, SmtpStage stage, Cause cause, bool deferred, ref long at)
    {
        var message = row.Message;
        Say(session, ref at, (byte)'<', null, "250 2.1.0 Ok");
        for (var left = row.Recipients; !left.IsEmpty; left = left.Rest)
        {
            var theirs = deferred ? cause : FailureTexts.All[message.Failures[left.First]].Cause;
            if (StageOf(theirs) != stage || theirs == Cause.NetworkFailure)
                continue;
            Say(session, ref at, (byte)'>', SmtpStage.Rcpt, "RCPT TO:<", Text(_site.Book.Put, message.Recipients[left.First]));
            if (stage == SmtpStage.Rcpt)
                Refuse(session, ref at, SmtpDirection.Send, Reply(row, left.First, deferred), theirs);
            else
                Say(session, ref at, (byte)'<', null, "250 2.1.5 Ok");
        }

        if (stage == SmtpStage.Data)
        {
            Say(session, ref at, (byte)'>', SmtpStage.Data, "DATA");
            Say(session, ref at, (byte)'<', null, "354 Go ahead");
            Refuse(session, ref at, SmtpDirection.Send, Reply(row, row.Recipients.First, deferred), cause);
        }
    }

    static SmtpStage StageOf(Cause cause) => cause switch
    {
        Cause.Blocklisted or Cause.SystemError => SmtpStage.Banner,
        Cause.MessageTooLarge or Cause.TlsFailure => SmtpStage.Mail,
        Cause.SpamContent or Cause.SenderAuthFailure or Cause.MailLoop => SmtpStage.Data,
        _ => SmtpStage.Rcpt,
    };

    byte[] Reply(in Row row, int recipient, bool deferred)
    {
        var template = deferred ? DeferralTexts.All[row.Message.Deferrals[recipient]].Text : FailureTexts.All[row.Message.Failures[recipient]].Text;
        var start = _scratch.Length;
        template.Put(_scratch, _site, row.Message, recipient);
        return Taken(start);
    }

    void Connected(in Row row, byte[] id, ref long at, ConnectionSource source, string name, byte[] destination, int messages, Cause? retry, byte[] reply)
    {
        var text = Encoding.ASCII;
        Connection(
            at, id, name, destination, '+',
            source == ConnectionSource.Smtp ? "DnsConnectorDelivery 7a0b2b0e-1111-2222-3333-444455556666;QueueLength=TQ=1;."u8.ToArray() : Nothing);
        if (source == ConnectionSource.Smtp)
        {
            Connection(at + 3, id, name, destination, '>', [.. destination, .. "[203.0.113.25, 203.0.113.26]"u8]);
            if (_chance.Percent(4))
                Attempt(at + 20, id, destination);
            Connection(at + 30, id, name, destination, '>', "Established connection to 203.0.113.26"u8.ToArray());
        }

        _counts.Attempted(source, ConnectionOutcome.Connected);
        var bytes = messages == 0 ? 0 : row.Message.Size;
        var end = $"Messages: {messages} Bytes: {bytes}" + (source == ConnectionSource.MapiDelivery ? $" Recipients: {row.Recipients.Count}" : "");
        Connection(at + 500, id, name, destination, '-', retry is null ? text.GetBytes(end) : [.. text.GetBytes(end + " (Retry : "), .. reply, (byte)')']);
        _counts.HandedOver(messages, bytes);
        if (retry is { } cause)
            _counts.Retried(cause);
    }

    void NotReached(in Row row, byte[] id, long at, byte[] destination)
    {
        Connection(at, id, "SMTP", destination, '+', "DnsConnectorDelivery 7a0b2b0e-1111-2222-3333-444455556666;QueueLength=TQ=1;."u8.ToArray());
        Attempt(at + 50, id, destination);
        if (_chance.Percent(40))
            Attempt(at + 60, id, destination);
        Connection(at + 70, id, "SMTP", destination, '-', "Messages: 0 Bytes: 0 (Retry : Failed to connect)"u8.ToArray());
        _counts.Retried(Cause.NetworkFailure);
    }

    /// <summary>A connection that fails.</summary>
    void Attempt(long at, byte[] id, byte[] destination)
    {
        var error = _chance.Pick<WinsockError>(Errors);
        Connection(at, id, "SMTP", destination, '>', Encoding.ASCII.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"Failed connection to 203.0.113.25:25 (SocketErrorCode:{error.Code:X8})[TargetHost:{Encoding.ASCII.GetString(destination)}:25|"
            + $"MarkedUnhealthy|FailureCount:1]")));
        _counts.Attempted(ConnectionSource.Smtp, error.Outcome);
        _counts.Failed(error.Name);
    }

    void NotFound(in Row row)
    {
        var domain = _site.Book.Domain(row.Message.RemoteDomain);
        Connection(row.At - 50, SessionId.OfSent(row), "SMTP", domain.ToArray(), '>',
            [.. "InfoDomainNonexistent reported by 10.0.0.2. [Domain:Result] = "u8, .. domain, .. ":InfoDomainNonexistent;"u8]);
        _counts.Attempted(ConnectionSource.Smtp, ConnectionOutcome.DnsFailure);
    }

    void Connection(long at, byte[] id, string source, byte[] destination, char direction, byte[] description)
    {
        var start = _scratch.Length;
        _scratch.Time(at);
        _scratch.Put((byte)',');
        _scratch.Put(id);
        _scratch.Put((byte)',');
        _scratch.Put(Encoding.ASCII.GetBytes(source));
        _scratch.Put((byte)',');
        _scratch.Put(destination);
        _scratch.Put((byte)',');
        _scratch.Put((byte)direction);
        _scratch.Put((byte)',');
        var field = _scratch.Length;
        _scratch.Put(description);
        _scratch.EndField(field);
        _scratch.DropLast();
        _connections.Enqueue((Taken(start), at), (at, ++_order));
    }

    SmtpConversation Session(SmtpDirection direction, byte[] id, SimulatedMessage message, SmtpOutcome outcome)
    {
        var port = 1024 + _chance.Below(60_000);
        var remote = Text(SimulatedSite.PutRemoteAddress, message.RemoteDomain);
        return direction == SmtpDirection.Send
            ? new(
                direction, id,
                (message.RemoteDomain & 7) == 3 ? "Partner TLS"u8.ToArray() : "Internet Send"u8.ToArray(),
                Encoding.ASCII.GetBytes($"10.0.0.11:{port}"), [.. remote, .. ":25"u8], outcome)
            : new(direction, id, ReceiveConnector(), "10.0.0.11:25"u8.ToArray(), [.. remote, .. Encoding.ASCII.GetBytes($":{port}")], outcome);
    }

    byte[] ReceiveConnector() => [.. _site.Server, .. "\\Default "u8, .. _site.Server];

    byte[] Banner() => [.. "220 "u8, .. Text(_site.PutServerFqdn, 0), .. " Microsoft ESMTP MAIL Service ready"u8];

    /// <summary>Connection, banner, EHLO, and TLS in most sessions.</summary>
    void Greet(SmtpConversation session, SmtpDirection direction, ushort domain, ref long at)
    {
        var (client, server) = (Client(direction), Server(direction));
        Plan(session, at, new((byte)'+', Nothing, Nothing));
        Plan(session, at += 3, new(server, direction == SmtpDirection.Send ? "220 ESMTP"u8.ToArray() : Banner(), Nothing));
        Say(session, ref at, client, SmtpStage.Ehlo, "EHLO mail.example");
        Say(session, ref at, server, null, "250-SIZE 37748736");
        Say(session, ref at, server, null, "250 STARTTLS");
        TlsVersion? tls = (domain % 8) switch { 0 => null, 1 => TlsVersion.Tls10, 2 or 3 => TlsVersion.Tls13, _ => TlsVersion.Tls12 };
        if (tls is null)
            return;
        Say(session, ref at, client, SmtpStage.Starttls, "STARTTLS");
        Say(session, ref at, server, null, "220 2.0.0 SMTP server ready");
        var name = tls switch { TlsVersion.Tls10 => "1_0", TlsVersion.Tls13 => "1_3", _ => "1_2" };
        Plan(session, at += 4, new((byte)'*', Nothing, Encoding.ASCII.GetBytes(
            $"TLS protocol SP_PROT_TLS{name}_{(direction == SmtpDirection.Send ? "CLIENT" : "SERVER")} negotiation succeeded using bulk encryption "
            + $"algorithm CALG_AES_256 with strength 256 bits, MAC hash algorithm CALG_SHA_384 with strength 384 bits and key exchange algorithm "
            + $"CALG_ECDH_EPHEM with strength 384 bits"), Tls: tls));
        Say(session, ref at, client, SmtpStage.Ehlo, "EHLO mail.example");
        Say(session, ref at, server, null, "250 SIZE 37748736");
    }

    void Content(SmtpConversation session, SmtpDirection direction, ref long at, SimulatedMessage message)
    {
        Say(session, ref at, Client(direction), SmtpStage.Data, "DATA");
        Say(session, ref at, Server(direction), null, "354 Start mail input; end with <CRLF>.<CRLF>");
        Say(
            session, ref at, Server(direction), null, "250 2.6.0 <",
            [.. Encoding.ASCII.GetBytes($"{message.InternalId}@mail.example> [InternalId={message.InternalId}] Queued mail for delivery in 0.1, 10 KB/sec")],
            close: false);
    }

    void Leave(SmtpConversation session, SmtpDirection direction, ref long at)
    {
        Say(session, ref at, Client(direction), SmtpStage.Other, "QUIT");
        Say(session, ref at, Server(direction), null, "221 2.0.0 Service closing transmission channel");
        Plan(session, at + 2, new((byte)'-', Nothing, "Local"u8.ToArray()));
    }

    void Say(SmtpConversation session, ref long at, byte side, SmtpStage? command, string text, byte[]? address = null, bool close = true)
    {
        var said = address is null ? Encoding.ASCII.GetBytes(text) : (byte[])[.. Encoding.ASCII.GetBytes(text), .. address, .. close ? ">"u8 : []];
        Plan(session, at += 1 + _chance.Below(6), new(side, said, Nothing, command));
    }

    /// <summary>A reply as it was received: one row for each line.</summary>
    void Refuse(SmtpConversation session, ref long at, SmtpDirection direction, byte[] reply, Cause cause)
    {
        var lines = Lines(reply);
        Plan(session, at += 5, new(Server(direction), lines[0], Nothing, null, cause) { More = lines[1..] });
    }

    /// <summary>Splits the lines of a reply that Exchange joins into one, such as <c>550-5.1.1 first 550 5.1.1 last</c>.</summary>
    static List<byte[]> Lines(byte[] reply)
    {
        var lines = new List<byte[]>();
        var rest = reply.AsSpan();
        while (rest.Length > 4 && rest[3] == '-')
        {
            Span<byte> mark = [(byte)' ', rest[0], rest[1], rest[2]];
            var next = rest[4..].IndexOf(mark);
            if (next < 0)
                break;
            lines.Add(rest[..(next + 4)].ToArray());
            rest = rest[(next + 5)..];
        }

        lines.Add(rest.ToArray());
        return lines;
    }

    static byte Client(SmtpDirection direction) => direction == SmtpDirection.Send ? (byte)'>' : (byte)'<';

    static byte Server(SmtpDirection direction) => direction == SmtpDirection.Send ? (byte)'<' : (byte)'>';

    void Plan(SmtpConversation session, long at, SmtpLine line) => _toCome.Enqueue((session, line, at), (at, ++_order));

    byte[] FreshId() => SessionId.Of(Chance.Mix(++_lastSession));

    byte[] Text<T>(Action<LineBuffer, T> put, T value)
    {
        var start = _scratch.Length;
        put(_scratch, value);
        return Taken(start);
    }

    delegate void PutAddress(LineBuffer line, in Address address);

    byte[] Text(PutAddress put, in Address address)
    {
        var start = _scratch.Length;
        put(_scratch, address);
        return Taken(start);
    }

    byte[] Taken(int start)
    {
        var taken = _scratch.Pending.Span[start..].ToArray();
        _scratch.Discard(_scratch.Length);
        return taken;
    }
}

/// <summary>The ids of sessions, the same in the tracking log and in the others.</summary>
static class SessionId
{
    public static byte[] OfReceived(SimulatedMessage message) => Of(message.Id.MoreBits);

    /// <summary>Values are mixed one at a time: recipients and times are small numbers, and two sessions of one message must not get the same id.</summary>
    public static byte[] OfSent(in Row row) => Of(Chance.Mix(row.Message.Id.Bits ^ Chance.Mix((ulong)row.At ^ Chance.Mix(row.Recipients.Bits))));

    /// <summary>08DE and the last six bytes. The tracking log has some in lower case: ids are compared without case.</summary>
    public static byte[] Of(ulong bits) =>
        Encoding.ASCII.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"08DE{bits & 0xFFFF_FFFF_FFFF:X12}"));
}
