using System.Globalization;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Tracing;
using Mailflow.Printing;
using Spectre.Console;

namespace Mailflow.Trace;

/// <summary>The result of a search for a terminal: a table of messages; for a single message its story and its rows.</summary>
static class TraceText
{
    const int MostRecipients = 50;

    public static void Write(TraceResult result, TraceMask mask, bool withRows, IAnsiConsole console)
    {
        if (result.Journeys is [var only])
            Story(only, mask, console);
        else if (result.Journeys.Count > 0)
            Table(result, mask, console);
        if (withRows && result.Journeys.Count > 1)
            foreach (var journey in result.Journeys)
                Rows(journey, mask, console);
        var searched = result.Searched;
        var found = result.Journeys.Count == 0 ? "No message found" : Count(result.Journeys.Count, "message");
        var more = result.More ? " (the newest; more match: --limit)" : "";
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{found}{more} in {searched.Bytes / 1e6:N1} MB of {Count(searched.Files, "log file")}, {searched.Took.TotalSeconds:N2} s."));
    }

    static void Table(TraceResult result, TraceMask mask, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.None).AddColumn("time (UTC)").AddColumn("sender").AddColumn("recipients").AddColumn("outcome");
        foreach (var journey in result.Journeys)
            table.AddRow(
                Cell(Time(journey.First)), Cell(mask.Address(journey.Sender).ToString()),
                Cell(Named(journey, mask)), Cell(Outcomes(journey)));
        console.Write(table);
    }

    static void Story(Journey journey, TraceMask mask, IAnsiConsole console)
    {
        console.WriteLine($"Message {mask.Id(journey.MessageId)} of {mask.Address(journey.Sender)}, {Size(journey.Bytes)}");
        console.WriteLine($"{Time(journey.First)} to {Time(journey.Last)} UTC, {Outcomes(journey)}");
        foreach (var fate in journey.Recipients.Take(MostRecipients))
            console.WriteLine("  " + Sentence(journey, fate, mask));
        if (journey.Recipients.Count > MostRecipients)
            console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  and {journey.Recipients.Count - MostRecipients:N0} more recipients (--format json has all)"));
        foreach (var missing in journey.Missing)
            console.WriteLine($"  It was handed to {Printable.Of(missing)}, whose logs are not read: the outcome there is not known.");
        Rows(journey, mask, console);
    }

    static string Sentence(Journey journey, RecipientFate fate, TraceMask mask)
    {
        var who = Printable.Of(mask.Address(fate.Address).ToString());
        var at = fate.At is { } time ? Time(time) : "";
        var took = fate.At is { } end ? $", after {Span(end - journey.First)}" : "";
        var why = fate.Diagnosis is { } d ? $": {d.Cause.Name()}{(d.SubReason is null ? "" : $" ({d.SubReason})")}, responsible: {d.Fault.Name()}" : "";
        var reply = fate.Reply.Length == 0 ? "" : $"\n      {Printable.Of(mask.Status(fate.Reply, fate.Address, journey.Sender).ToString())}";
        return fate.Fate switch
        {
            Fate.Delivered => $"{who}: delivered {at} on {Server(fate)}{took}",
            Fate.Sent => $"{who}: sent {at} to {Printable.Of(fate.NextHop)} by {Server(fate)}{took}{reply}",
            Fate.Failed => $"{who}: failed {at} on {Server(fate)}{why}{reply}",
            Fate.Deferred => $"{who}: deferred, last {at} on {Server(fate)}{why}; Exchange tries again{reply}",
            Fate.Dropped => $"{who}: dropped {at} on {Server(fate)}, without a report to the sender",
            Fate.Replaced => $"{who}: replaced {at} by {Became(fate, mask)}",
            _ => fate.NextHop.Length > 0
                ? $"{who}: no end yet; left {Server(fate)} for {Printable.Of(fate.NextHop)} {at}"
                : $"{who}: no end yet; on {Server(fate)} since {at}",
        };
    }

    static string Became(RecipientFate fate, TraceMask mask)
    {
        const int Most = 5;
        var shown = string.Join(", ", fate.Became.Take(Most).Select(a => Printable.Of(mask.Address(a).ToString())));
        return fate.Became.Count > Most ? string.Create(CultureInfo.InvariantCulture, $"{shown} and {fate.Became.Count - Most:N0} more") : shown;
    }

    static void Rows(Journey journey, TraceMask mask, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.None).AddColumn("time (UTC)").AddColumn("server").AddColumn("event").AddColumn("to").AddColumn("recipients");
        var before = journey.First;
        foreach (var row in journey.Rows)
        {
            var later = row.Time - before;
            before = row.Time;
            table.AddRow(
                Cell(Time(row.Time) + (later > TimeSpan.FromSeconds(1) ? $" +{Span(later)}" : "")), Cell(row.Server), Cell($"{row.Source} {row.Event}"),
                Cell(row.Event.StartsWith("SEND", StringComparison.Ordinal) ? row.Remote.ToString() : ""),
                Cell(row.Recipients.Count == 1 ? mask.Address(row.Recipients[0].Address).ToString() : Count(row.Recipients.Count, "recipient")));
        }

        console.Write(table);
    }

    static string Named(Journey journey, TraceMask mask)
    {
        var first = journey.Recipients.Count == 0 ? "" : mask.Address(journey.Recipients[0].Address).ToString();
        return journey.Recipients.Count <= 1 ? first : string.Create(CultureInfo.InvariantCulture, $"{first} and {journey.Recipients.Count - 1:N0} more");
    }

    /// <summary>How many recipients have each outcome, most severe last.</summary>
    static string Outcomes(Journey journey) => string.Join(
        ", ",
        journey.Recipients.Where(r => r.Fate != Fate.Replaced || journey.Recipients.Count == 1).GroupBy(r => r.Fate).OrderByDescending(g => g.Count())
            .Select(g => journey.Recipients.Count == 1 ? g.Key.ToString().ToLowerInvariant() : $"{g.Count()} {g.Key.ToString().ToLowerInvariant()}"));

    static string Server(RecipientFate fate) => fate.Server.Length == 0 ? "a server that the rows do not name" : Printable.Of(fate.Server);

    static string Cell(string text) => Markup.Escape(Printable.Of(text));

    static string Time(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:N0} KB");

    static string Count(long n, string what) => string.Create(CultureInfo.InvariantCulture, $"{n:N0} {what}{(n == 1 ? "" : "s")}");

    /// <summary>A duration with its two largest units; clocks of servers may differ, so it may be below zero.</summary>
    static string Span(TimeSpan span) =>
        span < TimeSpan.Zero ? "-" + Span(-span)
        : span.TotalMinutes < 1 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s")
        : span.TotalHours < 1 ? string.Create(CultureInfo.InvariantCulture, $"{span.Minutes} min {span.Seconds} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours} h {span.Minutes} min");
}
