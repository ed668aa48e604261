using System.Globalization;
using System.Text;
using Mailflow.Analysis.Failures;

namespace Mailflow.Bench.Classify;

/// <summary>How many status texts one core judges in a second: different ones without a cache, and repeated ones with it.</summary>
static class Speed
{
    const int Texts = 100_000;

    public static void Print(IReadOnlyList<Labelled> rows)
    {
        // Each text has a number of its own, so that none is seen twice.
        var texts = Enumerable.Range(0, Texts).Select(i => string.Create(CultureInfo.InvariantCulture, $"{rows[i % rows.Count].Text} id {i}")).ToArray();
        var different = Best(() =>
        {
            foreach (var text in texts)
                Diagnosis.Of(text);
        });
        var cache = new DiagnosisCache(2 * rows.Count);
        var seen = rows.Select(r => Encoding.UTF8.GetBytes(r.Text)).ToArray();
        var allocated = 0L;
        var repeated = Best(() =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Texts; i++)
                cache.Get(seen[i % seen.Length]);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  different texts          {Texts / different:N0} a second, {texts.Average(t => t.Length):F0} characters each"));
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"  texts seen before        {Texts / repeated:N0} a second, {allocated} bytes allocated"));
    }

    static double Best(Action action)
    {
        var best = double.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            // Processor time: what other programs do on the machine does not count.
            var before = Environment.CpuUsage.TotalTime;
            action();
            best = Math.Min(best, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
        }
        return best;
    }
}
