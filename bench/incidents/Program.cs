using System.Globalization;
using Mailflow.Analysis.Failures.Own;
using Mailflow.Bench.Incidents;
using Mailflow.Incidents;
using Mailflow.Simulator.Outages;

// IncidentBench [--seeds FROM-TO] [--only NAME,NAME] [--verbose] [--folder FOLDER]
string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
var seeds = (Option("--seeds") ?? "1-20").Split('-');
var (first, last) = (int.Parse(seeds[0], CultureInfo.InvariantCulture), int.Parse(seeds[^1], CultureInfo.InvariantCulture));
var only = Option("--only")?.Split(',');
var verbose = args.Contains("--verbose");
var root = Option("--folder") ?? Path.Combine(Path.GetTempPath(), "mailflow-incidents");
var scenarios = OutageScenarios.All.Where(s => only is null || only.Contains(s.Name, StringComparer.Ordinal)).ToList();
var results = new List<Result>();
var gate = new object();
await Parallel.ForEachAsync(
    scenarios.SelectMany(s => Enumerable.Range(first, last - first + 1), (s, seed) => (Scenario: s, Seed: seed)),
    new ParallelOptions { MaxDegreeOfParallelism = 2 },
    async (run, stop) =>
    {
        var folder = Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"{run.Scenario.Name}-{run.Seed}"));
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        try
        {
            var truth = OutageSimulation.Write(new(folder, run.Scenario) { Seed = run.Seed });
            var found = await IncidentScan.RunAsync([folder], 1, new RulesInForce(), TimeProvider.System, null, stop);
            var result = Result.Of(run.Scenario.Name, run.Seed, truth, found.Incidents);
            lock (gate)
            {
                results.Add(result);
                if (verbose)
                    Console.WriteLine(result.Describe());
            }
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    });
Report.Print(results, first, last);
