using System.Globalization;
using Mailflow.Analysis.Tracing;
using Mailflow.Printing;
using Spectre.Console;

namespace Mailflow.Trace;

/// <summary>The result of a search for a terminal: a table of messages; for a single message its story, its recipients and its timeline.</summary>
static class TraceText
{
    /// <summary>The widest table: a terminal may have more columns than 80.</summary>
    const int WidestTable = 160;

    public static void Write(TraceResult result, TraceMask mask, bool withRows, IAnsiConsole console)
    {
        var lines = new TextLines(console.Profile.Out.Writer, console.Profile.Capabilities.Unicode);
        if (result.Journeys is [var only])
            new JourneyText(only, mask, lines).Write();
        else if (result.Journeys.Count > 0)
            Table(result, mask, lines, Math.Clamp(console.Profile.Width, TextLines.Width, WidestTable));
        if (withRows)
            foreach (var journey in result.Journeys)
                Rows(journey, mask, lines);
        var searched = result.Searched;
        var found = result.Journeys.Count == 0 ? "No message found" : TextLines.Count(result.Journeys.Count, "message");
        var more = result.More ? " (the newest; more match: --limit)" : "";
        lines.Wrap(string.Create(
            CultureInfo.InvariantCulture,
            $"{found}{more} in {searched.Bytes / 1e6:N1} MB of {TextLines.Count(searched.Files, "log file")}, {searched.Took.TotalSeconds:N2} s."));
    }

    static void Table(TraceResult result, TraceMask mask, TextLines lines, int width)
    {
        var column = (width - 19 - 6 - 17) / 2;
        lines.Add($"{"time (UTC)",-19}  {"sender".PadRight(column)}  {"recipients".PadRight(column)}  outcome");
        foreach (var journey in result.Journeys)
        {
            var start = $"{JourneyText.Time(journey.First)}  {Cell(mask.Address(journey.Sender).ToString(), column)}  {Named(journey, mask, column)}  ";
            lines.Wrap(Outcomes(journey), start, null, width);
            if (journey.MessageId.Length > 0)
                lines.Add($"  {Printable.Of(mask.Id(journey.MessageId).ToString())}");
        }

        lines.Add();
    }

    static void Rows(Journey journey, TraceMask mask, TextLines lines)
    {
        lines.Add($"Rows of {Printable.Of(mask.Id(journey.MessageId).ToString())}");
        foreach (var row in journey.Rows)
            lines.Wrap(
                $"{Printable.Of(row.Source)} {Printable.Of(row.Event)} {Printable.Of(row.Remote.ToString())} "
                + (row.Recipients is [var one] ? Printable.Of(mask.Address(one.Address).ToString()) : TextLines.Count(row.Recipients.Count, "recipient"))
                + $" {Printable.Of(mask.Masking.Path(row.File).ToString())} at {row.Offset}",
                $"  {row.Time.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture)}  {Printable.Of(row.Server)}  ",
                "      ");
        lines.Add();
    }

    static string Named(Journey journey, TraceMask mask, int width)
    {
        if (journey.Recipients.Count == 0)
            return new(' ', width);
        var more = journey.Recipients.Count > 1 ? $" +{TextLines.Number(journey.Recipients.Count - 1)}" : "";
        return (TextLines.Cut(Printable.Of(mask.Address(journey.Recipients[0].Address).ToString()), width - more.Length) + more).PadRight(width);
    }

    /// <summary>How many recipients have each outcome; a group counts by its members.</summary>
    static string Outcomes(Journey journey) => string.Join(
        ", ",
        journey.Recipients.Where(r => r.Fate != Fate.Replaced || journey.Recipients.Count == 1).GroupBy(r => r.Fate).OrderByDescending(g => g.Count())
            .Select(g => journey.Recipients.Count == 1 ? JourneyText.Word(g.Key) : $"{TextLines.Number(g.Count())} {JourneyText.Word(g.Key)}"));

    static string Cell(string text, int width) => TextLines.Cut(Printable.Of(text), width).PadRight(width);

}
