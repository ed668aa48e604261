using Mailflow.Analysis.Blocklists;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Snapshots;
using Mailflow.Enrich;
using Mailflow.Incidents;
using Mailflow.Ledger;
using Mailflow.Metrics;
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
    public void A_connector_whose_TLS_fails_because_of_our_certificate_is_a_signal_for_an_hour()
    {
        static Snapshot Failed(string error, int minutesAgo, string connector = "Outbound") => Snapshot.Empty with
        {
            FailedTls = [new(SmtpDirection.Send, TlsErrors.All.First(e => e.Name == error), connector, "EX01", Now.AddMinutes(-minutesAgo))],
        };
        Assert.Equal(["OwnTls Connector Outbound"], Of(Failed("unknown-credentials", 59)));
        Assert.Equal(["OwnTls Connector Outbound", "OwnTls Connector Outbound"], Of(Snapshot.Empty).Concat(Of(Failed("no-credentials", 1))));
        _before.Clear();
        Assert.Empty(Of(Failed("unknown-credentials", 61)));
        Assert.Empty(Of(Failed("untrusted-root", 1)));
        Assert.Equal(["OwnTls Server EX01"], Of(Failed("unknown-credentials", 1, Label.None)));
    }

    /// <summary>Spam is refused all the time: only many more than in the last day are a signal, and not in the first two hours after a start.</summary>
    [Fact]
    public void A_server_that_refuses_many_more_sessions_than_before_is_a_signal_while_it_does()
    {
        var (now, refused, signals) = (Now, 0L, new List<string>());
        // Twenty a quarter of an hour for three hours, then 200, then as before.
        foreach (var more in Enumerable.Repeat(20, 12).Concat([200, 200, 20, 20]))
        {
            now = now.AddMinutes(15);
            refused += more;
            signals.Add(Shown(now, refused));
        }

        Assert.Equal([.. Enumerable.Repeat("", 12), "RefusedSessions EX01", "RefusedSessions EX01", "", ""], signals);
        // After a restart nothing is known: what held before holds until it is.
        var begun = new SignalTable(new(), new());
        _before.Add(SignalTable.On(SignalKind.RefusedSessions, PlaceKind.Server, "EX01", Fault.Unknown, ""));
        Assert.Equal("RefusedSessions EX01", Shown(now.AddMinutes(1), refused, begun));
        Assert.Equal("", Shown(now.AddMinutes(17), refused, begun));
        // Other outcomes are none.
        Assert.Equal("", Shown(now.AddHours(3), refused, begun));
    }

    string Shown(DateTime now, long refused, SignalTable? table = null)
    {
        var cells = new CellTable();
        void Add(SmtpDirection direction, SmtpOutcome outcome, string server, long sessions) =>
            cells.Add(Counters.SmtpSessions, (direction, outcome, TlsVersion.None, new(server)), sessions);
        Add(SmtpDirection.Receive, SmtpOutcome.Refused, "EX01", refused / 2);
        Add(SmtpDirection.Receive, SmtpOutcome.AuthFailed, "EX01", refused - (refused / 2));
        Add(SmtpDirection.Receive, SmtpOutcome.Accepted, "EX02", 1000 * refused);
        Add(SmtpDirection.Send, SmtpOutcome.Refused, "EX02", 1000 * refused);
        var signals = (table ?? _table).Of(new(now, Snapshot.Empty with { Cells = cells.Publish() }, null, [], _before));
        return string.Join(' ', signals.Select(s => $"{s.Kind} {s.Place.Name}"));
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
