using Mailflow.Simulator;

namespace Mailflow.Tests.Simulate;

/// <summary>Reports synchronously on the thread of the simulation; System.Progress reports later.</summary>
sealed class Immediately(Action<SimulationProgress> report) : IProgress<SimulationProgress>
{
    public void Report(SimulationProgress value) => report(value);
}
