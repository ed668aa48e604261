using Mailflow.Simulator;

namespace Mailflow.Tests.Simulate;

/// <summary>Reports on the thread of the simulation, before it goes on; System.Progress reports some time later.</summary>
sealed class Immediately(Action<SimulationProgress> report) : IProgress<SimulationProgress>
{
    public void Report(SimulationProgress value) => report(value);
}
