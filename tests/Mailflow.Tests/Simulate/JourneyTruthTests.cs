using System.Globalization;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Tracing;
using Mailflow.Simulator;

namespace Mailflow.Tests.Simulate;

/// <summary>What Mailflow reads from the logs of all servers is what the simulator decided: the fate of each recipient, and what is on its way.</summary>
public sealed class JourneyTruthTests
{
    /// <summary>JOURNEY_SEED=n adds n to each seed, to try other mail.</summary>
    static readonly int More = int.TryParse(Environment.GetEnvironmentVariable("JOURNEY_SEED"), CultureInfo.InvariantCulture, out var more) ? more : 0;

    public static TheoryData<string, int, int> Organisations => new()
    {
        { "Exchange2010", 1, More + 1 },
        { "Exchange2010", 3, More + 2 },
        { "Exchange2013", 2, More + 3 },
        { "Exchange2016", 4, More + 4 },
        { "Exchange2019", 1, More + 5 },
        { "Exchange2019", 3, More + 6 },
    };

    [Theory]
    [MemberData(nameof(Organisations))]
    public async Task Journeys_of_the_logs_are_those_of_the_simulation(string version, int servers, int seed)
    {
        using var folder = await Written(version, servers, seed);
        var expected = JourneyFile.Load(folder.Path).ToDictionary(j => j.MessageId, StringComparer.Ordinal);
        var found = Journey.Group(RowsOf(folder, servers)).Where(j => j.MessageId.Length > 0).ToDictionary(j => j.MessageId, StringComparer.Ordinal);

        Assert.True(expected.Count > 500);
        Assert.All(expected.Values, journey => Assert.Equal(TextOf(journey), TextOf(found[journey.MessageId])));
        Assert.All(
            found.Values.Where(j => !expected.ContainsKey(j.MessageId) && !IsNoise(j.Sender)).SelectMany(j => j.Recipients),
            r => Assert.True(IsNoise(r.Address), $"{r.Address} is {r.Fate} in the logs, and not in journeys.jsonl."));
    }

    [Theory]
    [MemberData(nameof(Organisations))]
    public async Task Messages_on_their_way_are_those_of_the_simulation(string version, int servers, int seed)
    {
        using var folder = await Written(version, servers, seed);
        var truth = folder.Truth;
        var expected = truth.OnTheirWay.Select(p => $"{p.MessageId} {p.Recipient} {p.Outcome} {p.Server}");
        var journeys = JourneyFile.Load(folder.Path).Select(j => j.MessageId).ToHashSet(StringComparer.Ordinal);
        var found =
            from journey in Journey.Group(RowsOf(folder, servers))
            where journeys.Contains(journey.MessageId)
            from fate in journey.Recipients
            where fate.Fate is Fate.Pending or Fate.Deferred
            select $"{journey.MessageId} {fate.Address} {fate.Fate.ToString().ToLowerInvariant()} {fate.Server}";

        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        Assert.Equal(truth.OnTheirWay.Count, truth.Pending.Values.Sum(p => p.Recipients));
        Assert.NotEmpty(truth.Pending);
    }

    [Theory]
    [InlineData("Exchange2010")]
    [InlineData("Exchange2019")]
    public async Task Counts_of_several_servers_are_those_of_the_truth(string version)
    {
        using var folder = await Written(version, servers: 3, seed: 9);
        var recount = Recount.Of(LogsOf(folder, 3).Select(log => log.Path));

        Assert.Equal(folder.Truth.Rows, recount.Rows);
        Assert.Equal(folder.Truth.Bytes, recount.Bytes);
        Assert.Equal(folder.Truth.Events, recount.Events);
        Assert.Equal(folder.Truth.Messages, recount.Messages);
        Assert.Equal(0, recount.Misfits);
        Assert.Equal(["EDGE01", "EX01", "EX02", "EX03"], Directory.GetDirectories(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Messages_are_lost_in_logs_of_several_days_and_some_loop(int servers)
    {
        using var folder = await SimulatedFolder.WrittenAtOnce(
            options => (options with { Servers = servers, SizeBytes = 12_000_000, Rarely = 5 }).Covering(TimeSpan.FromDays(6)));
        var truth = folder.Truth;

        Assert.InRange(truth.Lost.Messages, 10, truth.Lost.Recipients);
        Assert.Equal(truth.OnTheirWay.Count(p => p.At < truth.Newest.AddDays(-2)), truth.Lost.Recipients);
        Assert.InRange((truth.Newest - new SimulationOptions { Folder = "" }.Start.UtcDateTime).TotalDays, 4, 8);
        Assert.InRange(truth.Looping.Messages, 5, truth.Looping.Recipients);
    }

    [Fact]
    public async Task Usual_logs_have_few_messages_that_are_stuck_or_loop()
    {
        using var folder = await SimulatedFolder.WrittenAtOnce(options => options with { SizeBytes = 30_000_000, Journeys = true });
        var messages = JourneyFile.Load(folder.Path).Count();

        // Those of the last minutes are on their way too.
        Assert.InRange(folder.Truth.OnTheirWay.Select(p => p.MessageId).Distinct(StringComparer.Ordinal).Count(), 1, messages / 50);
        Assert.InRange(folder.Truth.Looping.Messages, 1, messages / 200);
    }

    [Fact]
    public async Task Rare_ways_are_simulated()
    {
        using var folder = await Written("Exchange2019", servers: 3, seed: 11, megabytes: 20);
        var events = folder.Truth.Events;

        Assert.All(
            [
                "ROUTING|TRANSFER", "ROUTING|REDIRECT", "MAILBOXRULE|REDIRECT", "AGENT|RECEIVE", "APPROVAL|MODERATIONEXPIRE", "APPROVAL|MODERATORAPPROVE",
                "APPROVAL|MODERATORREJECT", "SAFETYNET|RESUBMIT", "STOREDRIVER|DUPLICATEDELIVER", "ROUTING|RESOLVE", "ROUTING|EXPAND",
            ],
            (string name) => Assert.True(events.ContainsKey(name), $"{name} is not in the logs."));
    }

    static Task<SimulatedFolder> Written(string version, int servers, int seed, int megabytes = 6) => SimulatedFolder.WrittenAtOnce(options => options with
    {
        Version = Enum.Parse<ExchangeVersion>(version),
        Servers = servers,
        Seed = seed,
        SizeBytes = megabytes * 1_000_000,
        Journeys = true,
        Rarely = 15,
    });

    static bool IsNoise(string address) =>
        address.StartsWith("HealthMailbox", StringComparison.Ordinal) || address.StartsWith("extest_", StringComparison.Ordinal)
        || address.StartsWith("inboundproxy@", StringComparison.Ordinal) || address.StartsWith("maildeliveryprobe@", StringComparison.Ordinal);

    /// <summary>Which of two steps without an end is the last, SUBMIT or the RECEIVE that it leads to, is not a question of time.</summary>
    static string When(string outcome, DateTime? at) => outcome is "pending" or "deferred" ? "" : $"{at:O}";

    static string TextOf(JourneyTruth journey) =>
        $"{journey.NetworkMessageId} {journey.Sender} {journey.First:O} {journey.Last:O} {journey.Rows} "
        + $"{string.Join(',', journey.Servers.Order(StringComparer.Ordinal))}\n"
        + string.Join('\n', journey.Recipients.Select(r => $"{r.Address} {r.Outcome} {When(r.Outcome, r.At)} {r.Server}").Order(StringComparer.Ordinal));

    static string TextOf(Journey journey) =>
        $"{journey.NetworkMessageId} {journey.Sender} {journey.First:O} {journey.Last:O} {journey.Rows.Count} "
        + $"{string.Join(',', journey.Servers.Order(StringComparer.Ordinal))}\n"
        + string.Join(
            '\n', journey.Recipients.Select(r => (r, Outcome: r.Fate.ToString().ToLowerInvariant()))
                .Select(r => $"{r.r.Address} {r.Outcome} {When(r.Outcome, r.r.At)} {r.r.Server}").Order(StringComparer.Ordinal));

    static List<TraceRow> RowsOf(SimulatedFolder folder, int servers)
    {
        List<TraceRow> rows = [];
        foreach (var (path, server) in LogsOf(folder, servers))
        {
            var bytes = File.ReadAllBytes(path);
            Assert.True(LogHeader.TryParse(bytes, out var header));
            new TraceRowReader(header, path, server).Read(bytes.AsMemory(header.Length), header.Length, new(), rows);
        }

        return rows;
    }

    static IEnumerable<(string Path, string Server)> LogsOf(SimulatedFolder folder, int servers) =>
        Directory.GetFiles(folder.Path, "*.LOG", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => (path, servers == 1 ? "EX01" : Path.GetFileName(Path.GetDirectoryName(path))!));
}
