using System.Globalization;
using Mailflow.Analysis.Events;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Snapshots;
using Mailflow.Analysis.TrackingExports;
using Mailflow.Metrics;
using Mailflow.Printing;
using Mailflow.Privacy;

namespace Mailflow.Scan;

/// <summary>The part of the report about exports: Windows events and the newest snapshots.</summary>
static class ScanExports
{
    /// <summary>Maximum number of listed queues: those with the most messages.</summary>
    public const int TopQueues = 10;

    /// <summary>Events by provider and id.</summary>
    public static IEnumerable<(string Name, long Count)> Events(ScanReport report) =>
        report.By(Counters.WindowsEvents, k => k.Provider.Value + "|" + k.Id.Value);

    /// <summary>What an event means; empty if it is not in the event table.</summary>
    public static string Meaning(string name) =>
        name.Split('|') is [var provider, var id] && EventTable.Providers.Contains(provider, StringComparer.OrdinalIgnoreCase)
            ? EventTable.All.FirstOrDefault(f => f.Id.ToString(CultureInfo.InvariantCulture) == id)?.Meaning ?? "" : "";

    /// <summary>The queues of all servers with the most messages, without shadow queues.</summary>
    public static IEnumerable<(string Server, QueueState Queue)> Deepest(ScanReport report) =>
        report.Snapshots.SelectMany(s => s.Queues.Select(q => (s.Server, Queue: q))).Where(q => q.Queue.Messages > 0 && q.Queue.Kind != QueueKind.Shadow)
            .OrderByDescending(q => q.Queue.Messages).ThenBy(q => q.Queue.Identity, StringComparer.Ordinal).Take(TopQueues);

    /// <summary>Messages in all queues of a snapshot, without shadow queues.</summary>
    public static long Queued(ServerSnapshot snapshot) =>
        snapshot.Queues.Concat(snapshot.OtherQueues).Where(q => q.Kind != QueueKind.Shadow).Sum(q => q.Messages);

    /// <summary>What is said about rows that several files have.</summary>
    public static IEnumerable<string> SharedLines(ScanReport report)
    {
        if (report.Shared is { Left: > 0 and var rows })
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{rows:N0} {(rows == 1 ? "row of an export is" : "rows of exports are")} also in a log or in another export, and counted there.");
        if (report.Shared is { IsFull: true })
            yield return string.Create(
                CultureInfo.InvariantCulture, $"The exports have more than {SharedRows.Most:N0} rows: rows beyond are counted in each file that has them.");
    }

    public static void Write(MaskedJson json, ScanReport report, Masking masking)
    {
        json.WriteStartObject("windows_events");
        foreach (var (name, count) in Events(report))
            json.WriteNumber(masking.Text(name), count);
        json.WriteEndObject();
        json.WriteStartObject("refusals");
        foreach (var (cause, count) in report.By(Counters.Refusals, k => k.Cause.Name()))
            json.WriteNumber(masking.Text(cause), count);
        json.WriteEndObject();
        json.WriteStartObject("export_problems");
        foreach (var (reason, count) in report.By(Counters.ExportProblems, k => k.Name()))
            json.WriteNumber(masking.Text(reason), count);
        json.WriteEndObject();
        json.WriteNumber("export_rows_counted_elsewhere", report.Shared?.Left ?? 0);
        json.WriteStartArray("snapshots");
        foreach (var snapshot in report.Snapshots)
        {
            json.WriteStartObject();
            json.WriteString("kind", masking.Text(snapshot.Kind.Name()));
            json.WriteString("server", masking.Text(snapshot.Server));
            json.WriteString("taken", $"{new DateTimeOffset(snapshot.Taken, TimeSpan.Zero):yyyy-MM-ddTHH:mm:ssZ}");
            if (snapshot.Kind == SnapshotKind.Queues)
                WriteQueues(json, snapshot, masking);
            if (snapshot.Kind is SnapshotKind.SendConnectors or SnapshotKind.ReceiveConnectors)
                json.WriteNumber("connectors", snapshot.Connectors.Count);
            if (snapshot.Kind == SnapshotKind.Certificates && snapshot.Certificates.Min(c => c.NotAfter) is { } expiry)
                json.WriteString("first_expiry", $"{new DateTimeOffset(expiry, TimeSpan.Zero):yyyy-MM-ddTHH:mm:ssZ}");
            foreach (var setting in snapshot.Settings)
                json.WriteString(masking.Text(setting.Name), masking.Text(setting.Value));
            foreach (var resource in snapshot.Pressure)
                json.WriteString(masking.Text(resource.Resource), $"{resource.Level}");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    static void WriteQueues(MaskedJson json, ServerSnapshot snapshot, Masking masking)
    {
        json.WriteNumber("messages", Queued(snapshot));
        json.WriteNumber("shadow_messages", snapshot.Queues.Concat(snapshot.OtherQueues).Where(q => q.Kind == QueueKind.Shadow).Sum(q => q.Messages));
        json.WriteStartArray("queues");
        foreach (var queue in snapshot.Queues.Take(TopQueues))
        {
            json.WriteStartObject();
            json.WriteString("kind", masking.Text(queue.Kind.Name()));
            json.WriteString("next_hop", masking.Text(queue.NextHop));
            json.WriteString("status", masking.Text(queue.Status.Name()));
            json.WriteNumber("messages", queue.Messages);
            json.WriteString("cause", masking.TextOrNull(queue.Cause is { } cause ? Analysis.Failures.CauseTable.Of(cause).Name : null));
            json.WriteString("last_error", masking.Status(queue.LastError));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
