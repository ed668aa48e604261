using System.Text;
using CsvHelper;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Tracing;
using Mailflow.Analysis.TrackingExports;

namespace Mailflow.Analysis.Formats;

/// <summary>
/// Message tracking logs of Exchange 2007 to SE. Columns are found by name, so logs with 21, 26, 27, 30 or more columns are read alike.
/// A value that contains a comma or a quote is quoted; line ends inside a value are written as the two characters \r and \n,
/// so a record is always one line.
/// </summary>
public static class TrackingLog
{
    /// <summary>Exchange allows at most 5,000 recipients per message, and expands larger groups in parts.</summary>
    public const int MaxRecipients = 100_000;

    public static bool Recognises(LogHeader header) =>
        (header.LogType.Equals("Message Tracking Log", StringComparison.OrdinalIgnoreCase) || header.IndexOf("recipient-status") >= 0)
        && header.IndexOf("date-time") >= 0 && header.IndexOf("source") >= 0 && header.IndexOf("event-id") >= 0;

    public static BlockReader Open(LogHeader header, ReaderState state) => new TrackingReader(header, state).Read;
}

/// <summary>Reads the rows of one tracking log.</summary>
sealed class TrackingReader(LogHeader header, ReaderState state)
{
    /// <summary>
    /// The recipient count of a row that lists no recipients is accepted up to Exchange's default limit per message; a higher or invalid count
    /// is taken as one.
    /// </summary>
    const int MaxUnnamedRecipients = 5000;

    static ReadOnlySpan<byte> ProbeDomain => "@maildeliveryprobe.com"u8;
    static ReadOnlySpan<byte> ToInternet => "S:ToEntity=Internet"u8;
    static ReadOnlySpan<byte> ToEntity => "S:ToEntity="u8;
    static ReadOnlySpan<byte> IntraOrganization => "Intra-Organization"u8;
    static ReadOnlySpan<byte> EdgeSubscription => "EdgeSync - "u8;

    // Since Exchange 2013, delivery has a log of its own, written on the mailbox server; before, the hub server delivered.
    readonly bool _deliversItself = header.Version.StartsWith("15", StringComparison.Ordinal);
    readonly int _columns = header.Fields.Count;
    readonly int _time = header.IndexOf("date-time");
    readonly int _clientHost = header.IndexOf("client-hostname");
    readonly int _serverIp = header.IndexOf("server-ip");
    readonly int _serverHost = header.IndexOf("server-hostname");
    readonly int _context = header.IndexOf("source-context");
    readonly int _connector = header.IndexOf("connector-id");
    readonly int _source = header.IndexOf("source");
    readonly int _event = header.IndexOf("event-id");
    readonly int _internalId = header.IndexOf("internal-message-id");
    readonly int _messageId = header.IndexOf("message-id");
    readonly int _networkMessageId = header.IndexOf("network-message-id");
    readonly int _recipients = header.IndexOf("recipient-address");
    readonly int _status = header.IndexOf("recipient-status");
    readonly int _bytes = header.IndexOf("total-bytes");
    readonly int _count = header.IndexOf("recipient-count");
    readonly int _subject = header.IndexOf("message-subject");
    readonly int _sender = header.IndexOf("sender-address");
    readonly int _returnPath = header.IndexOf("return-path");
    readonly int _reference = header.IndexOf("reference");
    readonly int _related = header.IndexOf("related-recipient-address");
    readonly int _info = header.IndexOf("message-info");
    readonly int _direction = header.IndexOf("directionality");
    readonly int _custom = header.IndexOf("custom-data");

    /// <summary>One in this many rows of outgoing mail is sampled for the recipient domains: that finds the busy domains at almost no cost.</summary>
    const int SentSampled = 32;

    readonly CopyRows _copies = new(header, state);
    readonly SightingRows _sightings = new(header, state);

    string? _server;
    Utf8Fields.LastDay _day;
    Utf8Fields.LastDay _arrivalDay;
    uint _sent;

    public void Read(ReadOnlyMemory<byte> block, Tally tally)
    {
        block = LogRows.AfterMark(block, tally);
        state.Failed.Begin(block);
        using var row = CsvReader.Create(block, LogRows.Options);
        while (row.Read())
        {
            if (row.FieldCount != _columns)
                LogRows.AddWrongColumns(row, block.Span, _columns, tally);
            else if (HasTooManyRecipients(row))
            {
                // A search finds such a row.
                if (Utf8Fields.TryTimestamp(LogRows.WithoutMark(row.GetSpan(_time)), ref _day, out var when))
                    Index(row, when, tally);
                tally.AddUnreadable(Unreadable.TooManyRecipients, (int)row.ByteOffset, LogRows.LineLength(block.Span, (int)row.ByteOffset));
            }
            else if (Utf8Fields.TryTimestamp(row.GetSpan(_time), ref _day, out var time)
                || Utf8Fields.TryTimestamp(LogRows.WithoutMark(row.GetSpan(_time)), ref _day, out time))
                ReadRow(row, block.Span, time, tally);
            else if (!Ascii.EqualsIgnoreCase(row.GetSpan(_time), "date-time"u8)) // Some writers repeat the column names as a row.
                tally.AddUnreadable(Unreadable.BadDate, (int)row.ByteOffset, LogRows.LineLength(block.Span, (int)row.ByteOffset));
        }

        foreach (var failed in state.Failed.Rows)
            AddFailures(failed, tally);
        state.Failed.Clear();
        tally.Server ??= _server;
        if (tally.Sightings is { Server: "" } sightings)
            sightings.Server = tally.Server ?? "";
    }

    void ReadRow(CsvReader row, ReadOnlySpan<byte> block, DateTime time, Tally tally)
    {
        var known = EventOf(row, block);
        if (tally.Index is not null)
            Index(row, time, tally);
        tally.AddRow(known.Index, time);
        state.Shared?.Mark(
            RowKey.MessageOf(Field(row, _messageId), Field(row, _networkMessageId), Field(row, _context)), Field(row, _internalId), row.GetSpan(_source),
            row.GetSpan(_event), Field(row, _recipients), time);
        var meaning = known.Meaning;
        if (_server is null)
            FindServer(row, meaning);
        if (NoiseOf(row, meaning) is { } noise)
        {
            tally.AddNoise(noise);
            return;
        }

        var leaves = meaning.Step == CopyStep.Sent && LeavesTheOrganisation(row);
        if (meaning.Step != CopyStep.None)
            _copies.Add(row, known, leaves, time, tally);
        if (meaning.Outcome is not { } outcome)
        {
            if (tally.Sightings is not null && (known.IsReceipt || known.IsSubmission || known.IsTaken))
                _sightings.AddReceipt(row, known, DirectionOf(Field(row, _direction)), time, CountRecipients(row), tally.Sightings);
            return;
        }

        if (leaves)
            outcome = Outcome.Sent;
        var direction = DirectionOf(Field(row, _direction));
        var recipients = CountRecipients(row);
        var replaced = outcome is Outcome.Failed or Outcome.Dropped ? CountReplaced(row, recipients) : 0;
        if (replaced == recipients)
            return;
        recipients -= replaced;
        var bytes = Math.Min(uint.MaxValue, Utf8Fields.Digits(Field(row, _bytes)));
        tally.AddMessages(outcome, direction, recipients, bytes);
        // Only these name a connector that an administrator knows by its mail.
        var connector = tally.Quarters is not null && outcome is Outcome.Sent or Outcome.Failed or Outcome.Deferred
            ? state.Connectors.Of(Field(row, _connector))
            : "";
        tally.Quarters?.Add(time, connector, outcome, recipients);
        var seconds = -1L;
        if (outcome is Outcome.Delivered or Outcome.Sent)
        {
            seconds = AddLatency(row, outcome, connector, time, tally);
            if (outcome == Outcome.Sent && _sent++ % SentSampled == 0)
                tally.AddReached(Failure.DomainOf(KeptText.Of(FirstOf(Field(row, _recipients)), KeptText.Address)));
        }
        else if (outcome is Outcome.Failed or Outcome.Deferred)
            Keep(row, known, outcome == Outcome.Deferred, direction, time, recipients + replaced, replaced, (uint)bytes, tally);
        if (tally.Sightings is { } sightings && outcome is Outcome.Delivered or Outcome.Sent or Outcome.Relayed)
            _sightings.AddSuccess(row, outcome, time, seconds, recipients, sightings);
    }

    /// <summary>All rows are in the index, noise too: a search finds them.</summary>
    void Index(CsvReader row, DateTime time, Tally tally)
    {
        if (tally.Index is not { } index)
            return;
        index.BeginRow(tally.Base + (int)row.ByteOffset, time);
        index.AddMessage(Field(row, _messageId));
        index.AddNetwork(Field(row, _networkMessageId));
        var sender = Field(row, _sender);
        index.AddAddress(sender);
        var returnPath = Field(row, _returnPath);
        if (!returnPath.SequenceEqual(sender))
            index.AddAddress(returnPath);
        index.AddList(Field(row, _recipients));
        index.AddAddress(ListMembers.Unwrap(Field(row, _related)));
    }

    TrackingEvent EventOf(CsvReader row, ReadOnlySpan<byte> block)
    {
        var source = row.GetSpan(_source);
        var id = row.GetSpan(_event);
        // The two columns are nearly always adjacent and unquoted, and contain no comma: SMTP,RECEIVE is looked up as one name.
        if (block.Overlaps(source, out var start) && block.Overlaps(id, out var next) && next == start + source.Length + 1)
            return state.EventOf(block.Slice(start, source.Length + 1 + id.Length), source.Length);
        return source.Length + 1 + id.Length > EventNames.MaxLength ? ReaderState.Nameless : state.EventOf([.. source, (byte)'\n', .. id], source.Length);
    }

    Noise? NoiseOf(CsvReader row, EventMeaning meaning)
    {
        if (meaning.IsShadow)
            return Noise.Shadow;
        var sender = Field(row, _sender);
        var recipients = Field(row, _recipients);
        if (!MayBeNoise(sender) && !MayBeNoise(recipients))
            return null;
        return IsHealthMailbox(sender) || AllMembers(recipients, IsHealthMailbox) ? Noise.HealthMailbox
            : IsProbe(sender) || AllMembers(recipients, IsProbe) ? Noise.Probe
            : null;
    }

    /// <summary>The first letters exclude most mail; a list may begin with the quote around its first member.</summary>
    static bool MayBeNoise(ReadOnlySpan<byte> addresses) => addresses.Length > 1 && (addresses[0] | 0x20) switch
    {
        'h' => (addresses[1] | 0x20) == 'e',
        'e' => (addresses[1] | 0x20) == 'x',
        'i' or 'm' => (addresses[1] | 0x20) == 'n'
            || (addresses.Length >= ProbeDomain.Length && addresses[^ProbeDomain.Length] == '@')
            || addresses.Contains((byte)';'),
        '\'' => true,
        _ => false,
    };

    static bool AllMembers(ReadOnlySpan<byte> list, Func<ReadOnlySpan<byte>, bool> holds)
    {
        // Nearly always the first member decides; only where it matches are the others checked.
        if (list.IsEmpty)
            return false;
        foreach (var member in new ListMembers(list))
            if (!holds(ListMembers.Unwrap(member)))
                return false;
        return true;
    }

    static bool IsHealthMailbox(ReadOnlySpan<byte> address) =>
        !address.IsEmpty && (address[0] | 0x20) is 'h' or 'e'
        && (StartsWith(address, "HealthMailbox"u8) || StartsWith(address, "extest_"u8));

    static bool IsProbe(ReadOnlySpan<byte> address) =>
        !address.IsEmpty && (address[0] | 0x20) is 'i' or 'm'
        && (StartsWith(address, "inboundproxy@"u8) || EndsWith(address, ProbeDomain));

    static bool StartsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> prefix) =>
        text.Length >= prefix.Length && Ascii.EqualsIgnoreCase(text[..prefix.Length], prefix);

    static bool EndsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> suffix) =>
        text.Length >= suffix.Length && text[^suffix.Length] == suffix[0] && Ascii.EqualsIgnoreCase(text[^suffix.Length..], suffix);

    /// <summary>
    /// Exchange 2013 and later write the destination to custom-data. Before that, the connector shows it: connectors between transport servers
    /// have one fixed name, and those between Mailbox and Edge servers a fixed beginning (Microsoft, "Edge Subscriptions in Exchange Server").
    /// </summary>
    bool LeavesTheOrganisation(CsvReader row)
    {
        var custom = Field(row, _custom);
        if (custom.IndexOf(ToEntity) >= 0)
            return custom.IndexOf(ToInternet) >= 0;
        var connector = Field(row, _connector);
        return !connector.IsEmpty && !StartsWith(connector, IntraOrganization) && !StartsWith(connector, EdgeSubscription);
    }

    void FindServer(CsvReader row, EventMeaning meaning)
    {
        var isWrittenByServer = meaning.ServerIsWriter || (_deliversItself && meaning.Outcome == Outcome.Delivered);
        var name = isWrittenByServer ? Field(row, _serverHost) : meaning.ClientIsWriter ? Field(row, _clientHost) : default;
        var dot = name.IndexOf((byte)'.');
        if (dot >= 0)
            name = name[..dot];
        if (!name.IsEmpty && name.Length <= 63 && name.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            _server = Encoding.UTF8.GetString(name);
    }

    int CountRecipients(CsvReader row)
    {
        var members = Utf8Fields.CountMembers(Field(row, _recipients));
        if (members > 0)
            return members;
        var count = Field(row, _count);
        return !count.ContainsAnyExceptInRange((byte)'0', (byte)'9') && Utf8Fields.Digits(count) is >= 1 and <= MaxUnnamedRecipients and var number
            ? (int)number
            : 1;
    }

    /// <summary>Recipients of a FAIL or DROP row that were replaced by others.</summary>
    int CountReplaced(CsvReader row, int recipients)
    {
        var field = Field(row, _status);
        if (field.IndexOf(" RESOLVER."u8) < 0)
            return 0;
        state.Statuses.Read(field, recipients);
        var replaced = 0;
        for (var i = 0; i < recipients; i++)
            if (TrackingEvents.IsReplaced(state.Statuses[i]))
                replaced++;
        return replaced;
    }

    /// <returns>Seconds since the arrival in the organisation; -1 where that is not known.</returns>
    long AddLatency(CsvReader row, Outcome outcome, string connector, DateTime time, Tally tally)
    {
        var info = Field(row, _info);
        if (!MessageInfo.TryArrival(info, ref _arrivalDay, out var arrival))
            return -1;
        var milliseconds = (uint)Math.Clamp((time - arrival).TotalMilliseconds, 0, uint.MaxValue);
        tally.AddLatency(outcome, milliseconds);
        tally.Quarters?.AddTime(time, connector, outcome, milliseconds);
        var seconds = (time - arrival).Ticks / TimeSpan.TicksPerSecond;
        if (!state.KeepsDetails)
            return seconds;
        Span<long> stages = stackalloc long[(int)Stage.Other + 1];
        stages.Fill(-1);
        if (!MessageInfo.TryStages(info, stages))
            return seconds;
        for (var i = 0; i < stages.Length; i++)
            if (stages[i] >= 0)
                tally.AddStage((Stage)i, (uint)Math.Min(stages[i], uint.MaxValue));
        return seconds;
    }

    static ReadOnlySpan<byte> FirstOf(ReadOnlySpan<byte> list)
    {
        var members = new ListMembers(list);
        return members.MoveNext() ? ListMembers.Unwrap(members.Current) : default;
    }

    /// <summary>
    /// Failures are judged together after the rows of the block were read: judging them one by one between rows would evict the judge's code and
    /// tables from the processor's caches. Until then, the needed fields of their rows are kept.
    /// </summary>
    void Keep(
        CsvReader row, TrackingEvent known, bool deferred, Direction direction, DateTime time, int recipients, int replaced, uint bytes, Tally tally) =>
        state.Failed.Rows.Add(new(
            known, deferred, direction, time, recipients, tally.Base + (int)row.ByteOffset,
            // A status that is certainly not a list is cut here; a list is cut member by member.
            Status: recipients == 1 && Field(row, _status) is not [(byte)'\'' or (byte)' ', ..] ? Keep(row, _status, KeptText.Status) : Keep(row, _status),
            Context: Keep(row, _context, KeptText.Status),
            Recipient: Keep(row, _recipients),
            Connector: Keep(row, _connector, KeptText.Name),
            MessageId: Keep(row, _messageId, KeptText.Line),
            Sender: state.KeepsDetails ? Keep(row, _sender, KeptText.Address) : default,
            Subject: state.KeepsDetails ? Keep(row, _subject, KeptText.Line) : default,
            Network: Keep(row, _networkMessageId, KeptText.Name))
        {
            Replaced = replaced,
            Bytes = bytes,
            Reference = known.Meaning.IsOwn ? Keep(row, _reference, KeptText.Line) : default,
            Host = tally.Sightings is null ? default : Keep(row, _serverHost, KeptText.Name),
            Address = tally.Sightings is null ? default : Keep(row, _serverIp, KeptText.Name),
            Custom = tally.Sightings is null ? default : Keep(row, _custom, KeptText.Status),
        });

    Range Keep(CsvReader row, int list) => state.Failed.Keep(Field(row, list));

    Range Keep(CsvReader row, int column, int most) => state.Failed.Keep(Field(row, column), most);

    ReadOnlySpan<byte> Kept(Range range) => state.Failed.Kept(range);

    string StringOf(Range range) => Encoding.UTF8.GetString(Kept(range));

    void AddFailures(FailedRow row, Tally tally)
    {
        var statuses = state.Statuses;
        statuses.Read(Kept(row.Status), row.Recipients);
        var details = state.KeepsDetails;
        var (connector, messageId) = (state.Connectors.Of(Kept(row.Connector)), details ? StringOf(row.MessageId) : "");
        var (sender, subject, network) = (StringOf(row.Sender), StringOf(row.Subject), details ? StringOf(row.Network) : "");
        var session = details ? SessionOf(Kept(row.Context)) : "";
        var message = row.Deferred ? 0 : MessageOf(row);
        var addresses = new ListMembers(Kept(row.Recipient));
        // A text that applies to several recipients is judged once.
        Diagnosis? ofRow = null, ofAll = null;
        var sightings = tally.Sightings;
        var sighting = sightings is null ? default : _sightings.Of(row, _server, sightings);
        for (var i = 0; i < row.Recipients; i++)
        {
            var member = addresses.MoveNext() ? addresses.Current : default;
            var address = ListMembers.Unwrap(member);
            if (row.Replaced > 0 && TrackingEvents.IsReplaced(statuses[i]))
                continue;
            var diagnosis = statuses[i].IsEmpty ? ofRow ??= JudgeRow(row)
                : statuses.IsOneForAll ? ofAll ??= state.Diagnoses.Get(statuses[i])
                : state.Diagnoses.Get(statuses[i]);
            tally.Failures.Add(new(
                row.Deferred, row.Time, row.Source, row.Direction, details ? TextOf(address) : "", sender, messageId, network, connector, subject, diagnosis,
                row.Offset, i)
            {
                Session = session,
                Domain = DomainOf(address),
                Key = message == 0 || address.IsEmpty ? 0 : CopyKey.Of(message, CopyRows.OfAddress(address, member)),
                IsOwn = row.Event.Meaning.IsOwn,
                Bytes = row.Bytes,
            });
            if (sightings is not null)
                _sightings.Add(sighting, row, address, i, diagnosis, sightings);
        }
    }

    /// <summary>Judges a row without a reply for its recipient.</summary>
    Diagnosis JudgeRow(FailedRow row) =>
        state.Diagnoses.Get(row.Event.Reply is { Length: > 0 } reply ? Encoding.UTF8.GetBytes(reply) : Kept(row.Context));

    /// <summary>
    /// The hash of the message of a failure; 0 where the row names none. A moderator's decision has the ids of the request for approval, and refers to
    /// the message.
    /// </summary>
    ulong MessageOf(FailedRow row)
    {
        var id = Kept(row.MessageId);
        var network = Kept(row.Network);
        if (network.IsEmpty && row.Event.Reply.Length > 0 && FirstOf(Kept(row.Reference)) is { IsEmpty: false } about)
            return CopyKey.OfMessage(about);
        return id.IsEmpty && network.IsEmpty ? 0 : CopyKey.OfMessage(id.IsEmpty ? network : id);
    }

    static string TextOf(ReadOnlySpan<byte> address) => KeptText.Of(address, KeptText.Address).Replace("''", "'", StringComparison.Ordinal);

    string DomainOf(ReadOnlySpan<byte> address) => address.LastIndexOf((byte)'@') is >= 0 and var at ? state.Domains.Of(address[at..]) : "";

    /// <summary>In rows of an SMTP session, source-context starts with the session's id, 16 hexadecimal digits.</summary>
    static string SessionOf(ReadOnlySpan<byte> context)
    {
        const int Length = 16;
        return context.Length >= Length && (context.Length == Length || context[Length] == ';') && !context[..Length].ContainsAnyExcept(Utf8Fields.HexDigits)
            ? Encoding.ASCII.GetString(context[..Length]).ToUpperInvariant()
            : "";
    }

    /// <summary>
    /// A line of separators alone could otherwise become millions of recipients: above a small number of members, the field must be long
    /// enough for as many addresses.
    /// </summary>
    bool HasTooManyRecipients(CsvReader row)
    {
        const int Few = 100;
        const int Shortest = 4; // a@b;
        var field = Field(row, _recipients);
        // Counting separators is fast (vectorised); members are only counted where there are many separators.
        if (field.Length <= Few || field.Count((byte)';') < Few)
            return false;
        var members = Utf8Fields.CountMembers(field);
        return members > Few && (members > TrackingLog.MaxRecipients || field.Length + 1 < members * Shortest);
    }

    static Direction DirectionOf(ReadOnlySpan<byte> text) =>
        text.IsEmpty ? Direction.Unknown
        : StartsWith(text, "Originating"u8) ? Direction.Originating
        : StartsWith(text, "Incoming"u8) ? Direction.Incoming
        : Direction.Unknown;

    static ReadOnlySpan<byte> Field(CsvReader row, int column) => column < 0 ? default : row.GetSpan(column);
}
