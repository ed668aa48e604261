using System.Text;
using CsvHelper;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Tracing;

namespace Mailflow.Analysis.Formats;

/// <summary>What the rows of a tracking log say for the detection of incidents: successes by minute, and each failed, deferred or late recipient.</summary>
sealed class SightingRows(LogHeader header, ReaderState state)
{
    /// <summary>Recipients of a late row that are kept; a late newsletter is as late for its first recipients as for the others.</summary>
    const int MostLate = 100;

    /// <summary>A message that took longer was resubmitted, or a clock was wrong.</summary>
    const int LatestSeconds = 7 * 24 * 60 * 60;

    const int QuarterHour = 15;

    static ReadOnlySpan<byte> Database => "MailboxDatabaseName="u8;
    static ReadOnlySpan<byte> FromEntity => "S:FromEntity="u8;
    static ReadOnlySpan<byte> FromInternet => "S:FromEntity=Internet"u8;
    static ReadOnlySpan<byte> OfServers => "Default "u8;
    static ReadOnlySpan<byte> OfFrontEnds => "Default Frontend "u8;

    // Their recipients are mailboxes of ours.
    static readonly string[] Local = ["STOREDRIVER", "MAILBOXRULE", "MEETINGMESSAGEPROCESSOR", "APPROVAL"];

    readonly int _serverHost = header.IndexOf("server-hostname");
    readonly int _serverIp = header.IndexOf("server-ip");
    readonly int _connector = header.IndexOf("connector-id");
    readonly int _recipients = header.IndexOf("recipient-address");
    readonly int _sender = header.IndexOf("sender-address");
    readonly int _messageId = header.IndexOf("message-id");
    readonly int _networkMessageId = header.IndexOf("network-message-id");
    readonly int _custom = header.IndexOf("custom-data");
    readonly SightedNames _names = state.Sighted;

    /// <summary>Adds a row that was sent, relayed or delivered.</summary>
    /// <param name="seconds">Since its arrival in the organisation; -1 where that is not known.</param>
    public void AddSuccess(CsvReader row, Outcome outcome, DateTime time, long seconds, int recipients, SightingBlock block)
    {
        var kind = outcome switch
        {
            Outcome.Sent => PassageKind.Sent,
            Outcome.Relayed => PassageKind.Relayed,
            _ => PassageKind.Delivered,
        };
        var isDelivered = kind == PassageKind.Delivered;
        var passage = new Passage(
            MinuteOf(time), kind, SightingBlock.ServerNumber,
            isDelivered ? 0 : _names.Connectors.NumberIn(block, Field(row, _connector)),
            isDelivered ? 0 : _names.Hops.NumberIn(block, Field(row, _serverHost) is { IsEmpty: false } host ? host : Field(row, _serverIp)),
            0, 0,
            isDelivered ? _names.Databases.NumberIn(block, DatabaseOf(Field(row, _custom))) : 0,
            recipients, 1);
        block.BeginRow();
        if (kind == PassageKind.Sent)
            AddByDomain(Field(row, _recipients), passage, block);
        else
            block.Add(passage);
        if (seconds >= Sighting.LateAfter)
            AddLate(row, passage, time, seconds, block);
    }

    /// <summary>Adds a row that has neither outcome: a message arrived from outside, or a sender of ours submitted it.</summary>
    public void AddReceipt(CsvReader row, TrackingEvent known, Direction direction, DateTime time, int recipients, SightingBlock block)
    {
        var minute = MinuteOf(time);
        if (known.IsReceipt && direction == Direction.Incoming && IsFromOutside(row))
        {
            block.BeginRow();
            block.Add(new(
                minute, PassageKind.Arrived, SightingBlock.ServerNumber, _names.Connectors.NumberIn(block, Field(row, _connector)), 0, 0, 0, 0, recipients, 1));
        }
        else if (direction != Direction.Incoming
            && (known.IsSubmission || known.IsTaken || (known.IsReceipt && direction == Direction.Originating && IsFromClient(row))))
        {
            block.BeginRow();
            block.Add(new(
                minute - (minute % QuarterHour), known.IsTaken ? PassageKind.Taken : PassageKind.Submitted, SightingBlock.ServerNumber, 0, 0, 0,
                _names.Senders.NumberIn(block, Field(row, _sender)), 0, recipients, 1));
        }
    }

    /// <summary>Begins a failed or deferred row: what its recipients have in common.</summary>
    /// <param name="server">The server that wrote it, where it is known.</param>
    public Sighting Of(FailedRow row, string? server, SightingBlock block)
    {
        var rows = state.Failed;
        var id = rows.Kept(row.MessageId);
        var network = rows.Kept(row.Network);
        var connector = _names.Connectors.NumberIn(block, rows.Kept(row.Connector));
        var hop = row.Source is "SMTP" or "DNS" ? HopOf(rows.Kept(row.Host), rows.Kept(row.Address), server, block) : 0;
        var message = network.IsEmpty && id.IsEmpty ? CopyKey.Of((ulong)row.Time.Ticks, (ulong)row.Offset) : CopyKey.OfMessage(network.IsEmpty ? id : network);
        return new(
            row.Time.Ticks / TimeSpan.TicksPerSecond - UnixSeconds, row.Deferred ? SightingKind.Deferred : SightingKind.Failed, Cause.Unknown, Fault.Unknown,
            Permanence.Unknown, SightingBlock.ServerNumber, connector, hop, 0, _names.Senders.NumberIn(block, rows.Kept(row.Sender)),
            _names.Databases.NumberIn(block, DatabaseOf(rows.Kept(row.Custom))), 0, 0, 0, Folded(message), 0, 0);
    }

    /// <summary>Adds a recipient of a failed or deferred row.</summary>
    /// <param name="common">What <see cref="Of"/> made for its row.</param>
    /// <param name="index">Which recipient of the row, from 0.</param>
    public void Add(in Sighting common, FailedRow row, ReadOnlySpan<byte> address, int index, Diagnosis diagnosis, SightingBlock block)
    {
        var reply = _names.Replies.Of(diagnosis.Text);
        var hop = diagnosis.RemoteHost is { Length: > 0 } host ? block.NumberOf(SightedNames.HostOf(host))
            : common.Hop != 0 ? common.Hop
            : diagnosis.RemoteAddress is { Length: > 0 } ip ? block.NumberOf(SightedNames.HostOf(ip))
            : 0;
        block.Sightings.Add(common with
        {
            Cause = diagnosis.Cause,
            Fault = diagnosis.Fault,
            Permanence = diagnosis.Permanence,
            Hop = hop,
            Domain = IsLocal(row, common.Connector, hop, diagnosis.Text) ? 0 : DomainOf(address, block),
            Database = common.Database != 0 ? common.Database : block.NumberOf(DatabaseNames.In(diagnosis.Text, state.Failed.Kept(row.Context))),
            Sub = block.NumberOf(diagnosis.SubReason ?? ""),
            Words = block.NumberOf(reply.Words),
            Egress = block.NumberOf(reply.Egress),
            Recipient = address.IsEmpty ? (uint)index : Folded(CopyKey.OfAddress(address)),
        });
    }

    const long UnixSeconds = 62_135_596_800;

    static int MinuteOf(DateTime time) => (int)((time.Ticks / TimeSpan.TicksPerMinute) - (UnixSeconds / 60));

    static uint Folded(ulong hash) => (uint)(hash ^ (hash >> 32));

    /// <summary>One passage for each domain. Nearly always all recipients are of one.</summary>
    void AddByDomain(ReadOnlySpan<byte> list, in Passage passage, SightingBlock block)
    {
        var (domain, count) = (0, 0);
        foreach (var member in new ListMembers(list))
        {
            var next = DomainOf(ListMembers.Unwrap(member), block);
            if (next != domain && count > 0)
            {
                block.Add(passage with { Domain = domain, Recipients = count });
                count = 0;
            }

            domain = next;
            count++;
        }

        // A row that lists no recipients may count them.
        block.Add(passage with { Domain = domain, Recipients = list.IsEmpty ? passage.Recipients : count });
    }

    void AddLate(CsvReader row, in Passage passage, DateTime time, long seconds, SightingBlock block)
    {
        var network = Field(row, _networkMessageId);
        var common = new Sighting(
            (time.Ticks / TimeSpan.TicksPerSecond) - UnixSeconds, SightingKind.Late, Cause.Unknown, Fault.Unknown, Permanence.Unknown, passage.Server,
            passage.Connector, passage.Hop, 0, _names.Senders.NumberIn(block, Field(row, _sender)), passage.Database, 0, 0, 0,
            Folded(CopyKey.OfMessage(network.IsEmpty ? Field(row, _messageId) : network)), 0, (int)Math.Min(seconds, LatestSeconds));
        var isSent = passage.Kind == PassageKind.Sent;
        var left = MostLate;
        foreach (var member in new ListMembers(Field(row, _recipients)))
        {
            if (left-- == 0)
                return;
            var address = ListMembers.Unwrap(member);
            block.Sightings.Add(common with { Domain = isSent ? DomainOf(address, block) : 0, Recipient = Folded(CopyKey.OfAddress(address)) });
        }
    }

    int DomainOf(ReadOnlySpan<byte> address, SightingBlock block) =>
        address.LastIndexOf((byte)'@') is >= 0 and var at ? _names.Domains.NumberIn(block, address[at..]) : 0;

    /// <summary>The other server of a row; 0 where the row names only the one that wrote it.</summary>
    int HopOf(ReadOnlySpan<byte> host, ReadOnlySpan<byte> address, string? server, SightingBlock block)
    {
        if (host.IsEmpty)
            return _names.Hops.NumberIn(block, address);
        var dot = host.IndexOf((byte)'.');
        return server is not null && Ascii.EqualsIgnoreCase(dot < 0 ? host : host[..dot], server) ? 0 : _names.Hops.NumberIn(block, host);
    }

    /// <summary>Whether the recipient is ours: its mailbox or the address book said no, or mail from outside got no further.</summary>
    static bool IsLocal(FailedRow row, int connector, int hop, string text) =>
        Array.IndexOf(Local, row.Source) >= 0
        || (hop == 0 && (text.Contains("RESOLVER.", StringComparison.Ordinal) || text.Contains("STOREDRV.", StringComparison.Ordinal)))
        || (row.Direction == Direction.Incoming && hop == 0 && connector == 0 && row.Source != "DNS");

    /// <summary>Exchange 2013 and later write where a message comes from. Before that, each incoming message that a server receives counts.</summary>
    bool IsFromOutside(CsvReader row)
    {
        var custom = Field(row, _custom);
        return custom.IndexOf(FromEntity) < 0 || custom.IndexOf(FromInternet) >= 0;
    }

    /// <summary>
    /// Over SMTP, mail of ours comes from a client or from another server, which has counted it. Servers use the connector "Default SERVER".
    /// </summary>
    bool IsFromClient(CsvReader row)
    {
        var connector = Field(row, _connector);
        connector = connector[(connector.IndexOf((byte)'\\') + 1)..];
        return !StartsWith(connector, OfServers) || StartsWith(connector, OfFrontEnds);
    }

    static bool StartsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> prefix) =>
        text.Length >= prefix.Length && Ascii.EqualsIgnoreCase(text[..prefix.Length], prefix);

    static ReadOnlySpan<byte> DatabaseOf(ReadOnlySpan<byte> custom)
    {
        var at = custom.IndexOf(Database);
        if (at < 0)
            return default;
        custom = custom[(at + Database.Length)..];
        var end = custom.IndexOfAny((byte)';', (byte)'\'');
        return end < 0 ? custom : custom[..end];
    }

    static ReadOnlySpan<byte> Field(CsvReader row, int column) => column < 0 ? default : row.GetSpan(column);
}
