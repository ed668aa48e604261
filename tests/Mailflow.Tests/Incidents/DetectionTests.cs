using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Incidents;
using Mailflow.Ledger;
using Mailflow.Tests.Ship;

namespace Mailflow.Tests.Incidents;

public sealed class DetectionTests : IDisposable
{
    readonly DetectionBed _bed = new();

    static DateTime Noon => DetectionBed.Noon;

    [Fact]
    public async Task An_incident_is_opened_and_closed_and_each_is_told_once()
    {
        await _bed.RowsAsync(At(-20, "a.example"), At(-19, "a.example"), At(-18, "a.example"), At(-15));
        await _bed.StepAsync();
        Assert.Equal(["a.example 11:43- announced"], _bed.Incidents);
        Assert.Equal(["opened a.example"], _bed.Events);
        await _bed.RowsAsync(At(-10, "+a.example"), At(-8));
        await _bed.StepAsync();
        await _bed.StepAsync();
        Assert.Equal(["a.example 11:43-11:51 announced"], _bed.Incidents);
        Assert.Equal(["opened a.example", "closed a.example"], _bed.Events);
    }

    [Fact]
    public async Task Killed_and_restarted_anywhere_the_same_incidents_are_found_and_each_event_is_told_once()
    {
        (DateTime, string)[][] blocks =
        [
            [At(-300, "a.example"), At(-299, "b.example"), At(-298, "a.example")], [At(-297, "a.example"), At(-296, "b.example")],
            [At(-290, "+a.example"), At(-289)], [At(-200, "b.example"), At(-199, "b.example"), At(-198, "b.example")], [At(-190)],
            [At(-60, "a.example"), At(-59, "a.example"), At(-58, "a.example")], [At(-50), At(-40, "+a.example")], [At(-3)],
        ];
        async Task<string> RunAsync(Func<int, DetectionBed, Task> disturb)
        {
            using var bed = new DetectionBed();
            for (var n = 0; n < blocks.Length; n++)
            {
                bed.Ledger.Clock.AdjustTime(new DateTimeOffset(blocks[n][^1].Item1.AddMinutes(2)) > bed.Ledger.Clock.GetUtcNow()
                    ? new(blocks[n][^1].Item1.AddMinutes(2))
                    : bed.Ledger.Clock.GetUtcNow());
                await bed.RowsAsync(blocks[n]);
                await disturb(n, bed);
                await bed.StepAsync();
            }

            return string.Join('\n', [.. bed.Incidents, .. bed.Events]);
        }

        var expected = await RunAsync((_, _) => Task.CompletedTask);
        Assert.Contains("closed a.example", expected, StringComparison.Ordinal);
        Assert.Contains("opened b.example", expected, StringComparison.Ordinal);
        for (var at = 0; at < blocks.Length; at++)
            foreach (var lose in (bool[])[true, false])
                Assert.Equal(expected, await RunAsync(async (n, bed) =>
                {
                    if (n != at)
                        return;
                    await bed.StepAsync(lose);
                    bed.Restart();
                }));
        Assert.Equal(expected, await RunAsync((_, bed) =>
        {
            bed.Restart();
            return Task.CompletedTask;
        }));
    }

    [Fact]
    public async Task At_a_first_start_incidents_that_are_over_are_stored_and_not_announced()
    {
        for (var day = 29; day > 0; day--)
            await _bed.RowsAsync(At(-day * 1440, "a.example"), At(-(day * 1440) + 1, "a.example"), At(-(day * 1440) + 2, "a.example"));
        await _bed.RowsAsync(At(-30, "b.example"), At(-29, "b.example"), At(-28, "b.example"), At(-26, "c.example"), At(-25, "c.example"));
        await _bed.RowsAsync(At(-24, "c.example"), At(-20, "+c.example"), At(-1));
        await _bed.StepAsync();
        Assert.Equal(29, _bed.Incidents.Count(i => i.StartsWith("a.example", StringComparison.Ordinal) && i.EndsWith(" silent", StringComparison.Ordinal)));
        Assert.Contains("b.example 11:33- announced", _bed.Incidents);
        Assert.Equal(["opened b.example", "opened c.example", "closed c.example"], _bed.Events);
        _bed.Restart();
        await _bed.StepAsync();
        Assert.Equal(3, _bed.Events.Count());
    }

    [Fact]
    public async Task While_rows_of_the_past_are_unread_nothing_newer_is_judged()
    {
        _bed.Unread[0] = new("root", true, Noon.AddDays(-1), Noon.AddDays(-1));
        await _bed.RowsAsync(At(-20, "a.example"), At(-19, "a.example"), At(-18, "a.example"), At(-2));
        await _bed.StepAsync();
        Assert.Empty(_bed.Incidents);
        _bed.Unread[0] = new("root", true, null);
        await _bed.StepAsync();
        Assert.Equal(["opened a.example"], _bed.Events);
    }

    [Fact]
    public async Task Unread_rows_of_an_unknown_time_are_waited_for()
    {
        await _bed.RowsAsync(At(-20, "a.example"), At(-19, "a.example"), At(-18, "a.example"), At(-15));
        _bed.Unread[0] = new("root", true, DateTime.MinValue, DateTime.MinValue);
        Assert.Empty(await _bed.StepAsync());
        _bed.Unread[0] = new("root", true, null);
        await _bed.StepAsync();
        Assert.Equal(["a.example 11:43- announced"], _bed.Incidents);
    }

    [Fact]
    public async Task A_root_that_hangs_holds_detection_back_for_ten_minutes_only()
    {
        _bed.Unread.Add(new("dead", false, null));
        await _bed.RowsAsync(At(-20, "a.example"), At(-19, "a.example"), At(-18, "a.example"), At(-2));
        await _bed.StepAsync();
        _bed.Ledger.Clock.Advance(JudgedTime.Patience - TimeSpan.FromSeconds(1));
        await _bed.StepAsync();
        Assert.Empty(_bed.Events);
        _bed.Ledger.Clock.Advance(TimeSpan.FromSeconds(2));
        await _bed.StepAsync();
        Assert.Equal(["opened a.example"], _bed.Events);
    }

    [Fact]
    public async Task Rows_that_come_up_to_two_hours_late_are_judged_at_once()
    {
        await _bed.RowsAsync(At(-100, "a.example"), At(-99, "a.example"), At(-2));
        await _bed.StepAsync();
        var given = _bed.Detector.Given;
        await _bed.RowsAsync(At(-98, "a.example"), At(-1));
        await _bed.StepAsync();
        Assert.Equal(given + 1, _bed.Detector.Given);
    }

    [Fact]
    public async Task Rows_that_come_later_are_judged_in_a_replay()
    {
        await _bed.RowsAsync(At(-600, "a.example"), At(-599, "a.example"), At(-2));
        await _bed.StepAsync();
        await _bed.RowsAsync(At(-598, "a.example"), At(-1));
        await _bed.StepAsync();
        Assert.Empty(_bed.Incidents);
        for (var minute = 1; minute <= 12; minute++)
        {
            _bed.Ledger.Clock.Advance(TimeSpan.FromMinutes(1));
            await _bed.RowsAsync(At(minute));
            await _bed.StepAsync();
        }

        Assert.Equal(["a.example 02:03-04:02 silent"], _bed.Incidents);
        Assert.Empty(_bed.Events);
    }

    [Fact]
    public async Task A_signal_is_an_incident_while_it_lasts_and_a_restart_does_not_repeat_it()
    {
        _bed.Now.Add(new(Noon, SignalKind.BackPressure, new(PlaceKind.Server, "EX01"), true, Fault.Ours, "The disk is full."));
        await StepAtAsync(0);
        await StepAtAsync(3);
        _bed.Restart();
        await StepAtAsync(6);
        Assert.Equal(["opened EX01"], _bed.Events);
        _bed.Now.Clear();
        await StepAtAsync(9);
        await StepAtAsync(12);
        _bed.Restart();
        await StepAtAsync(15);
        Assert.Equal(["opened EX01", "closed EX01"], _bed.Events);
    }

    async Task StepAtAsync(int minute)
    {
        _bed.Ledger.Clock.SetUtcNow(new(Noon.AddMinutes(minute).AddSeconds(5)));
        await _bed.RowsAsync(At(minute));
        await _bed.StepAsync();
    }

    [Fact]
    public async Task An_incident_whose_evidence_is_gone_is_closed()
    {
        await _bed.RowsAsync(At(-20, "a.example"), At(-19, "a.example"), At(-18, "a.example"), At(-15));
        await _bed.StepAsync();
        using (var writer = _bed.Ledger.Store.OpenWriter())
        using (var delete = new Statement(writer, "DELETE FROM evidence"))
            delete.Run();
        _bed.Restart();
        await _bed.StepAsync();
        Assert.Equal(["opened a.example", "closed a.example"], _bed.Events);
    }

    [Fact]
    public async Task A_damaged_row_is_told_and_left_out()
    {
        using var log = new TestLog();
        using var bed = new DetectionBed(log);
        await bed.RowsAsync(At(-20, "b.example"), At(-19, "b.example"), At(-18, "b.example"));
        using (var writer = bed.Ledger.Store.OpenWriter())
        using (var damage = new Statement(writer, "UPDATE evidence SET data = x'01020304'"))
            damage.Run();
        await bed.RowsAsync(At(-17, "a.example"), At(-16, "a.example"), At(-15, "a.example"), At(-2));
        await bed.StepAsync();
        Assert.Equal(["opened a.example"], bed.Events);
        Assert.Contains("1 rows", Assert.Single(log.Lines, l => l.Id == 331).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_text_makes_the_evidence_begin_again_and_the_program_goes_on()
    {
        using var log = new TestLog();
        using var bed = new DetectionBed(log);
        await bed.RowsAsync(At(-20, "b.example"), At(-19, "c.example"));
        using (var writer = bed.Ledger.Store.OpenWriter())
        using (var damage = new Statement(writer, "DELETE FROM evidence_names WHERE id = 2"))
            damage.Run();
        bed.Restart();
        Assert.Single(log.Lines, l => l.Id == 330);
        await bed.RowsAsync(At(-17, "a.example"), At(-16, "a.example"), At(-15, "a.example"), At(-2));
        await bed.StepAsync();
        Assert.Equal(["opened a.example"], bed.Events);
    }

    [Fact]
    public async Task Rows_of_a_past_hour_are_merged_and_old_ones_deleted_and_the_same_is_found()
    {
        await _bed.RowsAsync(At(-50 * 1440, "old.example"));
        for (var n = 0; n < 40; n++)
            await _bed.RowsAsync(At(-600 + (n % 3), "a.example"), At(-600 + (n % 7), "+b.example"));
        await _bed.RowsAsync(At(-2));
        await _bed.StepAsync();
        var before = _bed.Incidents.ToList();
        Assert.NotEmpty(before);
        // The committer's maintenance, which runs with each commit here.
        _bed.Ledger.Clock.Advance(TimeSpan.FromMinutes(1));
        await _bed.RowsAsync(At(-1));
        Assert.Equal(1, _bed.Ledger.Scalar("SELECT count(*) FROM evidence"));
        _bed.Restart();
        await _bed.StepAsync();
        Assert.Equal(before, _bed.Incidents);
        Assert.Equal(47, _bed.Detector.Given);
    }

    [Fact]
    public async Task A_block_that_is_not_committed_leaves_no_fact_and_one_that_is_leaves_it_once()
    {
        var lost = await _bed.DeltaAsync(At(-20, "a.example"));
        _bed.Ledger.Pool.Return(lost);
        await _bed.RowsAsync(At(-20, "a.example"), At(-18, "+a.example"), At(-2));
        await _bed.StepAsync();
        Assert.Equal(2, _bed.Detector.Given);
        _bed.Restart();
        await _bed.StepAsync();
        Assert.Equal(2, _bed.Detector.Given);
    }

    static (DateTime At, string Domain) At(int minutes, string domain = "") => (Noon.AddMinutes(minutes), domain);

    public void Dispose() => _bed.Dispose();
}
