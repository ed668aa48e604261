using System.Globalization;
using Mailflow.Simulator.Outages;

namespace Mailflow.Tests.Simulate.Outages;

/// <summary>The truth is compared with a count of the rows: failures and deferrals at the place of the incident while it lasted.</summary>
public sealed class OutageTruthTests
{
    [Theory]
    [InlineData("domain-dead")]
    [InlineData("domain-mx-removed")]
    [InlineData("mail-loop")]
    [InlineData("flapping-host")]
    [InlineData("night-outage")]
    [InlineData("small-domain")]
    [InlineData("clock-skew")]
    [InlineData("server-without-logs")]
    [InlineData("greylisted-then-blocklisted")]
    [InlineData("unknown-words")]
    [InlineData("directory-broken")]
    [InlineData("tls-required-partner")]
    [InlineData("provider-outage")]
    [InlineData("dead-hop-behind-connectors")]
    [InlineData("smart-host-password")]
    [InlineData("relay-denied")]
    [InlineData("connector-firewall")]
    [InlineData("database-dismounted")]
    [InlineData("three-at-once")]
    public void Incident_is_what_the_rows_at_its_place_say(string scenario)
    {
        using var folder = new OutageFolder(scenario, seed: 11);
        var rows = RowsOf(folder);

        Assert.All(folder.Truth.Incidents, incident => Check(incident, rows, incident.Places[0], folder.Truth.Scenario != "clock-skew"));
    }

    [Fact]
    public void Back_pressure_is_at_the_server_that_the_others_defer_to()
    {
        using var folder = new OutageFolder("disk-full-back-pressure", seed: 11);
        var incident = Assert.Single(folder.Truth.Incidents);

        Check(incident, RowsOf(folder), incident.Places.Single(place => place.Kind == "next-hop"), knowsRecovery: false);
    }

    [Fact]
    public void Compromised_account_is_the_sender_of_its_failures()
    {
        using var folder = new OutageFolder("compromised-account", seed: 11);
        var incident = Assert.Single(folder.Truth.Incidents);

        Check(incident, [.. RowsOf(folder).Where(row => row.Event != "DEFER")], incident.Places[0], knowsRecovery: false);
    }

    [Fact]
    public void Server_that_is_silent_writes_nothing()
    {
        using var folder = new OutageFolder("silence-server", seed: 11);
        var incident = Assert.Single(folder.Truth.Incidents);
        var rows = RowsOf(folder).Where(row => row.Server == incident.Places[0].Name).ToList();

        Assert.True(rows.Count > 10_000);
        // What was on its way when it stopped is written within seconds.
        Assert.DoesNotContain(rows, row => row.At > incident.FirstFailure.AddSeconds(30) && row.At < incident.Ended);
    }

    [Fact]
    public void Suspended_connector_sends_nothing_and_fails_nothing()
    {
        using var folder = new OutageFolder("silence-connector", seed: 11);
        var incident = Assert.Single(folder.Truth.Incidents);
        var rows = RowsOf(folder).Where(row => row.Connector == incident.Places[0].Name && row.At > incident.FirstFailure && row.At < incident.Ended).ToList();

        Assert.Empty(rows);
        Assert.True(incident.Messages > 5);
    }

    static void Check(IncidentTruth incident, List<OutageLine> rows, OutagePlace place, bool knowsRecovery)
    {
        var lasting = rows.Where(row => row.At >= incident.FirstFailure && row.At <= incident.LastFailure && IsAt(row, place));
        var troubles = lasting.Where(row => row.Event is "FAIL" or "DEFER").ToList();
        var firsts = troubles.GroupBy(row => row.Message, StringComparer.Ordinal).Select(message => message.Min(row => row.At)).Order().ToList();

        Assert.Equal(incident.Messages, firsts.Count);
        Assert.Equal(incident.Recipients, troubles.SelectMany(row => row.Recipients).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(incident.FirstFailure, firsts[0]);
        Assert.Equal(incident.ThirdFailure, firsts[2]);
        Assert.Equal(incident.LastFailure, troubles.Max(row => row.At));
        if (knowsRecovery)
        {
            var successes = rows.Where(row => row.Event is "SENDEXTERNAL" or "DELIVER" && row.At >= incident.Ended && IsAt(row, place));
            Assert.Equal(incident.Recovered, successes.Min(row => row.At));
        }
    }

    static bool IsAt(OutageLine row, OutagePlace place) => place.Kind switch
    {
        "domain" => row.Recipients.Exists(recipient => recipient.EndsWith("@" + place.Name, StringComparison.Ordinal)),
        "next-hop" => row.NextHop == place.Name && row.Server != place.Name,
        "connector" => row.Connector == place.Name,
        "database" => row.Custom.Contains($"S:MailboxDatabaseName={place.Name};", StringComparison.Ordinal),
        "sender" => row.Sender == place.Name,
        _ => throw new ArgumentException($"{place.Kind}: expected a place that a row names.", nameof(place)),
    };

    static List<OutageLine> RowsOf(OutageFolder folder) =>
    [
        .. from path in folder.LogPaths
           from row in Recount.RowsOf(path)
           select new OutageLine(
               DateTime.Parse(row["date-time"], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal),
               Path.GetFileName(Path.GetDirectoryName(path)!), row["event-id"], row["message-id"], Recount.Members(row["recipient-address"]),
                   row["connector-id"],
               row["server-hostname"], row["sender-address"], row["custom-data"]),
    ];

    /// <summary>What is needed of a row.</summary>
    sealed record OutageLine(
        DateTime At, string Server, string Event, string Message, List<string> Recipients, string Connector, string NextHop, string Sender, string Custom);
}
