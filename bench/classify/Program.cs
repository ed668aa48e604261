using System.Diagnostics;
using System.Globalization;
using Mailflow.Analysis.Failures;
using Mailflow.Bench.Classify;

var files = args.Where(File.Exists).ToArray();
if (files.Length == 0)
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project bench/classify -- FILE.tsv... [--wrong] [--speed]");
    return 2;
}
foreach (var file in files)
{
    var rows = Labelled.Read(file);
    Score.Print(Path.GetFileName(file), rows, args.Contains("--wrong"));
    if (args.Contains("--speed"))
        Speed(rows);
}
return 0;

static void Speed(IReadOnlyList<Labelled> rows)
{
    // Different texts: each row with another address and number, so that nothing is seen twice.
    var texts = Enumerable.Range(0, 100_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"{rows[i % rows.Count].Text} id {i}")).ToArray();
    foreach (var text in texts.Take(5000))
        Diagnosis.Of(text);
    var chars = texts.Sum(t => (long)t.Length);
    var best = double.MaxValue;
    for (var round = 0; round < 5; round++)
    {
        var watch = Stopwatch.StartNew();
        foreach (var text in texts)
            Diagnosis.Of(text);
        best = Math.Min(best, watch.Elapsed.TotalSeconds);
    }
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"speed {texts.Length / best:N0} texts/s on one core, {chars / texts.Length} characters each"));
}
