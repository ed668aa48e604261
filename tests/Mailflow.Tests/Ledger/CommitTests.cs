using System.Text;
using System.Threading.Channels;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Mailflow.Pipeline;

namespace Mailflow.Tests.Ledger;

/// <summary>Committed data is loaded again, and nothing is published before its commit.</summary>
public sealed class CommitTests
{
    [Fact]
    public async Task Address_in_the_server_field_is_not_a_label()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(await bed.DeltaAsync(failures: 1, server: "secret.person@contoso"));
        Assert.DoesNotContain(bed.Series(), s => s.Contains("secret", StringComparison.Ordinal));
        Assert.Equal(1, bed.Committer.Current.Sum(Counters.Failures, k => k.Server.Value == Label.Other));
    }

    [Fact]
    public async Task Committed_data_is_loaded_after_a_restart()
    {
        using var bed = new LedgerBed(options: new() { KeepDeferrals = true });
        var odd = await bed.DeltaAsync(file: 3, offset: 5, end: 500, server: "unknown");
        odd.Tally.AddUnreadable(Unreadable.NulBytes, 3, 4);
        odd.Tally.AddNoise(Noise.Shadow);
        odd.Tally.AddMessages(Outcome.Delivered, Direction.Incoming, 3, 1000);
        await bed.CommitAsync(
            await bed.DeltaAsync(end: 100, rows: 5, failures: 2),
            await bed.DeltaAsync(offset: 100, end: 250, rows: 3, failures: 1, cause: Cause.MailboxFull, time: LedgerBed.Noon.AddMinutes(-59)),
            await bed.DeltaAsync(file: 2, end: 70, rows: 2, failures: 2, deferred: true, server: "EX2", connector: ""),
            odd);
        var state = bed.State();
        Assert.Contains("events 5", state, StringComparison.Ordinal);
        Assert.Contains("Offset = 250", state, StringComparison.Ordinal);
        Assert.Equal(3000, bed.Sum(Counters.MessageBytes));
        Assert.Equal(1, bed.Scalar("SELECT count(*) FROM quarantine WHERE \"offset\" = 8 AND length = 4 AND reason = 'nul-bytes'"));
        bed.Restart();
        Assert.Equal(state, bed.State());
        // Counting continues from there.
        await bed.CommitAsync(await bed.DeltaAsync(offset: 250, end: 300, rows: 4, failures: 1));
        Assert.Equal(5 + 3 + 2 + 1 + 4, bed.Sum(Counters.Rows));
        Assert.Equal(4, bed.Sum(Counters.Failures));
        Assert.Equal(300, bed.Scalar("SELECT \"offset\" FROM files WHERE id = 1"));
        Assert.Null(bed.Store.LoadFiles().Single(f => f.Id == 3).Server);
    }

    [Fact]
    public async Task Commit_starts_early_when_its_size_limit_is_reached()
    {
        using var bed = new LedgerBed(options: new() { CommitInterval = TimeSpan.FromHours(1) });
        await bed.CommitAsync(await bed.DeltaAsync());
        var channel = Channel.CreateUnbounded<Delta>();
        var next = bed.Committer.NewEvents.Next;
        for (var i = 0; i < 4; i++)
        {
            var delta = await bed.DeltaAsync(offset: 100 * (i + 1), end: 100 * (i + 2));
            delta.Bytes = DeltaPool.InFlightBytes / 5;
            await channel.Writer.WriteAsync(delta, TestContext.Current.CancellationToken);
        }

        var run = bed.Committer.RunAsync(channel.Reader, CancellationToken.None);
        await next.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        // Three are more than half of the limit; the fourth waits for the hour, or for the end.
        Assert.Equal(400, bed.Scalar("SELECT \"offset\" FROM files WHERE id = 1"));
        channel.Writer.Complete();
        await run.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(500, bed.Scalar("SELECT \"offset\" FROM files WHERE id = 1"));
    }

    [Fact]
    public async Task Rows_are_published_after_their_commit_and_share_one_per_interval()
    {
        using var bed = new LedgerBed(options: new() { CommitInterval = TimeSpan.FromSeconds(1) });
        await bed.CommitAsync(await bed.DeltaAsync());
        var channel = Channel.CreateUnbounded<Delta>();
        var committed = new List<Delta>();
        bed.Committer.Committed = committed.Add;
        var next = bed.Committer.NewEvents.Next;
        var run = bed.Committer.RunAsync(channel.Reader, CancellationToken.None);
        await channel.Writer.WriteAsync(await bed.DeltaAsync(offset: 100, end: 200), TestContext.Current.CancellationToken);
        await channel.Writer.WriteAsync(await bed.DeltaAsync(offset: 200, end: 300), TestContext.Current.CancellationToken);
        bed.Clock.Advance(TimeSpan.FromMilliseconds(900));
        Assert.Equal(1, bed.Sum(Counters.Rows));
        Assert.Empty(committed);
        while (!next.IsCompleted)
        {
            bed.Clock.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        Assert.Equal(3, bed.Sum(Counters.Rows));
        Assert.Equal(2, committed.Count);
        channel.Writer.Complete();
        await run;
    }

    [Fact]
    public async Task Backlog_is_committed_without_waiting_for_the_interval()
    {
        using var bed = new LedgerBed(options: new() { CommitInterval = TimeSpan.FromHours(1) });
        await bed.CommitAsync(await bed.DeltaAsync());
        var channel = Channel.CreateUnbounded<Delta>();
        var next = bed.Committer.NewEvents.Next;
        var run = bed.Committer.RunAsync(channel.Reader, CancellationToken.None);
        for (var i = 1; i <= 64; i++)
            await channel.Writer.WriteAsync(await bed.DeltaAsync(offset: i * 100, end: (i + 1) * 100), TestContext.Current.CancellationToken);
        await next.Soon();
        Assert.Equal(65, bed.Sum(Counters.Rows));
        channel.Writer.Complete();
        await run;
    }

    [Fact]
    public async Task Deferrals_and_subjects_are_stored_only_if_configured()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(await bed.DeltaAsync(failures: 2, deferred: true), await bed.DeltaAsync(offset: 100, end: 200, failures: 1));
        Assert.Equal(1, bed.Scalar("SELECT count(*) FROM events"));
        Assert.Equal(1, bed.Scalar("SELECT count(*) FROM events WHERE subject = ''"));
        Assert.Equal(2, bed.Sum(Counters.Deferrals));
        using var open = new LedgerBed(options: new() { KeepDeferrals = true, KeepSubjects = true });
        await open.CommitAsync(await open.DeltaAsync(failures: 2, deferred: true));
        Assert.Equal(2, open.Scalar("SELECT count(*) FROM events WHERE subject = 'Subject' AND deferred = 1"));
        Assert.Equal(0, open.Committer.LastHour.Count(LedgerBed.Noon).All.Sum());
    }

    [Fact]
    public async Task Event_ids_are_stable_and_unique()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(await bed.DeltaAsync(failures: 3));
        using var other = new LedgerBed();
        await other.CommitAsync(await other.DeltaAsync(failures: 3), await other.DeltaAsync(file: 2, failures: 3));
        Assert.Equal(6, other.Scalar("SELECT count(DISTINCT event_id) FROM events"));
        Assert.Equal(Ids(bed), Ids(other).Take(3));

        static List<string> Ids(LedgerBed bed)
        {
            using var connection = bed.Store.OpenReader();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT hex(event_id) FROM events ORDER BY id";
            using var rows = command.ExecuteReader();
            var ids = new List<string>();
            while (rows.Read())
                ids.Add(rows.GetString(0));
            return ids;
        }
    }

    [Fact]
    public async Task Deleted_store_ends_the_program_with_instructions()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not delete what is open");
        using var bed = new LedgerBed();
        await bed.CommitAsync(await bed.DeltaAsync());
        File.Delete(bed.Path);
        var delta = await bed.DeltaAsync(offset: 100, end: 200);
        var gone = await Assert.ThrowsAsync<StoreException>(() => bed.CommitAsync(delta));
        Assert.StartsWith($"The store {bed.Path} was deleted while Mailflow ran.", gone.Message, StringComparison.Ordinal);
        Assert.Equal(1, bed.Sum(Counters.Rows));
    }

    [Fact]
    public async Task Stored_label_that_may_be_an_address_becomes_other()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(await bed.DeltaAsync(failures: 2, server: "EX1", connector: "john@contoso.com"));
        using (var connection = bed.Store.OpenWriter())
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "INSERT INTO cells VALUES ('ConnectorFailures', 'NOTES:John Doe/Contoso', 'EX1', '', '', 5), "
                + "('ConnectorFailures', '/o=Contoso/cn=john.doe', 'EX1', '', '', 3)";
            command.ExecuteNonQuery();
        }

        for (var start = 0; start < 3; start++)
        {
            bed.Restart();
            var other = Assert.Single(bed.Committer.Current.Cells.Of(Counters.ConnectorFailures).ToList());
            Assert.Equal((Label.Other, 10 + start), (other.Key.Connector.Value, other.Value));
            Assert.Equal(1, bed.Scalar("SELECT count(*) FROM cells WHERE counter = 'ConnectorFailures'"));
            await bed.CommitAsync(await bed.DeltaAsync(file: 10 + start, failures: 1, server: "EX1", connector: "john@contoso.com"));
        }
    }

    [Fact]
    public async Task Delivery_times_are_committed_and_continue_after_a_restart()
    {
        using var bed = new LedgerBed();
        for (var start = 1; start <= 3; start++)
        {
            var delta = await bed.DeltaAsync(offset: (start - 1) * 100, end: start * 100);
            delta.Tally.AddLatency(Outcome.Delivered, 100);
            delta.Tally.AddLatency(Outcome.Delivered, 90_000_001);
            delta.Tally.AddStage(Stage.Queue, 1234);
            await bed.CommitAsync(delta);
            bed.Restart();
            long Delivered(string slot) => bed.Committer.Current.Sum(Counters.DeliveryLatency, k => k == (Outcome.Delivered, Slot(slot)));
            Assert.Equal(start, Delivered("100"));
            Assert.Equal(start, Delivered("inf"));
            Assert.Equal(start * 90_000_101L, Delivered("sum"));
            Assert.Equal(start, bed.Committer.Current.Sum(Counters.DeliveryStage, k => k == (Stage.Queue, Slot("2500"))));
            Assert.Equal(start * 1234, bed.Committer.Current.Sum(Counters.DeliveryStage, k => k == (Stage.Queue, Slot("sum"))));
        }
    }

    [Fact]
    public async Task Series_of_a_server_start_at_0_also_after_a_restart()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(await bed.DeltaAsync(server: "EX1"));
        var mail = new Counter[] { Counters.Messages, Counters.Deferrals, Counters.Failures };
        Assert.All(mail, c => Assert.NotEqual(0, bed.Committer.Current.Cells[c].Count));
        var others = new Counter[] { Counters.Connections, Counters.SmtpSessions, Counters.SmtpRefusals, Counters.WindowsEvents, Counters.EnhancedCodes };
        Assert.All(others, c => Assert.Equal(0, bed.Committer.Current.Cells[c].Count));
        var sending = await bed.DeltaAsync(file: 2, server: "EX1");
        sending.Tally.Sessions.Add(new(SmtpDirection.Send, SmtpOutcome.Accepted, TlsVersion.None));
        await bed.CommitAsync(sending);
        for (var start = 0; start < 2; start++)
        {
            Assert.All(bed.Committer.Current.Cells.Of(Counters.SmtpRefusals), c => Assert.Equal((SmtpDirection.Send, 0), (c.Key.Direction, c.Value)));
            Assert.NotEmpty(bed.Committer.Current.Cells.Of(Counters.SmtpRefusals));
            Assert.Equal(1, bed.Sum(Counters.SmtpSessions));
            Assert.Empty(bed.Committer.Current.Cells.Of(Counters.Connections));
            // A counter that is 0 takes no row in the store.
            Assert.Equal(0, bed.Scalar("SELECT count(*) FROM cells WHERE value = 0"));
            bed.Restart();
        }
    }

    [Fact]
    public async Task Server_names_ignore_case()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(
            await bed.DeltaAsync(server: "EX1", time: LedgerBed.Noon.AddHours(-1)),
            await bed.DeltaAsync(file: 2, server: "ex1", time: LedgerBed.Noon.AddHours(-2)),
            await bed.DeltaAsync(file: 3, server: "Ex1", time: LedgerBed.Noon.AddHours(-3)));
        Assert.Equal(3, Assert.Single(bed.Committer.Current.Cells.Of(Counters.Rows).ToList()).Value);
        Assert.Equal(LedgerBed.Noon.AddHours(-1).UtcDateTime, Assert.Single(bed.Committer.Current.NewestEvent).Value);
        bed.Restart();
        Assert.Equal(LedgerBed.Noon.AddHours(-1).UtcDateTime, Assert.Single(bed.Committer.Current.NewestEvent).Value);
    }

    [Fact]
    public async Task Labels_are_bounded_across_restarts()
    {
        using var bed = new LedgerBed();
        for (var start = 0; start < 3; start++)
        {
            var deltas = new List<Delta>();
            for (var i = 0; i < 150; i++)
            {
                var delta = await bed.DeltaAsync(file: (start * 1000) + i, failures: 1, server: $"S{start}-{i}", connector: $"C{start}-{i}");
                delta.Tally.AddRow(bed.Names.IndexOf(Encoding.ASCII.GetBytes($"MADE{start}|UP{i}")), LedgerBed.Noon.UtcDateTime);
                deltas.Add(delta);
                if (deltas.Count < 50)
                    continue;
                await bed.CommitAsync([.. deltas]);
                deltas.Clear();
            }

            bed.Restart();
        }

        Assert.Equal(900, bed.Sum(Counters.Rows));
        Assert.Equal(Labels.MaxServersFromRows + 1, Distinct(Counters.ReadBytes, k => k.Value));
        Assert.Equal(Labels.MaxConnectors + 1, Distinct(Counters.ConnectorFailures, k => k.Connector.Value));
        Assert.InRange(Distinct(Counters.Rows, k => k.Source.Value + "|" + k.Event.Value), 2, EventNames.Limit);
        Assert.Equal(450 - Labels.MaxConnectors, bed.Committer.Current.Sum(Counters.ConnectorFailures, k => k.Connector.Value == Label.Other));

        int Distinct<TKey>(Counter<TKey> counter, Func<TKey, string> label)
            where TKey : notnull => bed.Committer.Current.Cells.Of(counter).Select(c => label(c.Key)).Distinct(StringComparer.Ordinal).Count();
    }

    static TimeSlot Slot(string text)
    {
        Assert.True(Labels.Slot.TryParse(text, out var slot));
        return slot;
    }
}
