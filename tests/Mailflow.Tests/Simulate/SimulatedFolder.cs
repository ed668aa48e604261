using Mailflow.Simulator;

namespace Mailflow.Tests.Simulate;

/// <summary>A temporary folder with the logs of a simulation.</summary>
sealed class SimulatedFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mailflow-sim-").FullName;

    public Truth Truth => SimulationTruth.Load(Path);

    public IReadOnlyList<string> LogPaths => [.. Directory.GetFiles(Path, "*.LOG").Order(StringComparer.Ordinal)];

    /// <summary>Sorted and separated by spaces.</summary>
    public string LogNames => string.Join(' ', LogPaths.Select(path => System.IO.Path.GetFileName(path)));

    public SimulationOptions Options(ExchangeVersion version = ExchangeVersion.Exchange2019) => new() { Folder = Path, Version = version };

    public static Task<SimulatedFolder> WrittenAtOnce(long megabytes, int seed = 1, ExchangeVersion version = ExchangeVersion.Exchange2019) =>
        WrittenAtOnce(options => options with { SizeBytes = megabytes * 1_000_000, Seed = seed, Version = version });

    public static async Task<SimulatedFolder> WrittenAtOnce(Func<SimulationOptions, SimulationOptions> change)
    {
        var folder = new SimulatedFolder();
        await Write(change(folder.Options()));
        return folder;
    }

    public static async Task Write(SimulationOptions options)
    {
        using var simulation = new Simulation(options, TimeProvider.System);
        await simulation.RunAsync(progress: null, TestContext.Current.CancellationToken);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
