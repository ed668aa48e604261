using Mailflow.Analysis.Messages;
using Mailflow.Ledger;
using Mailflow.Scan;
using Mailflow.Tail;
using Mailflow.Tests.Tail;

namespace Mailflow.Tests.Scan;

/// <summary>What a scan says of files that are not quite logs.</summary>
public sealed class ScanLogTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-scan-").FullName;

    string Log => Path.Combine(_folder, "a.log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData('x', 10_000_000, Unreadable.LineTooLong)]
    [InlineData('\0', 1000, Unreadable.NulBytes)]
    [InlineData('\0', 10_000_000, Unreadable.NulBytes)]
    public async Task A_last_line_that_cannot_be_read_is_counted_also_without_its_end(char letter, int length, Unreadable reason)
    {
        foreach (var before in new[] { "", "2024-05-06T07" })
        {
            File.WriteAllText(Log, Logs.Header() + Logs.Rows(0, 1) + before + new string(letter, length));
            var report = await ScanAsync(Log);
            Assert.Equal(1, report.Sum(Counter.Rows));
            Assert.Equal([(reason.Name(), 1L)], report.By(Counter.Unreadable, k => k.A));
            Assert.Equal(Logs.Header().Length + Logs.Rows(0, 1).Length, Assert.Single(report.Places).Offset);
            Assert.Equal(0, report.UnfinishedLines);
        }
    }

    static async Task<ScanReport> ScanAsync(params string[] paths)
    {
        using var scanning = new Scanning(2, new TailOptions(), TimeProvider.System);
        return await scanning.RunAsync(paths, null, TestContext.Current.CancellationToken);
    }
}
