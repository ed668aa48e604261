using System.Globalization;
using Mailflow.Analysis.Failures;

namespace Mailflow.Bench.Classify;

/// <summary>Compares the classifier's answers with labels.</summary>
static class Score
{
    public static void Print(string name, IReadOnlyList<Labelled> rows, bool wrong)
    {
        var answers = rows.Select(r => Diagnosis.Of(r.Text)).ToArray();
        var right = 0;
        var lenient = 0;
        var confident = 0;
        var confidentRight = 0;
        var permanences = 0;
        var permanencesRight = 0;
        for (var i = 0; i < rows.Count; i++)
        {
            var (row, answer) = (rows[i], answers[i]);
            var exact = answer.Cause.Name() == row.Cause;
            var accepted = exact || row.Others.Contains(answer.Cause.Name(), StringComparer.Ordinal);
            right += exact ? 1 : 0;
            lenient += accepted ? 1 : 0;
            if (answer.Confidence >= 0.8)
            {
                confident++;
                confidentRight += accepted ? 1 : 0;
            }
            if (row.Permanence.Length > 0)
            {
                permanences++;
                permanencesRight += answer.Permanence.Name() == row.Permanence ? 1 : 0;
            }
            if (wrong && !exact)
                Console.WriteLine($"{(accepted ? "~" : "-")} {row.Cause} <> {answer.Cause.Name()} ({answer.Confidence:F2}; {string.Join(" ", answer.Evidence.Take(1).Select(e => e.Found))}): {row.Text[..Math.Min(row.Text.Length, 220)]}");
        }
        Line($"== {name}: {rows.Count} rows, accuracy {Ratio(right, rows.Count)}, with alternates {Ratio(lenient, rows.Count)}, macro-F1 {MacroF1(rows, answers):F3}");
        Line($"   confidence >= 0.8: {confident} answers, {Ratio(confidentRight, confident)} right; permanence {Ratio(permanencesRight, permanences)} of {permanences}");
    }

    static double MacroF1(IReadOnlyList<Labelled> rows, Diagnosis[] answers)
    {
        var causes = rows.Select(r => r.Cause).Distinct(StringComparer.Ordinal).ToArray();
        return causes.Average(cause =>
        {
            var truth = rows.Count(r => r.Cause == cause);
            var said = answers.Count(a => a.Cause.Name() == cause);
            var both = rows.Where((r, i) => r.Cause == cause && answers[i].Cause.Name() == cause).Count();
            return 2.0 * both / (truth + said);
        });
    }

    static string Ratio(int part, int whole) => whole == 0 ? "-" : ((double)part / whole).ToString("F3", CultureInfo.InvariantCulture);

    static void Line(FormattableString text) => Console.WriteLine(FormattableString.Invariant(text));
}
