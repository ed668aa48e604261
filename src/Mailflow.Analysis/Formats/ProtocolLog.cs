using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using CsvHelper;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Formats;

/// <summary>
/// SMTP protocol logs (SEND*, RECV*): commands and replies, with the rows of parallel sessions interleaved.
/// <code>
/// date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context
/// 2025-03-04T10:00:01.000Z,Internet,08DD5AB1C2D3E501,0,10.0.0.11:2551,203.0.113.25:25,+,,
/// ...,1,...,&lt;,220 mx1.remote.example ESMTP,          received        + connected   - disconnected
/// ...,2,...,&gt;,EHLO mail.contoso.test,               sent            * information
/// </code>
/// A session is counted once, at its `-` row; an error reply at its own row.
/// </summary>
public static class ProtocolLog
{
    public static bool Recognises(LogHeader header) =>
        DirectionOf(header) is not null
        && header.IndexOf("date-time") >= 0 && header.IndexOf("session-id") >= 0 && header.IndexOf("sequence-number") >= 0
        && header.IndexOf("event") >= 0 && header.IndexOf("data") >= 0;

    public static BlockReader Open(LogHeader header, ReaderState state, OpenSessions sessions) => new ProtocolReader(header, state, sessions).Read;

    /// <summary>Null for a log of another kind. The direction is in the header: rows do not say which side opened a session.</summary>
    public static SmtpDirection? DirectionOf(LogHeader header) =>
        header.LogType.Equals("SMTP Send Protocol Log", StringComparison.OrdinalIgnoreCase) ? SmtpDirection.Send
        : header.LogType.Equals("SMTP Receive Protocol Log", StringComparison.OrdinalIgnoreCase) ? SmtpDirection.Receive
        : null;
}

/// <summary>Reads the rows of one protocol log.</summary>
sealed class ProtocolReader
{
    static readonly SearchValues<byte> NameBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);
    static readonly SearchValues<byte> VerbBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"u8);

    readonly ReaderState _state;
    readonly OpenSessions _sessions;
    readonly SmtpDirection _direction;
    readonly int _columns;
    readonly int _time;
    readonly int _connector;
    readonly int _session;
    readonly int _sequence;
    readonly int _remote;
    readonly int _event;
    readonly int _data;
    readonly int _context;
    readonly TrackingEvent _connect;
    readonly TrackingEvent _disconnect;
    readonly TrackingEvent _sent;
    readonly TrackingEvent _received;
    readonly TrackingEvent _info;
    readonly Action<CsvReader, DateTime, Tally> _readRow;

    string? _server;

    public ProtocolReader(LogHeader header, ReaderState state, OpenSessions sessions)
    {
        (_state, _sessions) = (state, sessions);
        _direction = ProtocolLog.DirectionOf(header)!.Value;
        _columns = header.Fields.Count;
        _time = header.IndexOf("date-time");
        _connector = header.IndexOf("connector-id");
        _session = header.IndexOf("session-id");
        _sequence = header.IndexOf("sequence-number");
        _remote = header.IndexOf("remote-endpoint");
        _event = header.IndexOf("event");
        _data = header.IndexOf("data");
        _context = header.IndexOf("context");
        var sends = _direction == SmtpDirection.Send;
        _connect = state.EventOf(sends ? "SMTPSEND|CONNECT"u8 : "SMTPRECEIVE|CONNECT"u8);
        _disconnect = state.EventOf(sends ? "SMTPSEND|DISCONNECT"u8 : "SMTPRECEIVE|DISCONNECT"u8);
        _sent = state.EventOf(sends ? "SMTPSEND|SENT"u8 : "SMTPRECEIVE|SENT"u8);
        _received = state.EventOf(sends ? "SMTPSEND|RECEIVED"u8 : "SMTPRECEIVE|RECEIVED"u8);
        _info = state.EventOf(sends ? "SMTPSEND|INFO"u8 : "SMTPRECEIVE|INFO"u8);
        _readRow = ReadRow;
    }

    public void Read(ReadOnlyMemory<byte> block, Tally tally)
    {
        LogRows.Read(block, _columns, _time, tally, _readRow);
        tally.Server ??= _server;
    }

    void ReadRow(CsvReader row, DateTime time, Tally tally)
    {
        var kind = row.GetSpan(_event) is [var one] ? one : (byte)0;
        var known = kind switch { (byte)'+' => _connect, (byte)'-' => _disconnect, (byte)'>' => _sent, (byte)'<' => _received, _ => _info };
        tally.AddRow(known.Index, time);
        if (_server is null && _direction == SmtpDirection.Receive)
            FindServer(row);
        var id = row.GetSpan(_session);
        if (id.IsEmpty)
            return;

        var session = _sessions.Get(KeyOf(id), out var isNew, out var evicted);
        if (evicted)
            tally.Sessions.Add(new(_direction, SmtpOutcome.Incomplete, TlsVersion.None));
        if (isNew && (kind == '+' || row.GetSpan(_sequence).SequenceEqual("0"u8)))
            session.SawStart = true;
        var data = row.GetSpan(_data);
        switch (kind)
        {
            case (byte)'-':
                EndReply(session, row, time, tally);
                tally.Sessions.Add(new(_direction, session.Outcome(broken: Field(row, _context).IndexOf((byte)'(') >= 0), session.Tls));
                _sessions.Remove(session.Id);
                break;
            case (byte)'>' or (byte)'<' when kind == '>' == (_direction == SmtpDirection.Send):
                EndReply(session, row, time, tally);
                if (StageOf(data, session.Waiting) is { } stage)
                    session.Command(stage);
                break;
            case (byte)'>' or (byte)'<':
                ReadReply(session, data, row, time, tally);
                break;
            case (byte)'*':
                ReadInformation(session, data, row, time, tally);
                ReadInformation(session, Field(row, _context), row, time, tally);
                break;
            default:
                break;
        }
    }

    /// <summary>A reply ends with the line without `-` after the code, or before any row that is not a reply.</summary>
    void ReadReply(OpenSession session, ReadOnlySpan<byte> data, CsvReader row, DateTime time, Tally tally)
    {
        if (data.Length < 3 || !char.IsAsciiDigit((char)data[0]) || !char.IsAsciiDigit((char)data[1]) || !char.IsAsciiDigit((char)data[2]))
            return;
        if (session.Reply.Count > 0 && !CollectionsMarshal.AsSpan(session.Reply)[..3].SequenceEqual(data[..3]))
            EndReply(session, row, time, tally);
        var isLast = data.Length == 3 || data[3] != '-' || EndsWithin(data);
        if (data[0] is (byte)'4' or (byte)'5')
        {
            AddToReply(session, data);
            if (isLast)
                EndReply(session, row, time, tally);
        }
        else if (isLast && data[0] == '2' && session.TakeWaiting() == SmtpStage.Data)
        {
            session.Accepted++;
        }
    }

    /// <summary>All lines of a reply may be in one row: <c>550-5.7.26 Unauthenticated 550 5.7.26 mail</c>.</summary>
    static bool EndsWithin(ReadOnlySpan<byte> data)
    {
        Span<byte> mark = [(byte)' ', data[0], data[1], data[2], (byte)' '];
        return data.IndexOf(mark) >= 0;
    }

    void AddToReply(OpenSession session, ReadOnlySpan<byte> data)
    {
        var room = OpenSession.MaxReply - session.Reply.Count - 1;
        if (data.Length > room)
            data = data[..Math.Max(0, room)];
        // The first line is always kept: the reply is judged by it.
        if (session.Reply.Count > 0 && (data.IsEmpty || !_sessions.HasRoomForReply(data.Length + 1)))
            return;
        var before = session.Reply.Count;
        if (before > 0)
            session.Reply.Add((byte)' ');
        session.Reply.AddRange(data);
        _sessions.ReplyBytes += session.Reply.Count - before;
    }

    /// <summary>Called when an error reply is complete: judges it, and counts it at the row that ended it.</summary>
    void EndReply(OpenSession session, CsvReader row, DateTime time, Tally tally)
    {
        if (session.Reply.Count == 0)
            return;
        var stage = session.TakeWaiting();
        var diagnosis = _state.Diagnoses.Get(CollectionsMarshal.AsSpan(session.Reply));
        tally.Rejections.Add(new(
            _direction,
            stage == OpenSession.Chunk ? SmtpStage.Data : stage,
            time,
            Encoding.UTF8.GetString(Short(Field(row, _session))).ToUpperInvariant(),
            _state.Connectors.Of(Short(Field(row, _connector))),
            Encoding.UTF8.GetString(Short(Field(row, _remote))),
            session.Tls,
            diagnosis));
        session.Rejected++;
        _sessions.ReplyBytes -= session.Reply.Count;
        session.Reply.Clear();
    }

    /// <summary>TLS and authentication, which Exchange logs in information rows; in the forms seen in public logs.</summary>
    void ReadInformation(OpenSession session, ReadOnlySpan<byte> text, CsvReader row, DateTime time, Tally tally)
    {
        if (text.StartsWith("TLS protocol "u8))
            session.Tls = TlsOf(text["TLS protocol ".Length..]);
        else if (TlsErrors.IndexIn(text) is >= 0 and var error)
        {
            session.TlsFailed = true;
            tally.FailedTls.Add(new(_direction, error, _state.Connectors.Of(Short(Field(row, _connector))), time));
        }
        else if (text.StartsWith("Inbound A"u8) || text.StartsWith("Outbound A"u8) || text.StartsWith("Inbound a"u8) || text.StartsWith("Outbound a"u8))
            session.AuthFailed |= text.IndexOf(" failed "u8) >= 0;
    }

    /// <summary><c>SP_PROT_TLS1_2_CLIENT negotiation succeeded ...</c></summary>
    static TlsVersion TlsOf(ReadOnlySpan<byte> name) =>
        name.StartsWith("SP_PROT_TLS1_3"u8) ? TlsVersion.Tls13
        : name.StartsWith("SP_PROT_TLS1_2"u8) ? TlsVersion.Tls12
        : name.StartsWith("SP_PROT_TLS1_1"u8) ? TlsVersion.Tls11
        : name.StartsWith("SP_PROT_TLS1"u8) ? TlsVersion.Tls10
        : name.StartsWith("SP_PROT_SSL"u8) ? TlsVersion.Ssl
        : TlsVersion.Other;

    /// <summary>Null for data that is not a command: the lines of an authentication, the end of the content.</summary>
    static SmtpStage? StageOf(ReadOnlySpan<byte> command, SmtpStage? waiting)
    {
        var end = command.IndexOfAnyExcept(VerbBytes);
        var verb = end < 0 ? command : command[..end];
        if (Is(verb, "RCPT"u8) || Is(verb, "RCPT2"u8))
            return SmtpStage.Rcpt;
        if (Is(verb, "MAIL"u8))
            return SmtpStage.Mail;
        if (Is(verb, "DATA"u8))
            return SmtpStage.Data;
        if (Is(verb, "BDAT"u8))
            return command.TrimEnd((byte)' ') is var all && all.Length > 4 && Is(all[^4..], "LAST"u8) ? SmtpStage.Data : OpenSession.Chunk;
        if (Is(verb, "EHLO"u8) || Is(verb, "HELO"u8))
            return SmtpStage.Ehlo;
        if (Is(verb, "STARTTLS"u8) || Is(verb, "X-ANONYMOUSTLS"u8))
            return SmtpStage.Starttls;
        if (Is(verb, "AUTH"u8) || Is(verb, "X-EXPS"u8))
            return SmtpStage.Auth;
        if (Is(verb, "QUIT"u8) || Is(verb, "RSET"u8) || Is(verb, "NOOP"u8))
            return SmtpStage.Other;
        var isCommand = verb.Length is >= 3 and <= 20
            && waiting is not (SmtpStage.Auth or SmtpStage.Data)
            && (end < 0 || command[end] is (byte)' ' or (byte)':');
        return isCommand ? SmtpStage.Other : null;
    }

    static bool Is(ReadOnlySpan<byte> verb, ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(verb, name);

    /// <summary>
    /// A receive connector is named <c>SERVER\connector</c>. For a send connector the server is not known: it belongs to all servers, and the
    /// name in EHLO may be that of a service.
    /// </summary>
    void FindServer(CsvReader row)
    {
        var connector = Field(row, _connector);
        var slash = connector.IndexOf((byte)'\\');
        if (slash is > 0 and <= 63 && !connector[..slash].ContainsAnyExcept(NameBytes))
            _server = Encoding.ASCII.GetString(connector[..slash]);
    }

    /// <summary>Session ids are 16 hexadecimal digits; any other text is hashed (FNV-1a).</summary>
    static ulong KeyOf(ReadOnlySpan<byte> id)
    {
        if (id.Length == 16 && Utf8Parser.TryParse(id, out ulong key, out var read, 'x') && read == id.Length)
            return key;
        key = 14695981039346656037;
        foreach (var b in id)
            key = (key ^ b) * 1099511628211;
        return key;
    }

    static ReadOnlySpan<byte> Field(CsvReader row, int column) => column < 0 ? default : row.GetSpan(column);

    /// <summary>Cuts a name or an address: no Exchange name is longer.</summary>
    static ReadOnlySpan<byte> Short(ReadOnlySpan<byte> name) => name[..Math.Min(KeptText.Name, name.Length)];
}
