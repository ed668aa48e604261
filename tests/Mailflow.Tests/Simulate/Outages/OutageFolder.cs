using Mailflow.Simulator.Outages;

namespace Mailflow.Tests.Simulate.Outages;

/// <summary>A temporary folder with the logs of a scenario.</summary>
sealed class OutageFolder : IDisposable
{
    public OutageFolder(string scenario, int seed = 1, int days = 14, int servers = 3) =>
        Truth = OutageSimulation.Write(new(Path, OutageScenarios.Find(scenario)!) { Seed = seed, Days = days, Servers = servers });

    public string Path { get; } = Directory.CreateTempSubdirectory("mailflow-outage-").FullName;

    public OutageTruth Truth { get; }

    public IReadOnlyList<string> LogPaths => [.. Directory.GetFiles(Path, "*.LOG", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
