using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Tracing;
using Mailflow.Configuration;
using Mailflow.Scan;
using Mailflow.Simulator;
using Mailflow.Tests.Simulate;

namespace Mailflow.Tests.Scan;

/// <summary>What a scan says about messages on their way, compared with the journeys of all messages.</summary>
public sealed class ScanCopyTests
{
    [Theory]
    [InlineData(1, (int)ExchangeVersion.Exchange2019, 2)]
    [InlineData(2, (int)ExchangeVersion.Exchange2019, 4)]
    [InlineData(3, (int)ExchangeVersion.Exchange2010, 3)]
    public async Task Copies_on_their_way_are_those_of_the_journeys(int seed, int version, int workers)
    {
        using var folder = await SimulatedFolder.WrittenAtOnce(
            o => o with { SizeBytes = 6_000_000, Seed = seed, Version = (ExchangeVersion)version, FileBytes = 1_000_000 });
        var pending = Journey.Group(folder.LogPaths.SelectMany(RowsOf).Where(r => !IsNoise(r)))
            .SelectMany(j => j.Recipients)
            .Count(r => r.Fate is (Fate.Pending or Fate.Deferred) && r.Became.Count == 0);
        Assert.True(pending > 0);
        var paths = folder.LogPaths.ToArray();
        new Random(seed).Shuffle(paths);
        using var scanning = new Scanning(workers, new TailOptions(), TimeProvider.System, new());
        var report = await scanning.RunAsync(paths, null, TestContext.Current.CancellationToken);
        Assert.Equal(pending, report.Copies.Sum(c => c.Count + c.Elsewhere));
        Assert.Equal(pending, report.Open.Sum(o => o.Count));
        Assert.Contains(" on their way, the oldest since ", string.Join('\n', ScanCopies.Lines(report)), StringComparison.Ordinal);
    }

    static List<TraceRow> RowsOf(string path)
    {
        var bytes = File.ReadAllBytes(path).AsMemory();
        Assert.True(LogHeader.TryParse(bytes.Span, out var header));
        var rows = new List<TraceRow>();
        new TraceRowReader(header, path, "EX01").Read(bytes, 0, new(), rows);
        return rows;
    }

    static bool IsNoise(TraceRow row) =>
        row.Event.StartsWith("HA", StringComparison.Ordinal) || IsProbe(row.Sender)
        || (row.Recipients.Count > 0 && row.Recipients.All(r => IsProbe(r.Address)));

    static bool IsProbe(string address) =>
        address.StartsWith("HealthMailbox", StringComparison.OrdinalIgnoreCase) || address.StartsWith("extest_", StringComparison.OrdinalIgnoreCase)
        || address.StartsWith("inboundproxy@", StringComparison.OrdinalIgnoreCase)
        || address.EndsWith("@maildeliveryprobe.com", StringComparison.OrdinalIgnoreCase);
}
