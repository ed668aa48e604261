namespace Mailflow.Analysis.Builds;

/// <summary>A server with what the build in its newest tracking log says.</summary>
/// <param name="Written">When that log was started, UTC.</param>
public sealed record ServerState(string Server, BuildState Build, DateTime Written);
