using Mailflow.Configuration;
using Mailflow.Tail;

namespace Mailflow.Tests.Tail;

/// <summary>When files are checked: changes are found in time, and idle files are not checked at each tick.</summary>
public sealed class CadenceTests : IDisposable
{
    static readonly TimeSpan Tick = new TailOptions().PollInterval;

    readonly TailBed _bed = new(new TailOptions(), cadence: true);

    public void Dispose() => _bed.Dispose();

    [Fact]
    public async Task New_file_is_found_within_a_second_and_new_row_at_the_next_tick()
    {
        File.WriteAllText(_bed.PathOf("MSGTRK1.LOG"), Logs.Header() + Logs.Rows(0, 1));
        Assert.Equal(Logs.Read(0, 1), await _bed.ReadAsync());
        Logs.Append(_bed.PathOf("MSGTRK1.LOG"), Logs.Rows(1, 1));
        _bed.Clock.Advance(Tick);
        Assert.Equal(Logs.Read(1, 1), await _bed.ReadAsync());
        File.WriteAllText(_bed.PathOf("MSGTRK2.LOG"), Logs.Header("2024-05-06T08:00:00.000Z") + Logs.Rows(2, 1));
        _bed.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Logs.Read(2, 1), await _bed.ReadAsync());
        // The newest file is checked each second even after an hour without writes.
        _bed.Clock.Advance(TimeSpan.FromHours(1));
        await _bed.PollAsync();
        Logs.Append(_bed.PathOf("MSGTRK2.LOG"), Logs.Rows(3, 1));
        _bed.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Logs.Read(3, 1), await _bed.ReadAsync());
    }

    [Fact]
    public async Task Row_in_an_old_file_among_many_is_found_within_a_minute()
    {
        for (var i = 0; i < 3; i++)
        {
            File.WriteAllText(_bed.PathOf($"MSGTRK{i}.LOG"), Logs.Header($"2024-05-06T0{i}:00:00.000Z") + Logs.Rows(i, 1));
            File.SetLastWriteTimeUtc(_bed.PathOf($"MSGTRK{i}.LOG"), _bed.Clock.GetUtcNow().UtcDateTime.AddHours(i - 10));
        }

        await _bed.PollAsync();
        _ = _bed.Lines;
        _bed.Known.AddLooks(1_000_000);
        _bed.Clock.Advance(TimeSpan.FromMinutes(2));
        await _bed.PollAsync();
        Logs.Append(_bed.PathOf("MSGTRK0.LOG"), Logs.Rows(7, 1));
        _bed.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(await _bed.ReadAsync());
        // New and deleted files are still found at once, by the folder's modification time.
        File.WriteAllText(_bed.PathOf("MSGTRK8.LOG"), Logs.Header("2024-05-06T08:00:00.000Z") + Logs.Rows(8, 1));
        File.Delete(_bed.PathOf("MSGTRK1.LOG"));
        _bed.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Logs.Read(8, 1), await _bed.ReadAsync());
        Assert.Equal(3, _bed.Status.Totals.Files);
        _bed.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(Logs.Read(7, 1), await _bed.ReadAsync());
    }

    [Fact]
    public async Task Replaced_file_is_seen_at_the_next_tick()
    {
        var path = _bed.PathOf("MSGTRK1.LOG");
        File.WriteAllText(path, Logs.Header() + Logs.Rows(0, 1));
        await _bed.PollAsync();
        _ = _bed.Lines;
        File.WriteAllText(_bed.PathOf("new"), Logs.Header("2024-05-06T08:00:00.000Z") + Logs.Rows(1, 1));
        File.Move(_bed.PathOf("new"), path, overwrite: true);
        _bed.Clock.Advance(Tick);
        Assert.Equal(Logs.Read(1, 1), await _bed.ReadAsync());
    }

    [Fact]
    public async Task Closed_file_keeps_no_header_in_memory_and_continues_at_its_position()
    {
        var path = _bed.PathOf("MSGTRK1.LOG");
        File.WriteAllText(path, Logs.Header() + Logs.Rows(0, 3));
        await _bed.PollAsync();
        _bed.Clock.Advance(TimeSpan.FromMinutes(11));
        await _bed.PollAsync();
        Assert.Null(Assert.Single(_bed.Tracked));
        _ = _bed.Lines;
        Logs.Append(path, Logs.Rows(3, 1));
        _bed.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Logs.Read(3, 1), await _bed.ReadAsync());
        Assert.Equal(0, _bed.Status.Replaced);
    }

    [Fact]
    public void Small_handle_limit_is_shared_between_files()
    {
        using var room = new HandleRoom(64);
        Assert.Equal([true, true, true, true, false], Enumerable.Range(0, 5).Select(_ => room.TryKeep()));
        room.LetGo();
        Assert.True(room.TryKeep());
    }
}
