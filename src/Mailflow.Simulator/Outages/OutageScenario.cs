namespace Mailflow.Simulator.Outages;

/// <summary>A scenario: what happens, in a sentence, and what it changes in the world.</summary>
sealed record OutageScenario(string Name, string Sentence, Action<OutagePlot> Tell)
{
    /// <summary>Connectors with the same smart host.</summary>
    public int Relays { get; init; } = 1;
}

/// <summary>All scenarios.</summary>
static class OutageScenarios
{
    public static readonly IReadOnlyList<OutageScenario> All = [.. RemoteScenarios.All, .. OwnScenarios.All, .. SenderScenarios.All, .. QuietScenarios.All];

    public static OutageScenario? Find(string name) => All.FirstOrDefault(scenario => scenario.Name == name);
}
