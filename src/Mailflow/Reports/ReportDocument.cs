using Mailflow.Privacy;

namespace Mailflow.Reports;

/// <summary>A report in words, for all forms that people read.</summary>
sealed record ReportDocument(Masked Title, Masked Verdict, bool IsGood, IReadOnlyList<ReportSection> Sections);

/// <summary>A part with a heading: sentences, then a table or bars.</summary>
/// <param name="Head">The headings of the columns; empty where there is no table.</param>
sealed record ReportSection(Masked Title, IReadOnlyList<Masked> Lines, IReadOnlyList<Masked> Head, IReadOnlyList<IReadOnlyList<Masked>> Rows)
{
    /// <summary>One for each step of time; empty where there are none.</summary>
    public IReadOnlyList<ReportBar> Bars { get; init; } = [];
}

/// <summary>A bar of a chart.</summary>
sealed record ReportBar(Masked Label, long Reached, long Failed);
