using System.Globalization;
using Mailflow.Metrics;
using Mailflow.Printing;
using Mailflow.Privacy;

namespace Mailflow.Scan;

/// <summary>The part of the report about messages that are on their way at the newest row.</summary>
static class ScanCopies
{
    const int Top = 20;

    public static void Write(MaskedJson json, ScanReport report, Masking masking)
    {
        json.WriteStartArray("in_flight");
        foreach (var server in report.Copies)
        {
            json.WriteStartObject();
            json.WriteString("server", masking.Text(server.Server));
            json.WriteNumber("messages", server.Count);
            if (server.Since is { } since)
                json.WriteString("oldest", $"{new DateTimeOffset(since):yyyy-MM-ddTHH:mm:ss.fffZ}");
            else
                json.WriteNull("oldest");
            json.WriteNumber("elsewhere", server.Elsewhere);
            json.WriteNumber("lost", report.Sum(Counters.Lost, s => s.Value == server.Server));
            json.WriteNumber("looping", report.Sum(Counters.Looping, s => s.Value == server.Server));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("in_flight_next_hops");
        foreach (var (server, hop, count) in report.Open.Take(Top))
        {
            json.WriteStartObject();
            json.WriteString("server", masking.Text(server));
            json.WriteString("next_hop", masking.Text(hop));
            json.WriteNumber("messages", count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("in_flight_folded", report.Folded);
    }

    /// <summary>A line for each server with such messages.</summary>
    public static IEnumerable<string> Lines(ScanReport report)
    {
        foreach (var server in report.Copies)
        {
            var (lost, looping) = (report.Sum(Counters.Lost, s => s.Value == server.Server), report.Sum(Counters.Looping, s => s.Value == server.Server));
            if (server is { Count: 0, Elsewhere: 0 } && lost == 0 && looping == 0)
                continue;
            string[] parts =
            [
                $"{Number(server.Count)} on their way" + (server.Since is { } since
                    ? string.Create(CultureInfo.InvariantCulture, $", the oldest since {since:yyyy-MM-dd HH:mm:ss} UTC")
                    : ""),
                server.Elsewhere > 0 ? $"{Number(server.Elsewhere)} handed over to servers whose logs are not read" : "",
                lost > 0 ? $"{Number(lost)} lost: no end and no row for more than two days" : "",
                looping > 0 ? $"{Number(looping)} in a loop" : "",
            ];
            yield return $"{server.Server}: {string.Join("; ", parts.Where(p => p.Length > 0))}.";
        }

        if (report.Folded > 0)
            yield return $"{Number(report.Folded)} older messages on their way are not followed: the limit of 10,000,000 is reached.";
    }

    static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
