using System.Globalization;
using Mailflow.Printing;
using Mailflow.Privacy;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Mailflow.Commands;

/// <summary>
/// What <c>top</c> shows, as text for a terminal. Texts are never markup, and are escaped: a name in a log cannot change colours, move the cursor or
/// set a title.
/// </summary>
static class TopScreen
{
    const int MostIncidents = 8;
    const int MostCauses = 8;

    /// <param name="rates">For each outcome, copies per minute; null where they are not known.</param>
    /// <param name="foot">The last line: how to end it, or why the figures are old.</param>
    public static IRenderable Of(TopFigures figures, IReadOnlyList<double>? rates, Masked from, Masked? foot)
    {
        List<IRenderable> parts =
        [
            Line($"Mailflow at {from}, latest log entry: {At(figures.At)}", Style.Plain),
            Line(figures.Verdict.ToString(), new(ColourOf(figures.Level), decoration: Decoration.Bold)),
        ];
        if (figures.Advice is { } advice)
            parts.Add(Line(advice.ToString(), Style.Plain));
        parts.AddRange([new Text(""), Incidents(figures), Volumes(figures, rates), Causes(figures)]);
        if (foot is { } last)
            parts.AddRange([Line(last.ToString(), new(decoration: Decoration.Dim))]);
        return new Rows(parts);
    }

    static IRenderable Incidents(TopFigures figures)
    {
        if (figures.Incidents.Count == 0)
            return Line("No open incident", Style.Plain);
        var table = Table("Severity", "Since (UTC)", "Recipients", "Side", $"Open incidents: {TextLines.Number(figures.Incidents.Count)}");
        foreach (var one in figures.Incidents.Take(MostIncidents))
            table.AddRow(
                Cell(one.Severity), Cell(Time(one.Since)), Right(TextLines.Number(one.Recipients)), Cell(one.Side), Cell(one.Title));
        return table;
    }

    static Table Volumes(TopFigures figures, IReadOnlyList<double>? rates)
    {
        var table = Table(["Mail", .. TopFigures.OutcomeNames]);
        table.AddRow([Cell("total"), .. figures.Outcomes.Select(n => Right(TextLines.Number(n)))]);
        if (rates is not null)
            table.AddRow([Cell("per minute"), .. rates.Select(r => Right(r.ToString("N0", CultureInfo.InvariantCulture)))]);
        return table;
    }

    static IRenderable Causes(TopFigures figures)
    {
        if (figures.Causes.Count == 0)
            return Line("No failure in the last hour", Style.Plain);
        var table = Table("Failures in the last hour", "Cause", "Top domain");
        foreach (var one in figures.Causes.Take(MostCauses))
            table.AddRow(Right(TextLines.Number(one.Count)), Cell(one.Cause), Cell(one.TopDomain));
        return table;
    }

    static Table Table(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Simple, ShowRowSeparators = false };
        foreach (var column in columns)
            table.AddColumn(new TableColumn(new Text(column, new(decoration: Decoration.Bold))));
        return table;
    }

    static Text Cell(Masked text) => Cell(text.ToString());

    static Text Cell(string text) => new(Printable.Of(text));

    static Text Right(string text) => new(text) { Justification = Justify.Right };

    static Text Line(string text, Style style) => new(Printable.Of(text), style);

    static Color ColourOf(TopLevel level) => level switch { TopLevel.Good => Color.Green, TopLevel.Fix => Color.Red, _ => Color.Yellow };

    static string At(DateTimeOffset? time) => time is { } at ? Time(at) + " UTC" : "none";

    static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
