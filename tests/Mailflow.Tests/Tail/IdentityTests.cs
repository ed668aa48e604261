using System.Text;
using Mailflow.Pipeline;
using Mailflow.Tail;

namespace Mailflow.Tests.Tail;

/// <summary>Identity of files with equal inode, length and ends of rows.</summary>
public sealed class IdentityTests : IDisposable
{
    const string OtherDate = "2024-05-06T09:00:00.000Z";

    readonly TailBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task New_log_with_a_reused_inode_is_read_from_its_start(bool restart)
    {
        var path = _bed.PathOf("MSGTRK2024050607-1.LOG");
        File.WriteAllText(path, Logs.Header() + Logs.AlikeRows(0, 20));
        Assert.Equal(Logs.Alike(0, 20), await _bed.ReadAsync());
        _bed.Commit();
        await CloseAsync(restart);
        var next = _bed.PathOf("MSGTRK2024050608-1.LOG");
        ReuseInode(path, next, Logs.Header(OtherDate) + Logs.AlikeRows(100, 300));
        Assert.Equal(Logs.Alike(100, 300), await _bed.ReadAsync());
        Assert.Equal(0, _bed.Status.Replaced);
        Assert.Equal(0, _bed.Status.LostBytes);
        _bed.Commit();
        _bed.Restart();
        Assert.Empty(await _bed.ReadAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task New_log_with_a_forced_equal_inode_is_read_from_its_start(bool sameHeader)
    {
        // To the tailer, a renamed and rewritten file looks like a deleted one whose inode was reused.
        var path = _bed.PathOf("MSGTRK2024050607-1.LOG");
        File.WriteAllText(path, Logs.Header() + Logs.AlikeRows(0, 20));
        await _bed.PollAsync();
        _bed.Commit();
        _ = _bed.Lines;
        await CloseAsync(restart: false);
        var next = _bed.PathOf("MSGTRK2024050608-1.LOG");
        Logs.Truncate(path);
        Logs.Append(path, (sameHeader ? Logs.Header() : Logs.Header(OtherDate)) + Logs.AlikeRows(100, 300));
        File.Move(path, next);
        Assert.Equal(Logs.Alike(100, 300), await _bed.ReadAsync());
        Assert.Equal(0, _bed.Status.Replaced);
        _bed.Commit();
        _bed.Restart();
        Assert.Empty(await _bed.ReadAsync());
    }

    [Fact]
    public async Task Unread_bytes_of_a_deleted_file_are_lost_when_its_inode_is_reused()
    {
        var path = _bed.PathOf("MSGTRK2024050607-1.LOG");
        File.WriteAllText(path, Logs.Header() + Logs.AlikeRows(0, 20));
        await _bed.PollAsync();
        Logs.Append(path, "a line that is not finished");
        await _bed.PollAsync();
        await CloseAsync(restart: false);
        ReuseInode(path, _bed.PathOf("MSGTRK2024050608-1.LOG"), Logs.Header(OtherDate) + Logs.AlikeRows(100, 30));
        _ = _bed.Lines;
        Assert.Equal(Logs.Alike(100, 30), await _bed.ReadAsync());
        Assert.Equal("a line that is not finished".Length, _bed.Status.LostBytes);
        Assert.Equal(0, _bed.Status.Replaced);
    }

    [Fact]
    public async Task New_log_with_the_same_name_and_inode_is_not_reported_as_rewritten()
    {
        var path = _bed.PathOf("MSGTRK2024050607-1.LOG");
        File.WriteAllText(path, Logs.Header() + Logs.AlikeRows(0, 20));
        await _bed.PollAsync();
        _ = _bed.Lines;
        await CloseAsync(restart: false);
        ReuseInode(path, path, Logs.Header(OtherDate) + Logs.AlikeRows(100, 30));
        Assert.Equal(Logs.Alike(100, 30), await _bed.ReadAsync());
        Assert.Equal(0, _bed.Status.Replaced);
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(20, false)]
    [InlineData(300, false)]
    [InlineData(5, true)]
    [InlineData(20, true)]
    [InlineData(300, true)]
    [InlineData(20_000, true)]
    public async Task Log_rewritten_in_place_is_read_from_its_start(int rows, bool sameHeader)
    {
        var path = _bed.PathOf("a.log");
        File.WriteAllText(path, Logs.Header() + Logs.AlikeRows(0, 20));
        await _bed.PollAsync();
        _ = _bed.Lines;
        Logs.Truncate(path);
        Logs.Append(path, (sameHeader ? Logs.Header() : Logs.Header(OtherDate)) + Logs.AlikeRows(1000, rows));
        File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddMilliseconds(10));
        Assert.Equal(Logs.Alike(1000, rows), await _bed.ReadAsync());
        Assert.Equal(1, _bed.Status.Replaced);
        _bed.Commit();
        _bed.Restart();
        Assert.Empty(await _bed.ReadAsync());
        Assert.Equal(0, _bed.Status.Replaced);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Long_log_with_another_start_and_the_same_end_is_a_new_file(bool restart)
    {
        // Longer than both hashes cover: the ends are equal, only the starts differ.
        var path = _bed.PathOf("a.log");
        File.WriteAllText(path, Logs.Header() + Logs.AlikeRows(0, 500));
        await _bed.PollAsync();
        _bed.Commit();
        _ = _bed.Lines;
        if (restart)
            _bed.Restart();
        Logs.Truncate(path);
        Logs.Append(path, Logs.Header() + Logs.AlikeRows(1000, 400) + Logs.AlikeRows(400, 150));
        string[] expected = [.. Logs.Alike(1000, 400), .. Logs.Alike(400, 150)];
        Assert.Equal(expected, await _bed.ReadAsync());
        Assert.Equal(1, _bed.Status.Replaced);
    }

    [Fact]
    public async Task Fully_read_log_deleted_before_a_restart_is_not_counted_as_lost()
    {
        var old = _bed.PathOf("old.log");
        File.WriteAllText(_bed.PathOf("read.log"), Logs.Header() + Logs.Rows(0, 20));
        File.SetLastWriteTimeUtc(_bed.PathOf("read.log"), _bed.Clock.GetUtcNow().UtcDateTime.AddDays(-1));
        await _bed.PollAsync();
        _bed.Commit();
        _bed.Restart();
        File.WriteAllText(old, Logs.Header(OtherDate) + Logs.AlikeRows(0, 100_000));
        File.SetLastWriteTimeUtc(old, _bed.Clock.GetUtcNow().UtcDateTime.AddDays(-2));
        Assert.True(await _bed.PollOnceAsync());
        Assert.All(_bed.Steps.Skip(1), s => Assert.Equal("old.log", s.File.Name));
        File.Delete(_bed.PathOf("read.log"));
        await _bed.PollOnceAsync();
        Assert.Equal(0, _bed.Status.LostBytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Position_saved_by_an_older_version_is_continued_where_its_hash_matches(bool written)
    {
        var path = _bed.PathOf("a.log");
        var text = Logs.Header() + Logs.Rows(0, 20);
        File.WriteAllText(path, text);
        await _bed.PollAsync();
        var (device, inode) = FileId.Of(path);
        var (file, _, end) = _bed.Steps[^1];
        _ = _bed.Lines;
        _bed.Restart(new FilePosition(
            file.Id, "root", "a.log", device, inode, file.HeaderHash, 0, 0, end,
            Guard.Hash(Encoding.UTF8.GetBytes(text).AsSpan()[^Guard.ShortLength..]),
            null));
        if (written)
        {
            Logs.Truncate(path);
            Logs.Append(path, Logs.Header() + Logs.Rows(30, 20));
        }

        Logs.Append(path, Logs.Rows(60, 1));
        var expected = written ? [.. Logs.Read(30, 20), .. Logs.Read(60, 1)] : Logs.Read(60, 1);
        Assert.Equal(expected, await _bed.ReadAsync());
        _bed.Commit();
        _bed.Restart();
        Assert.Empty(await _bed.ReadAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Longer_copy_that_replaces_a_log_is_continued_at_its_position(bool isLive)
    {
        // As rsync does, while more of the log is unread than one turn reads.
        var path = _bed.PathOf("a.log");
        File.WriteAllText(path, Logs.Header() + Logs.AlikeRows(0, 150_000));
        var copy = Path.Combine(_bed.Folder, "a.tmp");
        File.WriteAllText(copy, Logs.Header() + Logs.AlikeRows(0, 150_100));
        if (!isLive)
            foreach (var file in new[] { path, copy })
                File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-1));
        await _bed.PollOnceAsync();
        Assert.InRange(_bed.File("a.log").Offset, 1, _bed.File("a.log").Size - (10 << 20));
        File.Move(copy, path, overwrite: true);
        await _bed.PollAsync();
        for (var i = 0; i < 3; i++)
        {
            _bed.Clock.Advance(TimeSpan.FromSeconds(1));
            await _bed.PollAsync();
        }

        Assert.Equal(Logs.Alike(0, 150_100), _bed.Lines);
        Assert.Equal(0, _bed.Status.LostBytes);
        Assert.Equal(0, _bed.Status.Replaced);
    }

    [Fact]
    public async Task Bytes_read_before_a_restart_are_not_reported_as_unread()
    {
        for (var i = 0; i < 600; i++)
        {
            var path = _bed.PathOf($"MSGTRK2024{i}.LOG");
            File.WriteAllText(path, Logs.Header() + Logs.Rows(i, 1));
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-1));
        }

        await _bed.PollAsync();
        _bed.Commit();
        _bed.Restart();
        await _bed.PollOnceAsync();
        Assert.Equal((600, 0, 0), (_bed.Status.Totals.Files, _bed.Status.Totals.UnreadFiles, _bed.Status.Totals.UnreadBytes));
    }

    /// <summary>Closes the handle: only then can the file system reuse the inode.</summary>
    async Task CloseAsync(bool restart)
    {
        if (restart)
        {
            _bed.Restart();
            return;
        }

        _bed.Clock.Advance(TimeSpan.FromMinutes(11));
        await _bed.PollAsync();
    }

    /// <summary>Deletes a file and creates another one with the same inode.</summary>
    static void ReuseInode(string path, string next, string text)
    {
        var inode = FileId.Of(path);
        File.Delete(path);
        for (var i = 0; i < 100; i++)
        {
            File.WriteAllText(next, text);
            if (FileId.Of(next) == inode)
                return;
            File.Delete(next);
        }

        Assert.Skip("this file system does not give an inode twice");
    }
}
