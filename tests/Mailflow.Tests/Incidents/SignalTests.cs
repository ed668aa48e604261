using Mailflow.Analysis.Blocklists;
using Mailflow.Analysis.Incidents;
using Mailflow.Analysis.Snapshots;
using Mailflow.Enrich;
using Mailflow.Incidents;
using Mailflow.Ledger;
using Mailflow.Tail;

namespace Mailflow.Tests.Incidents;

public sealed class SignalTests
{
    static readonly DateTime Now = new(2026, 3, 4, 10, 0, 0, DateTimeKind.Utc);

    readonly SignalTable _table = new(new(), new());
    readonly List<Signal> _before = [];

    IEnumerable<string> Of(Snapshot committed, WatchRound? round = null, params IReadOnlyList<SourceStatus> roots)
    {
        var signals = _table.Of(new(Now, committed, round, roots, _before)).ToList();
        _before.Clear();
        _before.AddRange(signals);
        return [.. signals.Select(s => $"{s.Kind} {s.Place.Kind} {s.Place.Name}")];
    }

    static Snapshot With(params IReadOnlyList<ServerSnapshot> snapshots) => Snapshot.Empty with { Servers = [.. snapshots] };

    static WatchRound Round(ListReading reading, DateTimeOffset? certificate = null) => new(
        new(Now), [], [new(BlocklistTable.All[0], "192.0.2.25", reading, null, new(Now))], [],
        [new(new("mx.contoso.test", 25), true, certificate, null, [])], [], []);

    [Fact]
    public void Medium_back_pressure_is_a_signal_and_low_is_none()
    {
        static ServerSnapshot At(PressureLevel level) => new(SnapshotKind.BackPressure, "EX01", Now) { Pressure = [new("UsedDiskSpace", level, null, Now)] };
        Assert.Equal(["BackPressure Server EX01"], Of(With(At(PressureLevel.Medium))));
        Assert.Empty(Of(With(At(PressureLevel.Low))));
    }

    [Fact]
    public void A_queue_that_has_not_become_shorter_for_half_an_hour_is_a_signal_until_it_is_short()
    {
        static Snapshot At(int minute, long messages) => With(new ServerSnapshot(SnapshotKind.Queues, "EX01", Now.AddMinutes(minute))
        {
            Queues = [new("EX01\\7", QueueKind.Dns, "fabrikam.test", QueueStatus.Retry, messages, 0, 0, 0, null, "", null)],
        });
        Assert.Empty(Of(At(0, 300)));
        Assert.Empty(Of(At(15, 320)));
        Assert.Equal(["Queue Domain fabrikam.test"], Of(At(31, 310)));
        Assert.Equal(["Queue Domain fabrikam.test"], Of(At(40, 90)));
        Assert.Empty(Of(At(50, 20)));
    }

    [Fact]
    public void A_listing_ends_only_with_an_answer_that_it_is_not_listed()
    {
        Assert.Equal(["Listed Egress 192.0.2.25"], Of(Snapshot.Empty, Round(ListReading.NotListed with { State = ListState.Listed })));
        Assert.Equal(["Listed Egress 192.0.2.25"], Of(Snapshot.Empty, Round(ListReading.NotListed with { State = ListState.Refused })));
        Assert.Equal(["Listed Egress 192.0.2.25"], Of(Snapshot.Empty, round: null));
        Assert.Empty(Of(Snapshot.Empty, Round(ListReading.NotListed)));
        Assert.Empty(Of(Snapshot.Empty, Round(ListReading.NotListed with { State = ListState.Refused })));
    }

    [Fact]
    public void A_certificate_that_ends_within_three_days_is_a_signal()
    {
        static Snapshot At(int days, string services) => With(new ServerSnapshot(SnapshotKind.Certificates, "EX01", Now)
        {
            Certificates = [new("ABCDEF0123", "CN=mail", services, Now.AddDays(days), false, "Valid")],
        });
        Assert.Equal(["Certificate Server EX01"], Of(At(2, "IIS, SMTP")));
        Assert.Empty(Of(At(2, "IIS")));
        Assert.Empty(Of(At(20, "SMTP")));
        Assert.Equal(["Certificate Server mx.contoso.test"], Of(Snapshot.Empty, Round(ListReading.NotListed, new(Now.AddDays(-1)))));
    }

    [Fact]
    public void A_folder_that_cannot_be_read_and_a_server_without_rows_are_signals()
    {
        var down = new SourceStatus(new("tracking", "logs", "EX01"), default, "no such share", null, 0, 0, null);
        var silent = Snapshot.Empty with
        {
            NewestEvent = new Dictionary<string, DateTime> { ["EX02"] = Now.AddHours(-1), ["EX03"] = Now.AddMinutes(-5), ["EX04"] = Now.AddDays(-30) },
        };
        Assert.Equal(["LogsStopped Server EX01", "LogsStopped Server EX02"], Of(silent, null, down));
    }

    [Fact]
    public void A_message_on_its_way_for_more_than_four_hours_is_a_signal()
    {
        static Snapshot At(double hours) => Snapshot.Empty with
        {
            Copies = [new("EX01", 1, Now.AddHours(-hours), 0)],
            NewestEvent = new Dictionary<string, DateTime> { ["EX01"] = Now },
        };
        Assert.Equal(["InFlight Server EX01"], Of(At(5)));
        Assert.Empty(Of(At(3)));
    }
}
