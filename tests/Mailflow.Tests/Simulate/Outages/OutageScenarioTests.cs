using System.Security.Cryptography;
using System.Text.Json;
using Mailflow.Analysis.Failures;
using Mailflow.Simulator.Outages;

namespace Mailflow.Tests.Simulate.Outages;

public sealed class OutageScenarioTests
{
    static readonly string[] Kinds = ["domain", "next-hop", "connector", "server", "egress", "sender", "database"];

    static readonly string[] Faults = ["ours", "theirs", "sender", "policy"];

    static readonly string[] Quiet =
        ["quiet-weekend", "newsletter-stale", "maintenance", "holiday", "monday-rise", "typing-errors", "mailbox-full", "short-blip"];

    public static TheoryData<string> Names => [.. OutageScenarios.All.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_scenario_writes_two_weeks_and_its_incidents(string name)
    {
        using var folder = new OutageFolder(name);
        var truth = folder.Truth;

        Assert.InRange(truth.Rows, 50_000, 120_000);
        Assert.Equal(folder.LogPaths.Sum(path => new FileInfo(path).Length), truth.Bytes);
        Assert.Equal(folder.LogPaths.Count, truth.Files);
        var expected = name switch { "two-at-once" => 2, "three-at-once" => 3, _ => Quiet.Contains(name, StringComparer.Ordinal) ? 0 : 1 };
        Assert.Equal(expected, truth.Incidents.Count);
        Assert.All(truth.Incidents, incident => Check(incident, isSilence: name is "silence-connector" or "silence-server" or "slow-delivery"));
        Assert.Equal(truth.Incidents.Select(incident => incident.Messages), OutageTruth.Load(folder.Path).Incidents.Select(incident => incident.Messages));
    }

    static void Check(IncidentTruth incident, bool isSilence)
    {
        Assert.True(incident.FirstFailure >= new DateTime(2026, 1, 13, 0, 0, 0, DateTimeKind.Utc), "Nothing happens before the ninth day.");
        Assert.True(incident.LastFailure >= incident.FirstFailure);
        Assert.Equal(isSilence, incident.ThirdFailure is null);
        if (!isSilence)
        {
            Assert.InRange(incident.ThirdFailure!.Value, incident.FirstFailure, incident.LastFailure);
            Assert.True(incident.Messages >= 3);
        }
        Assert.NotEmpty(incident.Places);
        Assert.All(incident.Places, place => Assert.Contains(place.Kind, Kinds));
        Assert.All(incident.Fault, fault => Assert.Contains(fault, Faults));
        Assert.All(incident.Causes, cause => Assert.Contains(cause, Enum.GetNames<Cause>().Select(JsonNamingPolicy.KebabCaseLower.ConvertName)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_incident_has_three_messages_in_other_seeds_too(int seed)
    {
        foreach (var name in (string[])["domain-dead", "server-without-logs", "directory-broken", "tls-required-partner", "small-domain"])
        {
            using var folder = new OutageFolder(name, seed);
            Assert.True(folder.Truth.Incidents[0].Messages >= 3, $"{name}: {folder.Truth.Incidents[0].Messages} messages");
        }
    }

    [Fact]
    public void Same_seed_gives_the_same_bytes()
    {
        using var one = new OutageFolder("three-at-once", seed: 7);
        using var again = new OutageFolder("three-at-once", seed: 7);
        using var other = new OutageFolder("three-at-once", seed: 8);

        Assert.Equal(Hash(one), Hash(again));
        Assert.Equal(File.ReadAllText(Path.Combine(one.Path, "truth.json")), File.ReadAllText(Path.Combine(again.Path, "truth.json")));
        Assert.NotEqual(Hash(one), Hash(other), StringComparer.Ordinal);
    }

    [Fact]
    public void Normal_mail_is_the_same_in_all_scenarios_of_a_seed()
    {
        using var full = new OutageFolder("mailbox-full", seed: 5);
        using var dead = new OutageFolder("unknown-words", seed: 5);

        Assert.Equal(Until("2026-01-13", full), Until("2026-01-13", dead));
    }

    [Fact]
    public void Rows_are_read_as_they_were_counted()
    {
        using var folder = new OutageFolder("disk-full-back-pressure", seed: 3);
        var recount = Recount.Of(folder.LogPaths);

        Assert.Equal(folder.Truth.Rows, recount.Rows);
        Assert.Equal(folder.Truth.Events, recount.Events);
        Assert.Equal(folder.Truth.Messages, recount.Messages);
        Assert.Equal(0, recount.Misfits);
        Assert.Equal(0, recount.Misquoted);
    }

    [Fact]
    public void Days_and_servers_can_be_chosen()
    {
        using var folder = new OutageFolder("domain-dead", days: 21, servers: 5);

        Assert.Equal(["EX01", "EX02", "EX03", "EX04", "EX05"], Directory.GetDirectories(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(new DateTime(2026, 1, 25, 0, 0, 0, DateTimeKind.Utc), folder.Truth.Newest.Date);
    }

    [Fact]
    public void Folder_with_other_logs_is_rejected()
    {
        using var folder = new OutageFolder("domain-dead");

        Assert.Throws<IOException>(() => OutageSimulation.Write(new(folder.Path, OutageScenarios.Find("holiday")!)));
    }

    [Fact]
    public void Names_are_unique_and_documented()
    {
        var page = File.ReadAllText(Repository.PathOf("docs/simulate.md"));

        Assert.Distinct(OutageScenarios.All.Select(scenario => scenario.Name), StringComparer.Ordinal);
        Assert.All(OutageScenarios.All, scenario => Assert.Contains($"| `{scenario.Name}` | {scenario.Sentence} |", page, StringComparison.Ordinal));
    }

    static List<string> Until(string day, OutageFolder folder) =>
        [.. folder.LogPaths.SelectMany(File.ReadLines).Where(line => line[0] == '2' && string.CompareOrdinal(line, day) < 0)];

    static string Hash(OutageFolder folder) => string.Join('\n', folder.LogPaths.Select(path =>
        $"{Path.GetRelativePath(folder.Path, path)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))}"));
}
