using System.Diagnostics;
using System.Globalization;
using Mailflow.Bench.Fuzz;

// dotnet run -c Release --project bench/Fuzz -- [inputs of each reader] [seed] [reader]
var inputs = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 200_000;
var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
var slowest = TimeSpan.FromSeconds(2);
var failed = false;
Console.WriteLine("| reader | inputs | inputs/s | kept for new behaviour | slowest ms |\n|---|---|---|---|---|");
foreach (var target in Targets.All.Where(t => args.Length < 3 || t.Name == args[2]))
{
    var chance = new Random(seed);
    var corpus = new Corpus(target.Seeds, target.Words, chance);
    var clock = Stopwatch.StartNew();
    var longest = TimeSpan.Zero;
    for (var i = 0L; i < inputs; i++)
    {
        var input = corpus.Next();
        var before = clock.Elapsed;
        string? fault = null;
        var behaviour = 0;
        try
        {
            behaviour = target.Read(input);
        }
        catch (Exception e)
        {
            fault = e.ToString();
        }

        var took = clock.Elapsed - before;
        if (fault is null && took > longest)
        {
            // The machine may have been busy: an input counts as slow only if it is slow twice.
            before = clock.Elapsed;
            _ = target.Read(input);
            var again = clock.Elapsed - before;
            took = again < took ? again : took;
            longest = took > longest ? took : longest;
            fault = took > slowest ? $"took {took}" : null;
        }

        if (fault is not null)
        {
            var path = Path.GetFullPath($"{target.Name}-{seed}-{i}.bin");
            File.WriteAllBytes(path, input);
            Console.Error.WriteLine($"{path}: {fault}");
            failed = true;
            break;
        }

        corpus.Learn(input, behaviour);
    }

    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {target.Name} | {inputs:N0} | {inputs / clock.Elapsed.TotalSeconds:N0} | {corpus.Kept} | {longest.TotalMilliseconds:N0} |"));
}

return failed ? 1 : 0;
