using Mailflow.Analysis.Builds;
using Mailflow.Ledger;
using Mailflow.Metrics;

namespace Mailflow.Exposition;

/// <summary>The gauges of the builds of the servers. A server whose tracking logs name no build has none.</summary>
static class BuildSamples
{
    public static IEnumerable<Sample<(BuildText Build, ProductName Product, UpdateState State, ServerName Server)>> Info(IEnumerable<ServerBuild> all) =>
        from known in Known(all)
        let state = known.State
        select new Sample<(BuildText, ProductName, UpdateState, ServerName)>(
            1, (new(state.Build.ToString()), new(state.Product?.Name ?? Label.Other), state.State, known.Server));

    public static IEnumerable<Sample<ServerName>> Times(IEnumerable<ServerBuild> all, Func<BuildState, DateTime?> time) =>
        from known in Known(all)
        let at = time(known.State)
        where at is not null
        select new Sample<ServerName>(Scrape.UnixSeconds(at.Value), known.Server);

    static IEnumerable<(ServerName Server, BuildState State)> Known(IEnumerable<ServerBuild> all) =>
        from build in all
        let state = build.State
        where state is not null
        select (new ServerName(build.Server), state);
}
