using Mailflow.Analysis.Exports;

namespace Mailflow.Analysis.TrackingExports;

/// <summary>THE table of exports that are known and not read, with the command whose output is read instead.</summary>
static class UnreadExports
{
    const string Tracking = "Get-MessageTrackingLog ... | ConvertTo-Json -Depth 3";
    const string Trace = "Get-MessageTraceV2 -StartDate ... -EndDate ... | ConvertTo-Json";

    static readonly (string What, string[] Marks, string Command)[] All =
    [
        ("rows of Get-MessageTrackingLog without Timestamp", ["EventId", "MessageSubject"], Tracking),
        ("rows of Get-MessageTrackingLog without Timestamp", ["EventId", "Recipients"], Tracking),
        ("rows of Get-MessageTrackingLog without EventId", ["Timestamp", "Recipients"], Tracking),
        ("a tracking report of one message (Search-MessageTrackingReport)", ["MessageTrackingReportId"], Tracking),
        ("a message trace without RecipientAddress or Status", ["MessageTraceId"], Trace),
        ("a message trace without Received", ["RecipientAddress", "Status", "SenderAddress"], Trace),
        ("messages in quarantine (Get-QuarantineMessage)", ["QuarantineTypes"], Trace),
        ("messages in quarantine (Get-QuarantineMessage)", ["ReleaseStatus", "Identity"], Trace),
        ("statistics of mail (Get-MailTrafficReport and others)", ["EventType", "MessageCount"], Trace),
        ("jobs of Start-HistoricalSearch, not their results", ["JobId", "ReportType"], "the file at FileUrl of Get-HistoricalSearch"),
        ("events of an audit log (Search-UnifiedAuditLog)", ["AuditData"], Trace),
        ("mailboxes", ["PrimarySmtpAddress", "RecipientTypeDetails"], Tracking),
        ("sizes of mailboxes (Get-MailboxStatistics)", ["TotalItemSize", "ItemCount"], Tracking),
    ];

    const string Known = "expected queues, messages, connectors, certificates, transport settings, back pressure, Windows events, or message tracking; "
        + "docs/exports.md has a command for each";

    /// <summary>What an export is whose first object this is, and the command for a readable one.</summary>
    public static string NameOf(ExportObject first)
    {
        foreach (var (what, marks, command) in All)
            if (marks.All(first.Has))
                return $"{what}; {command} is read";
        var type = first.TypeName is { } name ? $"objects of type {name}" : "objects of an unknown kind";
        return $"{type}; {Known}";
    }
}
