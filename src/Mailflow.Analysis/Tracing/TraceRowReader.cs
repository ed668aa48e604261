using System.Text;
using CsvHelper;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Tracing;

/// <summary>
/// Reads whole lines of one tracking log, in order. Columns are found by name; a `#Fields:` line in the middle
/// changes them. A row that cannot be read is no row: counting reports it.
/// </summary>
/// <param name="header">Has the column names in force where reading starts.</param>
/// <param name="file">The log file, as rows name it.</param>
/// <param name="server">The server of the folder; null where it is not known.</param>
public sealed class TraceRowReader(LogHeader header, string file, string? server)
{
    static readonly TextFinder Fields = new("#fields:"u8.ToArray());

    readonly RecipientStatus _statuses = new();
    readonly bool _deliversItself = header.Version.StartsWith("15", StringComparison.Ordinal);
    TraceColumns _columns = new(header);
    string _server = server ?? "";

    /// <summary>
    /// Whether a row had another number of columns than the header, or a `#Fields:` line changed them: lines before it may have other columns.
    /// </summary>
    public bool ColumnsDiffer { get; private set; }

    /// <summary>The rows of some whole lines that match the query.</summary>
    /// <param name="lines">Whole lines of UTF-8.</param>
    /// <param name="offset">The offset of the first byte in the file.</param>
    /// <param name="query">What is asked for.</param>
    /// <param name="found">Receives the rows; one that matches both queries twice.</param>
    /// <param name="also">A second query.</param>
    public void Read(ReadOnlyMemory<byte> lines, long offset, TraceQuery query, List<TraceRow> found, TraceQuery? also = null)
    {
        while (true)
        {
            var fields = FieldsLine(lines.Span);
            var before = fields < 0 ? lines : lines[..fields];
            Search(before, offset, query, found);
            if (also is not null)
                Search(before, offset, also, found);
            if (fields < 0)
                return;
            var end = LineEnd(lines.Span, fields);
            if (LogHeader.TryParse(lines.Span[fields..end], out var changed) && !changed.Fields.SequenceEqual(_columns.Names, StringComparer.Ordinal)
                && TrackingLog.Recognises(changed with { LogType = header.LogType }))
                (_columns, ColumnsDiffer) = (new(changed), true);
            lines = lines[end..];
            offset += end;
        }
    }

    /// <summary>The same for a last line without a line end: a row if it is complete. The writer may not have finished it.</summary>
    public void ReadUnfinished(ReadOnlyMemory<byte> line, long offset, TraceQuery query, List<TraceRow> found, TraceQuery? also = null)
    {
        if (line.Span.Count((byte)'"') % 2 == 1)
            return;
        var differ = ColumnsDiffer;
        Read(line, offset, query, found, also);
        ColumnsDiffer = differ;
    }

    /// <summary>The time of a row, from its first bytes; null where it has none.</summary>
    public static DateTime? TimeOf(ReadOnlySpan<byte> row)
    {
        var day = default(Utf8Fields.LastDay);
        return Utf8Fields.TryTimestamp(row[LogHeader.ByteOrderMarkLength(row)..], ref day, out var time, out _) ? time : null;
    }

    /// <summary>Learns the server from rows that name it, since rows of some events do not.</summary>
    /// <param name="lines">Whole lines from the start of the file.</param>
    public void LearnServer(ReadOnlyMemory<byte> lines)
    {
        if (_server.Length > 0 || lines.Span is [0xFF or 0xFE or 0, ..])
            return;
        using var row = CsvReader.Create(lines, LogRows.Options);
        while (_server.Length == 0 && row.Read())
            if (row.FieldCount == _columns.Count)
                FindServer(row);
    }

    void Search(ReadOnlyMemory<byte> lines, long offset, TraceQuery query, List<TraceRow> found)
    {
        if (query.Finders is not { } finders)
        {
            // NULs are left by a power loss; a complete row may follow them on their line.
            for (var nul = lines.Span.IndexOf((byte)0); nul >= 0; nul = lines.Span.IndexOf((byte)0))
            {
                var (start, end) = (LineStart(lines.Span, nul), LineEnd(lines.Span, nul));
                Rows(lines[..start], offset, query, found);
                Line(lines[start..end], offset + start, query, found);
                lines = lines[end..];
                offset += end;
            }

            Rows(lines, offset, query, found);
            return;
        }

        foreach (var needle in finders)
            for (var from = 0; from < lines.Length && needle.IndexIn(lines.Span[from..]) is >= 0 and var at;)
            {
                var (start, end) = (LineStart(lines.Span, from + at), LineEnd(lines.Span, from + at));
                Line(lines[start..end], offset + start, query, found);
                from = end;
            }
    }

    void Line(ReadOnlyMemory<byte> line, long offset, TraceQuery query, List<TraceRow> found)
    {
        var row = line.Span.LastIndexOf((byte)0) + 1;
        Rows(line[row..], offset + row, query, found);
    }

    void Rows(ReadOnlyMemory<byte> lines, long offset, TraceQuery query, List<TraceRow> found)
    {
        var marks = 0;
        while (lines.Span is [0xEF, 0xBB, 0xBF, ..])
        {
            lines = lines[3..];
            marks += 3;
        }

        // CsvHelper takes these for the mark of another encoding; no row begins with one.
        if (lines.Span is [0xFF or 0xFE, ..])
        {
            var end = LineEnd(lines.Span, 0);
            Rows(lines[end..], offset + marks + end, query, found);
            return;
        }

        if (lines.IsEmpty)
            return;
        using var row = CsvReader.Create(lines, LogRows.Options);
        while (row.Read())
        {
            if (row.FieldCount != _columns.Count)
            {
                ColumnsDiffer = true;
                continue;
            }

            if (!Utf8Fields.TryTimestamp(LogRows.WithoutMark(row.GetSpan(_columns.Time)), out var time))
                continue;
            FindServer(row);
            if (!query.MayMatch(time, Field(row, _columns.Event), Field(row, _columns.MessageId), Field(row, _columns.NetworkMessageId)))
                continue;
            var read = Row(row, time, offset + marks + row.ByteOffset);
            if (query.Matches(read))
                found.Add(read);
        }
    }

    /// <summary>The start of the next line that begins with `#Fields:`, with or without a byte order mark; -1 where there is none.</summary>
    static int FieldsLine(ReadOnlySpan<byte> lines)
    {
        for (var from = 0; Fields.IndexIn(lines[from..]) is >= 0 and var found;)
        {
            var at = from + found;
            from = at + 1;
            if (lines[..at].EndsWith("\uFEFF"u8))
                at -= 3;
            if (at == 0 || lines[at - 1] == '\n')
                return at;
        }

        return -1;
    }

    static int LineStart(ReadOnlySpan<byte> lines, int at) => lines[..at].LastIndexOf((byte)'\n') + 1;

    static int LineEnd(ReadOnlySpan<byte> lines, int at) => lines[at..].IndexOf((byte)'\n') is >= 0 and var end ? at + end + 1 : lines.Length;

    TraceRow Row(CsvReader row, DateTime time, long offset)
    {
        var list = Field(row, _columns.Recipients);
        var count = Math.Min(Utf8Fields.CountMembers(list), TrackingLog.MaxRecipients);
        _statuses.Read(Field(row, _columns.Status), count);
        var recipients = new TraceRecipient[count];
        var members = new ListMembers(list);
        for (var i = 0; i < count && members.MoveNext(); i++)
            recipients[i] = new(TraceForm.Address(ListMembers.Unwrap(members.Current)), KeptText.Of(_statuses[i], KeptText.Status));
        return new(
            time, _server, Text(row, _columns.Source, KeptText.Name).ToUpperInvariant(), Text(row, _columns.Event, KeptText.Name).ToUpperInvariant(),
            Text(row, _columns.MessageId, KeptText.Line), Text(row, _columns.NetworkMessageId, KeptText.Name),
            Utf8Fields.Digits(Field(row, _columns.InternalId)),
            TraceForm.Address(Field(row, _columns.Sender)), TraceForm.Address(Field(row, _columns.ReturnPath)), recipients,
            TraceForm.Address(ListMembers.Unwrap(Field(row, _columns.Related))), Text(row, _columns.Reference, KeptText.Line),
            Text(row, _columns.Subject, KeptText.Line), Utf8Fields.Digits(Field(row, _columns.Bytes)), file, offset)
        {
            Client = new(Text(row, _columns.ClientHost, KeptText.Name), Text(row, _columns.ClientIp, KeptText.Name)),
            Remote = new(Text(row, _columns.ServerHost, KeptText.Name), Text(row, _columns.ServerIp, KeptText.Name)),
            OriginalClientIp = Text(row, _columns.OriginalIp, KeptText.Name),
            Connector = Text(row, _columns.Connector, KeptText.Name),
            Context = Text(row, _columns.Context, KeptText.Status),
            Info = Text(row, _columns.Info, KeptText.Status),
            Custom = Text(row, _columns.Custom, KeptText.Status),
        };
    }

    // No column names the writer; which end wrote the row depends on the event.
    void FindServer(CsvReader row)
    {
        if (_server.Length > 0)
            return;
        var meaning = TrackingEvents.Of("", Encoding.ASCII.GetString(Field(row, _columns.Event)).ToUpperInvariant()).Meaning;
        var isWrittenByServer = meaning.ServerIsWriter || (_deliversItself && meaning.Outcome == Outcome.Delivered);
        var name = isWrittenByServer ? Field(row, _columns.ServerHost) : meaning.ClientIsWriter ? Field(row, _columns.ClientHost) : default;
        if (name.IndexOf((byte)'.') is >= 0 and var dot)
            name = name[..dot];
        if (!name.IsEmpty && name.Length <= 63 && name.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            _server = Encoding.UTF8.GetString(name);
    }

    static string Text(CsvReader row, int column, int most) => KeptText.Of(Field(row, column), most);

    static ReadOnlySpan<byte> Field(CsvReader row, int column) => column < 0 ? default : row.GetSpan(column);
}
