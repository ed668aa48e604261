using Mailflow.Bench.Classify;

string[] standard =
[
    "tests/Mailflow.Analysis.Tests/Samples/diagnostics/corpus.tsv",
    "../shared/data/ndr/gold-dev.tsv",
    "../shared/data/ndr/dev.tsv",
    "../shared/data/ndr/fresh-dev.tsv",
    "../shared/data/ndr/real-mta-dev.tsv",
];
var files = args.Where(a => !a.StartsWith("--", StringComparison.Ordinal)).ToArray();
if (files.Length == 0)
    files = [.. standard.Where(File.Exists)];
if (files.Length == 0 || files.FirstOrDefault(f => !File.Exists(f)) is not null)
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project bench/classify -- [FILE.tsv...] [--details] [--wrong] [--answers] [--speed]");
    Console.Error.WriteLine("Without files it reads the project's corpus, from the root of the repository. A file has the columns text and cause.");
    return 2;
}
foreach (var file in files)
{
    var rows = Labelled.Read(file);
    var score = new Score(Path.GetFileName(file), rows);
    score.PrintSummary();
    var parts = new (string Name, Func<Labelled, bool> Holds)[] { ("whose label is not doubtful", r => !r.Doubtful), ("of Exchange", r => r.IsOfExchange) };
    foreach (var (name, holds) in parts)
        if (rows.Where(holds).ToList() is { Count: > 0 } part && part.Count < rows.Count)
            new Score($"{Path.GetFileName(file)}, those {name}", part).PrintSummary();
    if (args.Contains("--details"))
        score.PrintDetails();
    if (args.Contains("--wrong"))
        score.PrintWrong();
    if (args.Contains("--answers"))
        score.PrintAnswers();
    if (args.Contains("--speed"))
        Speed.Print(rows);
}
return 0;
