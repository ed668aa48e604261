using System.Globalization;
using Mailflow.Analysis.Failures;

namespace Mailflow.Bench.Classify;

/// <summary>Compares the classifier's answers with labels.</summary>
sealed class Score(string name, IReadOnlyList<Labelled> rows)
{
    // The first characters of CauseFacts.GuideCause for the guide's six causes.
    const string GuideCauses = "123456";

    readonly Diagnosis[] _answers = [.. rows.Select(r => Diagnosis.Of(r.Text))];

    public void PrintSummary()
    {
        var guide = Enumerable.Range(0, rows.Count)
            .Where(i => CauseTable.TryParse(rows[i].Cause, out var c) && GuideCauses.Contains(CauseTable.Of(c).GuideCause[0], StringComparison.Ordinal))
            .ToArray();
        var sure = Enumerable.Range(0, rows.Count).Where(i => _answers[i].Confidence >= 0.8).ToArray();
        var permanence = Enumerable.Range(0, rows.Count).Where(i => rows[i].Permanence.Length > 0).ToArray();
        var fault = Enumerable.Range(0, rows.Count).Where(i => rows[i].Fault.Length > 0).ToArray();
        Line($"{name}: {rows.Count} texts");
        Line(
            $"  cause                    {Ratio(rows.Count(Exact), rows.Count)}  (as right as the label: ",
            $"{Ratio(rows.Count(Accepted), rows.Count)}), macro-F1 {MacroF1():F3}");
        Line($"  the guide's cause        {Ratio(guide.Count(SameGuideCause), guide.Length)}  of {guide.Length}");
        Line(
            $"  at confidence >= 0.8     {Ratio(sure.Count(i => Exact(rows[i], i)), sure.Length)}  (as right as the label: ",
            $"{Ratio(sure.Count(i => Accepted(rows[i], i)), sure.Length)}) of {sure.Length}; calibration error {CalibrationError():F3}");
        if (permanence.Length > 0)
            Line(
                $"  permanence               {Ratio(permanence.Count(i => rows[i].Permanence == _answers[i].Permanence.Name()), permanence.Length)}",
                $"  of {permanence.Length}");
        if (fault.Length > 0)
            PrintFault(fault);
    }

    void PrintFault(int[] labelled)
    {
        var right = labelled.Where(i => Accepted(rows[i], i)).ToArray();
        var said = right.Count(i => _answers[i].Fault == Fault.Ours);
        var truth = right.Count(i => rows[i].Fault == "ours");
        var both = right.Count(i => rows[i].Fault == "ours" && _answers[i].Fault == Fault.Ours);
        Line(
            $"  fault                    {Ratio(labelled.Count(i => SameFault(i)), labelled.Length)}  of {labelled.Length}; where the cause is right ",
            $"{Ratio(right.Count(SameFault), right.Length)}, ours: precision {Ratio(both, said)}, recall {Ratio(both, truth)}");
    }

    bool SameFault(int i) => rows[i].Fault == _answers[i].Fault.Name();

    // The mean difference between the confidence of an answer and how often answers of that confidence are right, in steps of 0.1.
    double CalibrationError() => Enumerable.Range(0, rows.Count).GroupBy(i => Math.Floor(_answers[i].Confidence * 10))
        .Sum(g => Math.Abs(g.Sum(i => (Accepted(rows[i], i) ? 1 : 0) - _answers[i].Confidence))) / rows.Count;

    public void PrintDetails()
    {
        Line($"  {"cause",-22}{"texts",6}{"precision",10}{"recall",8}{"F1",7}  taken for");
        foreach (var cause in CauseTable.All)
        {
            var truth = rows.Count(r => r.Cause == cause.Name);
            var said = _answers.Count(a => a.Cause == cause.Cause);
            var both = Both(cause.Name);
            if (truth + said == 0)
                continue;
            var wrong = Enumerable.Range(0, rows.Count).Where(i => rows[i].Cause == cause.Name && _answers[i].Cause != cause.Cause)
                .GroupBy(i => _answers[i].Cause.Name(), StringComparer.Ordinal).OrderByDescending(g => g.Count()).Select(g => $"{g.Key} {g.Count()}");
            Line($"  {cause.Name,-22}{truth,6}{Ratio(both, said),10}{Ratio(both, truth),8}{2.0 * both / (truth + said),7:F3}  {string.Join(", ", wrong)}");
        }
        Line($"  {"confidence",-22}{"texts",6}{"right",10}");
        foreach (var bin in Enumerable.Range(0, rows.Count).GroupBy(i => Math.Floor(_answers[i].Confidence * 20) / 20).OrderByDescending(g => g.Key))
            Line($"  {$"{bin.Key:F2} to {bin.Key + 0.05:F2}",-22}{bin.Count(),6}{Ratio(bin.Count(i => Accepted(rows[i], i)), bin.Count()),10}");
    }

    /// <summary>One line per text, separated by tabs: right, as right, or wrong; confidence; evidence; answer; label; text.</summary>
    public void PrintAnswers()
    {
        for (var i = 0; i < rows.Count; i++)
        {
            var (row, answer) = (rows[i], _answers[i]);
            var evidence = answer.Evidence.Count == 0 ? "nothing" : $"{answer.Evidence[0].Kind} {answer.Evidence[0].Found}";
            var right = Exact(row, i) ? "right" : Accepted(row, i) ? "as-right" : row.Doubtful ? "doubtful" : "wrong";
            Line($"{right}\t{answer.Confidence:F2}\t{evidence}\t{answer.Cause.Name()}\t{row.Cause}\t{row.Text}");
        }
    }

    public void PrintWrong()
    {
        for (var i = 0; i < rows.Count; i++)
        {
            var (row, answer) = (rows[i], _answers[i]);
            var said = answer.Evidence.Count == 0 ? "nothing" : answer.Evidence[0].Found;
            if (!Exact(row, i))
                Line(
                    $"  {(Accepted(row, i) ? '~' : '-')} {row.Cause} <> {answer.Cause.Name()} ({answer.Confidence:F2}, ",
                    $"{said}): {row.Text[..Math.Min(row.Text.Length, 200)]}");
            else if ((row.Permanence.Length > 0 && row.Permanence != answer.Permanence.Name()) || (row.Fault.Length > 0 && row.Fault != answer.Fault.Name()))
                Line(
                    $"  f {row.Permanence} {row.Fault} <> {answer.Permanence.Name()} {answer.Fault.Name()} ({row.Cause}, ",
                    $"{said}): {row.Text[..Math.Min(row.Text.Length, 200)]}");
        }
    }

    bool Exact(Labelled row, int i) => row.Cause == _answers[i].Cause.Name();

    bool Accepted(Labelled row, int i) => Exact(row, i) || row.Others.Contains(_answers[i].Cause.Name(), StringComparer.Ordinal);

    bool SameGuideCause(int i) =>
        CauseTable.TryParse(rows[i].Cause, out var cause) && CauseTable.Of(cause).GuideCause == CauseTable.Of(_answers[i].Cause).GuideCause;

    int Both(string cause) => Enumerable.Range(0, rows.Count).Count(i => rows[i].Cause == cause && _answers[i].Cause.Name() == cause);

    double MacroF1() => rows.Select(r => r.Cause).Distinct(StringComparer.Ordinal)
        .Average(cause => 2.0 * Both(cause) / (rows.Count(r => r.Cause == cause) + _answers.Count(a => a.Cause.Name() == cause)));

    static string Ratio(int part, int whole) => whole == 0 ? "-" : ((double)part / whole).ToString("F3", CultureInfo.InvariantCulture);

    static void Line(params FormattableString[] parts) => Console.WriteLine(string.Concat(parts.Select(FormattableString.Invariant)));
}

static class Indexed
{
    public static int Count(this IReadOnlyList<Labelled> rows, Func<Labelled, int, bool> predicate) => rows.Where(predicate).Count();
}
