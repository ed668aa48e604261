using System.Buffers;
using System.Text;
using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Formats;
using static Mailflow.Analysis.TrackingExports.ExportColumn;

namespace Mailflow.Analysis.TrackingExports;

/// <summary>Translates the rows of one export to lines of a tracking log.</summary>
sealed class RowTranslation(ExportLayout layout, RowTimes times, ExportProblems problems, IRowChoice? choice)
{
    const string ListCommand = "Select-Object *,@{n='Recipients';e={$_.Recipients -join ';'}},@{n='RecipientStatus';e={$_.RecipientStatus -join '|'}} "
        + "-ExcludeProperty Recipients,RecipientStatus";

    const string DetailCommand = "Get-MessageTraceV2 -Status Failed | Get-MessageTraceDetailV2";

    const int MostUnnamed = 5000;

    /// <summary>An event that has no source in its export.</summary>
    static ReadOnlySpan<byte> NoSource => "EXPORT"u8;

    static readonly SearchValues<byte> Dividing = SearchValues.Create(" ;,|\n'{"u8);

    static readonly byte[] TraceSource = Encoding.UTF8.GetBytes(TraceStatuses.Source);

    /// <summary>The status of a trace that is itself the reason; a rule for replies has the same words.</summary>
    const string Reason = "Message trace: ";

    readonly bool _hasStatus = layout.Has(Status);
    bool _listsAreNames;
    ulong[] _keys = new ulong[16];

    public void Add(ExportRows row, TrackingLines lines)
    {
        if (!times.TryRead(row[Time], row.Record, out var time))
            return;
        switch (layout.Kind)
        {
            case RowKind.Events:
                AddEvent(row, time, lines);
                break;
            case RowKind.Trace:
                AddTrace(row, time, lines);
                break;
            case RowKind.TraceDetail:
                AddDetail(row, time, lines);
                break;
            default:
                AddSummary(row, time, lines);
                break;
        }
    }

    void AddEvent(ExportRows row, DateTime time, TrackingLines lines)
    {
        var recipients = row[Recipients];
        var status = row[Status];
        if (!layout.IsLog)
            ReadLists(row, ref recipients, ref status);
        var hasReason = !status.IsEmpty || !row[Context].IsEmpty;
        if (!Takes(row, row[Source], row[Event], recipients, time, hasReason))
            return;
        if (!hasReason && IsFailure(row[Event]))
            NoteNoReason(row.Record);
        lines.Begin(row.Record);
        lines.Time(time);
        for (var column = ClientIp; column <= Custom; column++)
            lines.Field(column switch
            {
                Source when row[Source].IsEmpty => NoSource,
                Recipients => recipients,
                Status => status,
                Custom when row[Custom] is [(byte)'[' or (byte)'{', ..] => EventData(row[Custom]),
                _ => row[column],
            });
        lines.End();
    }

    /// <summary>Rewrites the lists of a row as a log has them.</summary>
    void ReadLists(ExportRows row, ref ReadOnlySpan<byte> recipients, ref ReadOnlySpan<byte> status)
    {
        // Nearly all rows have one recipient.
        var isName = (Recipients: RowLists.IsTypeName(recipients), Status: RowLists.IsTypeName(status));
        var isNamed = isName.Recipients || isName.Status;
        if (!isNamed && IsPlain(recipients) && status is not [(byte)'{', ..])
            return;
        if (isNamed)
        {
            _listsAreNames = true;
            if (isName.Recipients)
                recipients = default;
            status = default;
        }

        if (recipients.IsEmpty)
            return;

        var isPart = false;
        var text = Encoding.UTF8.GetString(recipients);
        var members = row.IsList(Recipients) ? text.Split('\n') : RowLists.Addresses(RowLists.WithoutBraces(text, out isPart));
        var statuses = Encoding.UTF8.GetString(status);
        var parts = row.IsList(Status) ? statuses.Split('\n') : RowLists.Statuses(RowLists.WithoutBraces(statuses, out _), members.Length);
        // Format-List shows four members, and the number of all.
        var missing = isPart ? (int)Math.Clamp(Utf8Fields.Digits(row[Count]) - members.Length, 0, MostUnnamed) : 0;
        if (missing > 0 && IsFailure(row[Event]))
            problems.AddFirst(
                ExportProblem.NoReason, row.Record,
                "a list is cut off (...): recipients beyond are counted without a cause. $FormatEnumerationLimit = -1 shows all");
        recipients = Joined(members, missing);
        status = members.Length == 1 && parts.Length == 1 ? Encoding.UTF8.GetBytes(parts[0]) : Joined(parts, 0);
    }

    /// <summary>A list of a log: members with a separator or a quote inside are in quotes.</summary>
    static byte[] Joined(string[] members, int missing)
    {
        var text = new StringBuilder();
        foreach (var member in members)
        {
            if (text.Length > 0)
                text.Append(';');
            if (member.AsSpan().ContainsAny(';', '\''))
                text.Append('\'').Append(member.Replace("'", "''", StringComparison.Ordinal)).Append('\'');
            else
                text.Append(member);
        }

        return Encoding.UTF8.GetBytes(text.Append(';', missing).ToString());
    }

    static bool IsPlain(ReadOnlySpan<byte> recipients) => !recipients.ContainsAny(Dividing);

    void AddTrace(ExportRows row, DateTime time, TrackingLines lines)
    {
        var status = Encoding.UTF8.GetString(row[TraceStatus]);
        if (TraceStatuses.OfStatus(status) is not { } known)
        {
            problems.AddFirst(
                ExportProblem.CorruptRecord, row.Record, $"the status '{status}' is none of {string.Join(", ", TraceStatuses.Statuses)}");
            known = ("AGENTINFO", false);
        }

        if (known is { Event: "FAIL" or "DEFER", IsReason: false })
            NoteNoReason(row.Record);
        AddTraced(row, time, known.Event, row[Recipients], known.IsReason ? Encoding.UTF8.GetBytes(Reason + status.Trim()) : default, lines);
    }

    void AddDetail(ExportRows row, DateTime time, TrackingLines lines)
    {
        var name = TraceStatuses.OfEvent(Encoding.UTF8.GetString(row[TraceEvent]));
        var detail = row[TraceDetail];
        // "Reason: [{LED=550 5.1.10 ...};{MSG=};...]"
        var status = detail.StartsWith("Reason:"u8) ? detail["Reason:".Length..].TrimStart((byte)' ') : detail;
        AddTraced(row, time, name, row[Recipients], name is "FAIL" or "DEFER" ? status : default, lines);
    }

    /// <summary><c>bob@example.net##Receive, Fail;carol@example.net##Receive, Deliver</c>: one line for each recipient, with its last event.</summary>
    void AddSummary(ExportRows row, DateTime time, TrackingLines lines)
    {
        var all = Encoding.UTF8.GetString(row[Status]).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var one in all)
        {
            var mark = one.IndexOf("##", StringComparison.Ordinal);
            if (mark < 0)
            {
                problems.AddFirst(ExportProblem.CorruptRecord, row.Record, "a recipient_status without ## between recipient and events");
                continue;
            }

            var events = one[(mark + 2)..].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var last = TraceStatuses.OfEvent(events.LastOrDefault() ?? "");
            if (last is "FAIL" or "DEFER")
                NoteNoReason(row.Record);
            AddTraced(row, time, last, Encoding.UTF8.GetBytes(one[..mark]), default, lines);
        }
    }

    void AddTraced(ExportRows row, DateTime time, string name, ReadOnlySpan<byte> recipient, ReadOnlySpan<byte> status, TrackingLines lines)
    {
        var eventId = Encoding.UTF8.GetBytes(name);
        if (!Takes(row, TraceSource, eventId, recipient, time, !status.IsEmpty))
            return;
        lines.Begin(row.Record);
        lines.Time(time);
        for (var column = ClientIp; column <= Custom; column++)
            lines.Field(column switch
            {
                Source => TraceSource,
                Event => eventId,
                Recipients => recipient,
                Status => status,
                Count or Info => default,
                _ => row[column],
            });
        lines.End();
    }

    void NoteNoReason(long record) => problems.AddFirst(
        ExportProblem.NoReason, record,
        layout.Kind != RowKind.Events
            ? $"a trace has no reasons: failures are counted without a cause. The reasons are in {DetailCommand}, which is read as well"
        : _listsAreNames
            ? "lists are written as System.String[]: failures are counted without a cause, recipients as RecipientCount says. Export with " + ListCommand
        : _hasStatus ? "a failed or deferred row without RecipientStatus"
        : "no column RecipientStatus: failures are counted without a cause. Export it, too");

    static bool IsFailure(ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(name, "FAIL"u8) || Ascii.EqualsIgnoreCase(name, "DEFER"u8);

    /// <summary><c>{[ToEntity, Internet], [DeliveryPriority, Normal]}</c>, as EventData is printed, in the form of custom-data.</summary>
    static byte[] EventData(ReadOnlySpan<byte> text)
    {
        var data = new StringBuilder();
        foreach (var pair in Encoding.UTF8.GetString(text).Trim('{', '}').Split(['[', ']', '\n', ';'], StringSplitOptions.TrimEntries))
            if (pair.IndexOf(',', StringComparison.Ordinal) is > 0 and var comma)
                data.Append("S:").Append(pair.AsSpan(0, comma)).Append('=').Append(pair.AsSpan(comma + 1).Trim()).Append(';');
        return Encoding.UTF8.GetBytes(data.ToString());
    }

    bool Takes(ExportRows row, ReadOnlySpan<byte> source, ReadOnlySpan<byte> name, ReadOnlySpan<byte> recipients, DateTime time, bool hasReason)
    {
        if (choice is null)
            return true;
        var isEvent = layout.Kind == RowKind.Events;
        // The detail of a trace names the message by the trace.
        var message = isEvent || row[NetworkId].IsEmpty ? RowKey.MessageOf(row[MessageId], row[NetworkId], row[Context]) : row[NetworkId];
        var all = (recipients.IsEmpty ? RowParts.None : RowParts.Recipient)
            | (layout.Has(InternalId) ? RowParts.InternalId : RowParts.None)
            | (!isEvent || layout.Has(Source) ? RowParts.Source : RowParts.None)
            | (isEvent ? times.Parts : RowParts.None);
        foreach (var parts in choice.PartsFor(all))
            if (!choice.Takes(parts, KeysOf(parts, RowKey.OfRow(parts, message, row[InternalId], source, name, time), recipients), hasReason))
                return false;
        return true;
    }

    ReadOnlySpan<ulong> KeysOf(RowParts parts, ulong row, ReadOnlySpan<byte> recipients)
    {
        var count = 0;
        if (row != 0 && !parts.HasFlag(RowParts.Recipient))
            _keys[count++] = row;
        else if (row != 0)
            foreach (var member in new ListMembers(recipients))
            {
                if (count == _keys.Length)
                    Array.Resize(ref _keys, 2 * count);
                _keys[count++] = RowKey.OfRecipient(row, ListMembers.Unwrap(member));
            }

        return _keys.AsSpan(0, count);
    }
}
