using Mailflow.Printing;
using Mailflow.Privacy;

namespace Mailflow.Reports;

/// <summary>A report as text for a terminal, and as Markdown.</summary>
static class ReportText
{
    const int BarWidth = 40;

    public static void Write(ReportDocument document, TextLines lines)
    {
        lines.Add(Shown(document.Title));
        lines.Add();
        lines.Wrap(Shown(document.Verdict));
        foreach (var section in document.Sections)
        {
            lines.Add();
            lines.Add(Shown(section.Title).ToUpperInvariant());
            foreach (var line in section.Lines)
                lines.Wrap(Shown(line), "- ");
            Table(section, lines);
            var most = Math.Max(1, section.Bars.Select(b => b.Reached + b.Failed).DefaultIfEmpty().Max());
            foreach (var bar in section.Bars)
                lines.Add($"  {bar.Label}  {lines.Bar((bar.Reached + bar.Failed) / (double)most, BarWidth)} {TextLines.Number(bar.Reached)}"
                    + (bar.Failed > 0 ? $", {TextLines.Number(bar.Failed)} failed" : ""));
        }
    }

    public static string Markdown(ReportDocument document)
    {
        using var output = new StringWriter { NewLine = "\n" };
        output.WriteLine($"# {Escaped(document.Title)}\n\n**{Escaped(document.Verdict)}**");
        foreach (var section in document.Sections)
        {
            output.WriteLine($"\n## {Escaped(section.Title)}\n");
            foreach (var line in section.Lines)
                output.WriteLine($"- {Escaped(line)}");
            Rows(output, section.Head, section.Rows);
            if (section.Bars.Count > 0)
                Rows(output, [$"Time", $"Reached", $"Failed"], section.Bars.Select(b => (IReadOnlyList<Masked>)[b.Label, $"{b.Reached}", $"{b.Failed}"]));
        }

        return output.ToString();
    }

    /// <summary>Two or three columns side by side; rows with more are a list each: a terminal has 80 columns.</summary>
    static void Table(ReportSection section, TextLines lines)
    {
        if (section.Head.Count <= 3)
        {
            foreach (var row in (IEnumerable<IReadOnlyList<Masked>>)(section.Head.Count > 0 ? [section.Head, .. section.Rows] : []))
                lines.Add($"  {Shown(row[0]),-36}{string.Concat(row.Skip(1).Select(c => $"{Shown(c),16}"))}".TrimEnd());
            return;
        }

        foreach (var row in section.Rows)
        {
            lines.Wrap(Shown(row[0]), "- ");
            foreach (var (head, cell) in section.Head.Zip(row).Skip(1).Where(c => !c.Second.IsEmpty))
                lines.Wrap(Shown(cell), $"  {Shown(head)}: ", "    ");
        }
    }

    static void Rows(StringWriter output, IReadOnlyList<Masked> head, IEnumerable<IReadOnlyList<Masked>> rows)
    {
        if (head.Count == 0)
            return;
        output.WriteLine($"\n| {string.Join(" | ", head.Select(Escaped))} |\n|{string.Concat(head.Select(_ => "---|"))}");
        foreach (var row in rows)
            output.WriteLine($"| {string.Join(" | ", row.Select(Escaped))} |");
    }

    /// <summary>Texts of logs are not markup.</summary>
    static string Escaped(Masked text) => string.Concat(Shown(text).Select(c => "\\`*_{}[]<>#|!&~".Contains(c, StringComparison.Ordinal) ? $"\\{c}" : $"{c}"));

    static string Shown(Masked text) => Printable.Of(text.ToString());
}
