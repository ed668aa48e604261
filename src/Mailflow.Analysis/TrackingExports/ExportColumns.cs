using System.Collections.Frozen;
using System.Text;
using Mailflow.Analysis.Formats;

namespace Mailflow.Analysis.TrackingExports;

/// <summary>
/// THE table of the names that exports of message tracking have for a column. Names are compared without case, blanks, hyphens and underscores:
/// <c>event-id</c> of a log, <c>event_id</c> of Exchange Online and <c>EventId</c> of Get-MessageTrackingLog are one name.
/// </summary>
static class ExportColumns
{
    /// <summary>The first name is that of the log; Start-HistoricalSearch, Get-MessageTrackingLog, Get-MessageTraceV2 and Graph have the others.</summary>
    static readonly (ExportColumn Column, string Log, string[] Others)[] All =
    [
        (ExportColumn.Time, "date-time", ["DateTimeUtc", "Timestamp", "Received", "ReceivedDateTime", "OriginTimestampUtc", "OriginTimestamp", "Date"]),
        (ExportColumn.ClientIp, "client-ip", []),
        (ExportColumn.ClientHost, "client-hostname", []),
        (ExportColumn.ServerIp, "server-ip", []),
        (ExportColumn.ServerHost, "server-hostname", []),
        (ExportColumn.Context, "source-context", []),
        (ExportColumn.Connector, "connector-id", []),
        (ExportColumn.Source, "source", []),
        (ExportColumn.Event, "event-id", []),
        (ExportColumn.InternalId, "internal-message-id", []),
        (ExportColumn.MessageId, "message-id", []),
        (ExportColumn.NetworkId, "network-message-id", ["MessageTraceId", "TraceId"]),
        (ExportColumn.Recipients, "recipient-address", ["Recipients", "Recipient"]),
        (ExportColumn.Status, "recipient-status", []),
        (ExportColumn.Bytes, "total-bytes", ["Size", "MessageSize"]),
        (ExportColumn.Count, "recipient-count", []),
        (ExportColumn.Related, "related-recipient-address", []),
        (ExportColumn.Reference, "reference", []),
        (ExportColumn.Subject, "message-subject", ["Subject"]),
        (ExportColumn.Sender, "sender-address", ["Sender"]),
        (ExportColumn.ReturnPath, "return-path", []),
        (ExportColumn.Info, "message-info", []),
        (ExportColumn.Direction, "directionality", []),
        (ExportColumn.Custom, "custom-data", ["EventData"]),
        (ExportColumn.TraceStatus, "", ["Status", "DeliveryStatus"]),
        (ExportColumn.TraceEvent, "", ["Event"]),
        (ExportColumn.TraceDetail, "", ["Detail"]),
    ];

    static readonly FrozenDictionary<string, ExportColumn> ByName = All
        .SelectMany(c => c.Others.Append(c.Log).Where(n => n.Length > 0).Select(n => (Key(n), c.Column)))
        .ToFrozenDictionary(n => n.Item1, n => n.Column, StringComparer.Ordinal);

    /// <summary>A name that is longer than any in the table is not looked up.</summary>
    const int Longest = 64;

    public static int Number { get; } = Enum.GetValues<ExportColumn>().Length;

    /// <summary>How many of the columns are those of a tracking log.</summary>
    public static int OfLog { get; } = All.Count(c => c.Log.Length > 0);

    /// <summary>The header of the lines that rows are translated to.</summary>
    public static LogHeader Header { get; } = new("Message Tracking Log", "15", "", [.. All.Where(c => c.Log.Length > 0).Select(c => c.Log)], 0);

    /// <summary>The column of a name; null where it is none of these.</summary>
    public static ExportColumn? Of(string name)
    {
        if (name.Length > Longest)
            return null;
        // ConvertTo-Json of Windows PowerShell may write a value as an object: Recipients.value.
        const string Inner = ".value";
        if (name.EndsWith(Inner, StringComparison.OrdinalIgnoreCase))
            name = name[..^Inner.Length];
        return ByName.TryGetValue(Key(name), out var column) ? column : null;
    }

    static string Key(string name)
    {
        var key = new StringBuilder(name.Length);
        foreach (var c in name)
            if (c is not ('-' or '_' or ' ' or '"' or '\uFEFF'))
                key.Append(char.ToLowerInvariant(c));
        return key.ToString();
    }
}
