using System.Security.Cryptography;
using Mailflow.Simulator;

namespace Mailflow.Tests.Simulate;

public sealed class AtOnceTests
{
    public static TheoryData<string> Versions => [.. Enum.GetNames<ExchangeVersion>()];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Naive_recount_equals_the_truth(string version)
    {
        using var folder = await SimulatedFolder.WrittenAtOnce(megabytes: 12, version: Enum.Parse<ExchangeVersion>(version));
        var (truth, recount) = (folder.Truth, Recount.Of(folder.LogPaths));

        Assert.True(truth.Finished);
        Assert.Equal(truth.Rows, recount.Rows);
        Assert.Equal(truth.Bytes, recount.Bytes);
        Assert.Equal(truth.Files, folder.LogPaths.Count);
        Assert.Equal(truth.Events, recount.Events);
        Assert.Equal(truth.Noise, recount.Noise);
        Assert.Equal(truth.Messages, recount.Messages);
        Assert.Equal(truth.MessagesByDirection, recount.MessagesByDirection);
        Assert.Equal(truth.Messages["failed"], truth.Failures.Values.Sum());
        Assert.Equal(truth.Messages["deferred"], truth.Deferrals.Values.Sum());
        Assert.All(truth.FailuresByDomain, domain => Assert.Equal(domain.Value, recount.FailuresByDomain[domain.Key]));
        Assert.All(truth.LatencyMs, outcome => Assert.Equal(outcome.Value, LatencyOf(recount.LatencyMs[outcome.Key])));
    }

    [Theory]
    [InlineData("Exchange2007", 21)]
    [InlineData("Exchange2010", 26)]
    [InlineData("Exchange2013", 27)]
    [InlineData("Exchange2016", 30)]
    [InlineData("Exchange2019", 30)]
    public async Task Every_line_has_the_fields_of_its_header(string version, int fields)
    {
        using var folder = await SimulatedFolder.WrittenAtOnce(megabytes: 3, version: Enum.Parse<ExchangeVersion>(version));
        var recount = Recount.Of(folder.LogPaths);

        Assert.All(folder.LogPaths, path => Assert.Equal(fields, File.ReadLines(path).Skip(4).First().Split(',').Length));
        Assert.Equal(0, recount.Misfits);
        Assert.Equal(0, recount.Misquoted);
        Assert.True(recount.Rows > 1000);
    }

    [Fact]
    public async Task Same_seed_gives_the_same_bytes()
    {
        using var one = await SimulatedFolder.WrittenAtOnce(megabytes: 4, seed: 7);
        using var again = await SimulatedFolder.WrittenAtOnce(megabytes: 4, seed: 7);
        using var other = await SimulatedFolder.WrittenAtOnce(megabytes: 4, seed: 8);

        Assert.Equal(Hash(one), Hash(again));
        Assert.NotEqual(Hash(one), Hash(other), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Files_roll_at_their_size_and_at_the_hour()
    {
        using var folder = await SimulatedFolder.WrittenAtOnce(options => options with
        {
            SizeBytes = 3_000_000,
            FileBytes = 700_000,
            Start = new(2026, 3, 31, 23, 59, 0, TimeSpan.Zero),
        });

        Assert.Equal(
            "MSGTRK2026033123-1.LOG MSGTRK2026040100-1.LOG MSGTRK2026040100-2.LOG MSGTRK2026040100-3.LOG "
            + "MSGTRKMD2026033123-1.LOG MSGTRKMD2026040100-1.LOG MSGTRKMS2026033123-1.LOG MSGTRKMS2026040100-1.LOG",
            string.Join(' ', folder.LogNames.Split(' ').Where(name => !name.StartsWith("MSGTRKMA", StringComparison.Ordinal))));
        Assert.All(folder.LogPaths, path => Assert.InRange(new FileInfo(path).Length, 1, 700_000 + 20_000));
        Assert.All(folder.LogPaths, StartsWithMarkAndHeader);
    }

    [Fact]
    public async Task Files_of_Exchange_2010_are_daily_and_of_two_kinds()
    {
        using var folder = await SimulatedFolder.WrittenAtOnce(options => options with { SizeBytes = 1_000_000, Version = ExchangeVersion.Exchange2010 });

        Assert.Equal("MSGTRK20260105-1.LOG MSGTRKM20260105-1.LOG", folder.LogNames);
    }

    [Fact]
    public async Task Line_ends_and_byte_order_mark_can_be_chosen()
    {
        using var folder = await SimulatedFolder.WrittenAtOnce(options => options with { SizeBytes = 500_000, Lf = true, Bom = false });
        using var usual = await SimulatedFolder.WrittenAtOnce(options => options with { SizeBytes = 500_000 });

        Assert.All(folder.LogPaths, path => Assert.DoesNotContain((byte)'\r', File.ReadAllBytes(path)));
        Assert.All(folder.LogPaths, path => Assert.Equal((byte)'#', File.ReadAllBytes(path)[0]));
        Assert.All(usual.LogPaths, path => Assert.Equal(File.ReadAllBytes(path).Count(b => b == '\r'), File.ReadAllBytes(path).Count(b => b == '\n')));
    }

    [Fact]
    public async Task Simulation_rejects_a_folder_with_other_logs()
    {
        using var folder = await SimulatedFolder.WrittenAtOnce(megabytes: 1);

        var refusal = await Assert.ThrowsAsync<IOException>(() => SimulatedFolder.Write(folder.Options() with { SizeBytes = 1 }));
        Assert.Contains("already holds tracking logs", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelled_simulation_ends_with_whole_lines_and_matching_truth()
    {
        using var folder = new SimulatedFolder();
        using var cancel = new CancellationTokenSource();
        using var simulation = new Simulation(folder.Options() with { SizeBytes = long.MaxValue }, TimeProvider.System);
        await simulation.RunAsync(new Immediately(_ => cancel.Cancel()), cancel.Token);

        Assert.True(folder.Truth.Finished);
        Assert.Equal(folder.Truth.Rows, Recount.Of(folder.LogPaths).Rows);
    }

    static LatencyTruth LatencyOf(List<long> latencies)
    {
        latencies.Sort();
        return latencies.Count == 0
            ? new(0, 0, 0, 0, 0)
            : new(latencies.Count, latencies.Sum(), NearestRank(50), NearestRank(95), NearestRank(99));

        long NearestRank(int percent) => latencies[(int)Math.Ceiling(latencies.Count * percent / 100m) - 1];
    }

    static void StartsWithMarkAndHeader(string path)
    {
        var bytes = File.ReadAllBytes(path);
        Assert.True(bytes.AsSpan().StartsWith("\uFEFF#Software: Microsoft Exchange Server\r\n#Version: 15.02."u8));
        Assert.Equal(0, bytes.AsSpan().LastIndexOf("\uFEFF"u8));
    }

    static string Hash(SimulatedFolder folder) => string.Join('\n', folder.LogPaths.Select(path =>
        $"{Path.GetFileName(path)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))}"));
}
