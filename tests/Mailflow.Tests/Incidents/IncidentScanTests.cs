using Mailflow.Analysis.Failures.Own;
using Mailflow.Incidents;
using Mailflow.Simulator;

namespace Mailflow.Tests.Incidents;

public sealed class IncidentScanTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-incidents-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Logs_are_judged_up_to_their_last_row_whatever_the_number_of_workers()
    {
        using (var simulation = new Simulation(new() { Folder = _folder, Seed = 3, SizeBytes = 3_000_000 }, TimeProvider.System))
            await simulation.RunAsync(null, TestContext.Current.CancellationToken);
        var one = await ScanAsync(1);
        var many = await ScanAsync(3);
        Assert.True(one.Until - one.Report.Newest is { TotalMinutes: > -1 and <= 1 }, $"{one.Until} is not at the end of {one.Report.Newest}.");
        Assert.Equal(one.Until, many.Until);
        Assert.Equal(one.Incidents.Select(i => i.Id), many.Incidents.Select(i => i.Id));
        Assert.Equal(0, one.LeftOut);
    }

    [Fact]
    public async Task Without_a_row_nothing_is_known()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "a.log"), "nothing", TestContext.Current.CancellationToken);
        var found = await ScanAsync(1);
        Assert.Null(found.Until);
        Assert.Empty(found.Incidents);
        Assert.NotEmpty(found.Report.Errors);
    }

    Task<FoundIncidents> ScanAsync(int workers) =>
        IncidentScan.RunAsync([_folder], workers, new() { Current = OwnRules.None }, TimeProvider.System, null, TestContext.Current.CancellationToken);
}
