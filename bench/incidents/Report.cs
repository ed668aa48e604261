using System.Globalization;

namespace Mailflow.Bench.Incidents;

/// <summary>The table: a line for each scenario, then all of them.</summary>
static class Report
{
    public static void Print(List<Result> results, int first, int last)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seeds {first} to {last}"));
        Console.WriteLine("scenario                        runs  true found extra  place cause  open min (median)");
        foreach (var group in results.GroupBy(r => r.Scenario, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
            Line(group.Key, [.. group]);
        Line("all", results);
        var (truths, found) = (results.Sum(r => r.Pairs.Count), results.Sum(r => r.Pairs.Count(p => p.Found is not null)));
        var extra = results.Sum(r => r.Extra.Count);
        var placed = results.Sum(r => r.Pairs.Count(p => p.Found is not null && Result.IsAt(p.Truth, p.Found)));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"precision {found / (double)Math.Max(1, found + extra):0.000}  recall {found / (double)Math.Max(1, truths):0.000}  "
            + $"right place {placed / (double)Math.Max(1, found):0.000}  "
            + $"too many a week {extra / Math.Max(1.0, results.Sum(r => r.Days / 7.0)):0.000} (most in one run: {results.Max(r => r.Extra.Count)})  "
            + $"minutes from third failure to opening, median {Median(results):0.0}"));
    }

    static void Line(string name, List<Result> results)
    {
        var pairs = results.SelectMany(r => r.Pairs).ToList();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-30} {results.Count,5} {pairs.Count,5} {pairs.Count(p => p.Found is not null),5} {results.Sum(r => r.Extra.Count),5}  "
            + $"{pairs.Count(p => p.Found is not null && Result.IsAt(p.Truth, p.Found)),5} "
            + $"{pairs.Count(p => p.Found is not null && Result.HasCause(p.Truth, p.Found)),5}  {Median(results),8:0.0}"));
    }

    static double Median(IEnumerable<Result> results)
    {
        var delays = results.SelectMany(r => r.Pairs).Where(p => p is { Truth.ThirdFailure: not null, Found: not null })
            .Select(p => (p.Found!.Opened - p.Truth.ThirdFailure!.Value).TotalMinutes).Order().ToList();
        return delays.Count == 0 ? 0 : delays[delays.Count / 2];
    }
}
