using System.Globalization;
using CsvHelper;
using Mailflow.Analysis.Failures;
using Mailflow.Printing;
using Mailflow.Privacy;

namespace Mailflow.Trace;

/// <summary>The result of a search as CSV: one line for each recipient of each message.</summary>
static class TraceCsv
{
    static readonly string[] Columns =
        ["first", "message_id", "network_message_id", "sender", "recipient", "outcome", "at", "server", "next_hop", "cause", "sub_reason", "fault", "reply"];

    public static void Write(TraceResult result, TraceMask mask, TextWriter output)
    {
        using var csv = CsvWriter.Create(output, new CsvWriterOptions { Injection = CsvInjection.Escape }, leaveOpen: true);
        csv.WriteRecord(Columns);
        foreach (var journey in result.Journeys)
            foreach (var fate in journey.Recipients)
                csv.WriteRecord(
                [
                    Time(journey.First),
                    Cell(mask.Id(journey.MessageId)),
                    Cell(mask.Masking.Text(journey.NetworkMessageId)),
                    Cell(mask.Address(journey.Sender)),
                    Cell(mask.Address(fate.Address)),
                    fate.Fate.ToString().ToLowerInvariant(),
                    fate.At is { } at ? Time(at) : "",
                    Cell(mask.Masking.Text(fate.Server)),
                    Cell(mask.Masking.Text(fate.NextHop)),
                    fate.Diagnosis?.Cause.Name() ?? "",
                    fate.Diagnosis?.SubReason ?? "",
                    fate.Diagnosis?.Fault.Name() ?? "",
                    Cell(mask.Status(fate.Reply, fate.Address, journey.Sender)),
                ]);
    }

    static string Time(DateTime time) => time.ToString("o", CultureInfo.InvariantCulture);

    static string Cell(Masked text) => Printable.Of(text.ToString());
}
