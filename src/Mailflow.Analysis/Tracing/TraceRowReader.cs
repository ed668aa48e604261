using System.Text;
using CsvHelper;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Tracing;

/// <summary>Reads whole rows of one tracking log. Columns are found by name. A row that cannot be read is no row: counting reports it.</summary>
/// <param name="header">Has the column names.</param>
/// <param name="file">The log file, as rows name it.</param>
/// <param name="server">The server of the folder; null where it is not known.</param>
public sealed class TraceRowReader(LogHeader header, string file, string? server)
{
    readonly int _columns = header.Fields.Count;
    readonly int _time = header.IndexOf("date-time");
    readonly int _clientIp = header.IndexOf("client-ip");
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
    readonly int _related = header.IndexOf("related-recipient-address");
    readonly int _reference = header.IndexOf("reference");
    readonly int _subject = header.IndexOf("message-subject");
    readonly int _sender = header.IndexOf("sender-address");
    readonly int _returnPath = header.IndexOf("return-path");
    readonly int _info = header.IndexOf("message-info");
    readonly int _originalIp = header.IndexOf("original-client-ip");
    readonly int _custom = header.IndexOf("custom-data");

    readonly RecipientStatus _statuses = new();
    readonly bool _deliversItself = header.Version.StartsWith("15", StringComparison.Ordinal);
    string _server = server ?? "";

    /// <summary>The rows of some whole lines that match a query.</summary>
    /// <param name="lines">Whole lines.</param>
    /// <param name="offset">The offset of the first byte in the file.</param>
    /// <param name="query">What is asked for.</param>
    /// <param name="found">Receives the rows.</param>
    public void Read(ReadOnlyMemory<byte> lines, long offset, TraceQuery query, List<TraceRow> found)
    {
        var marks = 0;
        while (lines.Span is [0xEF, 0xBB, 0xBF, ..])
        {
            lines = lines[3..];
            marks += 3;
        }

        // CsvHelper takes these for the mark of another encoding; no row begins with one.
        if (lines.Span is [0xFF or 0xFE or 0, ..])
            return;
        using var row = CsvReader.Create(lines, LogRows.Options);
        while (row.Read())
        {
            if (row.FieldCount != _columns || !Utf8Fields.TryTimestamp(LogRows.WithoutMark(row.GetSpan(_time)), out var time))
                continue;
            FindServer(row);
            if (!query.MayMatch(time, Field(row, _event), Field(row, _messageId), Field(row, _networkMessageId)))
                continue;
            var read = Row(row, time, offset + marks + row.ByteOffset);
            if (query.Matches(read))
                found.Add(read);
        }
    }

    TraceRow Row(CsvReader row, DateTime time, long offset)
    {
        var list = Field(row, _recipients);
        var count = Math.Min(Utf8Fields.CountMembers(list), TrackingLog.MaxRecipients);
        _statuses.Read(Field(row, _status), count);
        var recipients = new TraceRecipient[count];
        var members = new ListMembers(list);
        for (var i = 0; i < count && members.MoveNext(); i++)
            recipients[i] = new(TraceForm.Address(ListMembers.Unwrap(members.Current)), KeptText.Of(_statuses[i], KeptText.Status));
        return new(
            time, _server, Text(row, _source, KeptText.Name).ToUpperInvariant(), Text(row, _event, KeptText.Name).ToUpperInvariant(),
            Text(row, _messageId, KeptText.Line), Text(row, _networkMessageId, KeptText.Name), Utf8Fields.Digits(Field(row, _internalId)),
            TraceForm.Address(Field(row, _sender)), TraceForm.Address(Field(row, _returnPath)), recipients,
            TraceForm.Address(ListMembers.Unwrap(Field(row, _related))),
            Text(row, _reference, KeptText.Line), Text(row, _subject, KeptText.Line), Utf8Fields.Digits(Field(row, _bytes)), file, offset)
        {
            Client = new(Text(row, _clientHost, KeptText.Name), Text(row, _clientIp, KeptText.Name)),
            Remote = new(Text(row, _serverHost, KeptText.Name), Text(row, _serverIp, KeptText.Name)),
            OriginalClientIp = Text(row, _originalIp, KeptText.Name),
            Connector = Text(row, _connector, KeptText.Name),
            Context = Text(row, _context, KeptText.Status),
            Info = Text(row, _info, KeptText.Status),
            Custom = Text(row, _custom, KeptText.Status),
        };
    }

    // No column names the writer; which end wrote the row depends on the event.
    void FindServer(CsvReader row)
    {
        if (_server.Length > 0)
            return;
        var meaning = TrackingEvents.Of(Encoding.ASCII.GetString(Field(row, _event)).ToUpperInvariant());
        var isWrittenByServer = meaning.ServerIsWriter || (_deliversItself && meaning.Outcome == Outcome.Delivered);
        var name = isWrittenByServer ? Field(row, _serverHost) : meaning.ClientIsWriter ? Field(row, _clientHost) : default;
        if (name.IndexOf((byte)'.') is >= 0 and var dot)
            name = name[..dot];
        if (!name.IsEmpty && name.Length <= 63 && name.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            _server = Encoding.UTF8.GetString(name);
    }

    static string Text(CsvReader row, int column, int most) => KeptText.Of(Field(row, column), most);

    static ReadOnlySpan<byte> Field(CsvReader row, int column) => column < 0 ? default : row.GetSpan(column);
}
