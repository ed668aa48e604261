using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Configuration;
using Mailflow.Metrics;
using Mailflow.Scan;

namespace Mailflow.Tests.Simulate;

public sealed class SmtpLogsTests
{
    [Fact]
    public async Task Scan_equals_the_truth_of_connections_and_sessions()
    {
        // Small files, so that sessions begin in one and end in the next.
        using var folder = await SimulatedFolder.WrittenAtOnce(
            options => options with { SizeBytes = 12_000_000, FileBytes = 200_000, AllLogs = true, Seed = 2 });
        using var scanning = new Scanning(2, new TailOptions(), TimeProvider.System, new());
        var report = await scanning.RunAsync([folder.Path], null, TestContext.Current.CancellationToken);
        var truth = folder.Truth;
        var smtp = truth.Smtp!;

        Assert.Empty(report.LeftAlone);
        Assert.Equal(0, report.Sum(Counters.UnreadableRows));
        Assert.Equal(truth.Rows + smtp.Rows, report.Sum(Counters.Rows));
        Assert.Equal(truth.Bytes + smtp.Bytes, report.Bytes);
        Assert.Equal(truth.Files + smtp.Files, report.Files);
        Assert.Equal(smtp.Connections, By(report, Counters.Connections, k => $"{k.Source.Name()}|{k.Outcome.Name()}"));
        Assert.Equal(smtp.SocketErrors, By(report, Counters.SocketErrors, k => k.Error.Name));
        Assert.Equal(smtp.Retries, By(report, Counters.ConnectionRetries, k => k.Cause.Name()));
        Assert.Equal((smtp.Messages, smtp.MessageBytes), (report.Sum(Counters.DestinationMessages), report.Sum(Counters.DestinationBytes)));
        Assert.Equal(smtp.Sessions, By(report, Counters.SmtpSessions, k => $"{k.Direction.Name()}|{k.Outcome.Name()}|{k.Tls.Name()}"));
        Assert.Equal(smtp.Refusals, By(report, Counters.SmtpRefusals, k => $"{k.Direction.Name()}|{k.Stage.Name()}|{k.Cause.Name()}"));
        // The tracking log is the same with and without these logs.
        Assert.Equal(truth.Failures, By(report, Counters.Failures, k => k.Cause.Name()));
        Assert.Equal(truth.Messages, By(report, Counters.Messages, k => k.Outcome.Name()));

        Assert.All(
            ["accepted", "refused", "tls-failed", "no-message", "unknown-start"],
            outcome => Assert.Contains(smtp.Sessions, s => s.Key.Contains($"|{outcome}|", StringComparison.Ordinal)));
        Assert.All(["banner", "mail", "rcpt", "data"], stage => Assert.Contains(smtp.Refusals, r => r.Key.Contains($"|{stage}|", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Tracking_logs_do_not_depend_on_other_logs()
    {
        using var folder = await SimulatedFolder.WrittenAtOnce(megabytes: 1);
        Assert.Null(folder.Truth.Smtp);
        Assert.Empty(Directory.GetDirectories(folder.Path));
    }

    [Fact]
    public async Task Sessions_are_sorted_by_time_and_interleaved()
    {
        using var folder = await SimulatedFolder.WrittenAtOnce(options => options with { SizeBytes = 2_000_000, AllLogs = true });
        foreach (var path in Directory.GetFiles(folder.Path, "*.LOG", SearchOption.AllDirectories).Where(p => !p.Contains("MSGTRK", StringComparison.Ordinal)))
        {
            var rows = File.ReadLines(path).Where(l => l.StartsWith("20", StringComparison.Ordinal)).Select(l => l.Split(',')).ToList();
            Assert.NotEmpty(rows);
            Assert.Equal(rows.Select(r => r[0]).Order(StringComparer.Ordinal), rows.Select(r => r[0]));
            if (rows.Count > 1000 && path.Contains("SmtpReceive", StringComparison.Ordinal))
                Assert.True(rows.Zip(rows.Skip(1)).Count(p => p.First[2] != p.Second[2]) > 2 * rows.Count(r => r[6] == "+"));
        }
    }

    static SortedDictionary<string, long> By<TKey>(ScanReport report, Counter<TKey> counter, Func<TKey, string> label)
        where TKey : notnull =>
        new(report.By(counter, label).ToDictionary(c => c.Label, c => c.Count, StringComparer.Ordinal), StringComparer.Ordinal);
}
