using System.Runtime.InteropServices;
using System.Text;
using Mailflow.Analysis.Messages;
using Mailflow.Pipeline;

namespace Mailflow.Tests.Tail;

/// <summary>Area 2 of the fault catalogue: identity of files, whatever happens to their names.</summary>
public sealed partial class RotationTests : IDisposable
{
    readonly TailBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Fact]
    public async Task R01_Rotation_to_a_new_name_reads_the_old_file_to_its_end()
    {
        File.WriteAllText(_bed.PathOf("MSGTRK2024050607-1.LOG"), Logs.Header() + Logs.Rows(0, 10));
        Assert.Equal(Logs.Read(0, 10), await _bed.ReadAsync());
        Logs.Append(_bed.PathOf("MSGTRK2024050607-1.LOG"), Logs.Rows(10, 5));
        File.WriteAllText(_bed.PathOf("MSGTRK2024050607-2.LOG"), Logs.Header("2024-05-06T07:30:00.000Z") + Logs.Rows(15, 5));
        File.WriteAllText(_bed.PathOf("MSGTRK2024050608-1.LOG"), Logs.Header("2024-05-06T08:00:00.000Z") + Logs.Rows(20, 5));
        Assert.Equal(Logs.Read(10, 15), await _bed.ReadAsync());
    }

    [Fact]
    public async Task R02_Files_with_equal_starts_are_read_separately()
    {
        // The same header and rows for 5,000 bytes; only then do they differ.
        var alike = Logs.Header() + Logs.Rows(0, 100);
        File.WriteAllText(_bed.PathOf("a.log"), alike + Logs.Rows(100, 1));
        File.WriteAllText(_bed.PathOf("b.log"), alike + Logs.Rows(101, 1));
        File.WriteAllText(_bed.PathOf("c.log"), Logs.Header("2024-05-06T07:00:00.001Z") + Logs.Rows(0, 100));
        var lines = await _bed.ReadAsync();
        Assert.Equal(302, lines.Length);
        Assert.Equal([Logs.Row(100), Logs.Row(101)], lines.Where(l => l == Logs.Row(100) || l == Logs.Row(101)).Order(StringComparer.Ordinal));
        Logs.Append(_bed.PathOf("b.log"), Logs.Rows(200, 1));
        Assert.Equal(Logs.Read(200, 1), await _bed.ReadAsync());
    }

    [Fact]
    public async Task R03_First_row_after_a_header_alone_is_read_at_once()
    {
        var path = _bed.PathOf("MSGTRK2024050607-1.LOG");
        File.WriteAllText(path, Logs.Header());
        Assert.Empty(await _bed.ReadAsync());
        Assert.Null(_bed.File("MSGTRK2024050607-1.LOG").Problem);
        Logs.Append(path, Logs.Rows(0, 1));
        Assert.Equal(Logs.Read(0, 1), await _bed.ReadAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task R04_Renamed_file_keeps_its_position(bool sameHeader)
    {
        File.WriteAllText(_bed.PathOf("a.log"), Logs.Header() + Logs.Rows(0, 10));
        await _bed.PollAsync();
        Logs.Append(_bed.PathOf("a.log"), Logs.Rows(10, 5));
        File.Move(_bed.PathOf("a.log"), _bed.PathOf("a1.log"));
        File.WriteAllText(_bed.PathOf("a.log"), Logs.Header(sameHeader ? "2024-05-06T07:00:00.000Z" : "2024-05-06T08:00:00.000Z") + Logs.Rows(15, 5));
        Assert.Equal(Logs.Read(0, 20), (await _bed.ReadAsync()).Order(ByNumber));
        Logs.Append(_bed.PathOf("a1.log"), Logs.Rows(20, 1));
        Logs.Append(_bed.PathOf("a.log"), Logs.Rows(21, 1));
        Assert.Equal(Logs.Read(20, 2), (await _bed.ReadAsync()).Order(ByNumber));
        Assert.Equal(0, _bed.Status.Replaced);
        Assert.Equal(2, _bed.Files.Length);
    }

    [Fact]
    public async Task R04_File_renamed_while_stopped_is_found_by_its_inode()
    {
        File.WriteAllText(_bed.PathOf("a.log"), Logs.Header() + Logs.Rows(0, 10));
        await _bed.PollAsync();
        _bed.Commit();
        Logs.Append(_bed.PathOf("a.log"), Logs.Rows(10, 5));
        File.Move(_bed.PathOf("a.log"), _bed.PathOf("a1.log"));
        File.WriteAllText(_bed.PathOf("a.log"), Logs.Header() + Logs.Rows(15, 5));
        _ = _bed.Lines;
        _bed.Restart();
        Assert.Equal(Logs.Read(10, 10), (await _bed.ReadAsync()).Order(ByNumber));
    }

    [Fact]
    public async Task R04_Chain_of_renames_is_followed()
    {
        File.WriteAllText(_bed.PathOf("a.log"), Logs.Header("2024-05-06T01:00:00.000Z") + Logs.Rows(0, 1));
        for (var i = 1; i < 6; i++)
        {
            await _bed.PollAsync();
            Logs.Append(_bed.PathOf("a.log"), Logs.Rows((10 * i) - 1, 1));
            for (var n = i; n > 1; n--)
                File.Move(_bed.PathOf($"a{n - 1}.log"), _bed.PathOf($"a{n}.log"));
            File.Move(_bed.PathOf("a.log"), _bed.PathOf("a1.log"));
            File.WriteAllText(_bed.PathOf("a.log"), Logs.Header($"2024-05-06T0{i + 1}:00:00.000Z") + Logs.Rows(10 * i, 1));
        }

        string[] expected = [.. Enumerable.Range(0, 6).SelectMany(i => i < 5 ? Logs.Read(10 * i, 1).Concat(Logs.Read((10 * i) + 9, 1)) : Logs.Read(10 * i, 1))];
        Assert.Equal(expected, (await _bed.ReadAsync()).Order(ByNumber));
        Assert.Equal(0, _bed.Status.LostBytes);
    }

    [Fact]
    public async Task R05_File_renamed_out_of_the_pattern_and_back_is_continued()
    {
        var path = _bed.PathOf("a.log");
        File.WriteAllText(path, Logs.Header() + Logs.Rows(0, 10));
        await _bed.PollAsync();
        Logs.Append(path, Logs.Rows(10, 5));
        File.Move(path, _bed.PathOf("a.old"));
        Assert.Equal(Logs.Read(0, 15), await _bed.ReadAsync());
        Assert.Empty(_bed.Files);
        Assert.Equal(0, _bed.Status.LostBytes);
        Logs.Append(_bed.PathOf("a.old"), Logs.Rows(15, 5));
        Assert.Empty(await _bed.ReadAsync());
        File.Move(_bed.PathOf("a.old"), path);
        Assert.Equal(Logs.Read(15, 5), await _bed.ReadAsync());
    }

    [Fact]
    public async Task R05_File_renamed_as_logs_are_rotated_is_continued_and_not_refused()
    {
        var path = _bed.PathOf("a.log");
        File.WriteAllText(path, Logs.Header() + Logs.Rows(0, 10));
        Assert.Equal(Logs.Read(0, 10), await _bed.ReadAsync());
        File.Move(path, _bed.PathOf("a.log.1"));
        Logs.Append(_bed.PathOf("a.log.1"), Logs.Rows(10, 5));
        Assert.Equal(Logs.Read(10, 5), await _bed.ReadAsync());
        _bed.Commit();
        _bed.Restart();
        Assert.Empty(await _bed.ReadAsync());
        Assert.False(Assert.Single(_bed.Files).Refused);
    }

    [Fact]
    public async Task R06_Copytruncate_reads_new_rows_once()
    {
        var path = _bed.PathOf("a.log");
        File.WriteAllText(path, Logs.Header() + Logs.Rows(0, 10));
        await _bed.PollAsync();
        File.Copy(path, _bed.PathOf("a.log.1"));
        Logs.Truncate(path);
        await _bed.PollAsync();
        Logs.Append(path, Logs.Header("2024-05-06T09:00:00.000Z") + Logs.Rows(10, 3));
        Assert.Equal(Logs.Read(0, 13), await _bed.ReadAsync());
        Assert.Equal(1, _bed.Status.Replaced);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task R06_Copytruncate_with_a_writer_at_its_old_offset_is_read(bool headerAfterNuls)
    {
        var path = _bed.PathOf("a.log");
        File.WriteAllText(path, Logs.Header() + Logs.Rows(0, 10));
        await _bed.PollAsync();
        _ = _bed.Lines;
        var nuls = new byte[new FileInfo(path).Length];
        Logs.Truncate(path);
        Logs.Append(path, [.. nuls, .. Encoding.UTF8.GetBytes((headerAfterNuls ? Logs.Header("2024-05-06T09:00:00.000Z") : "") + Logs.Rows(10, 3))]);
        var lines = await _bed.ReadAsync();
        Assert.Equal(1, _bed.Status.Replaced);
        if (headerAfterNuls)
        {
            Assert.Equal(Logs.Read(10, 3), lines);
            Assert.Equal(1, _bed.Total.Unreadable[(int)Unreadable.NulBytes]);
        }
        else
        {
            Assert.Empty(lines);
            Assert.NotNull(_bed.File("a.log").Problem);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public async Task R07_Truncation_followed_by_growth_is_detected_by_the_guard(int more)
    {
        var path = _bed.PathOf("a.log");
        File.WriteAllText(path, Logs.Header() + Logs.Rows(100, 10));
        await _bed.PollAsync();
        _ = _bed.Lines;
        Logs.Truncate(path);
        Logs.Append(path, Logs.Header() + Logs.Rows(200, 10 + more));
        Later(path);
        Assert.Equal(Logs.Read(200, 10 + more), await _bed.ReadAsync());
        Assert.Equal(1, _bed.Status.Replaced);
        Assert.Equal(1, _bed.Steps[^1].File.Generation);
    }

    [Fact]
    public async Task R07_Truncation_followed_by_growth_is_detected_across_a_restart()
    {
        var path = _bed.PathOf("a.log");
        File.WriteAllText(path, Logs.Header() + Logs.Rows(100, 10));
        await _bed.PollAsync();
        _bed.Commit();
        _ = _bed.Lines;
        Logs.Truncate(path);
        Logs.Append(path, Logs.Header() + Logs.Rows(200, 20));
        _bed.Restart();
        Assert.Equal(Logs.Read(200, 20), await _bed.ReadAsync());
        Assert.Equal(1, _bed.Status.Replaced);
        // The next start takes the newer generation, not the first one of that name.
        _bed.Commit();
        _bed.Restart();
        Assert.Empty(await _bed.ReadAsync());
        Assert.Equal(0, _bed.Status.Replaced);
    }

    [Fact]
    public async Task R08_Deleted_open_file_is_read_to_its_end_and_closed()
    {
        var path = _bed.PathOf("a.log");
        File.WriteAllText(path, Logs.Header() + Logs.Rows(0, 10));
        await _bed.PollAsync();
        Logs.Append(path, Logs.Rows(10, 5));
        File.Delete(path);
        Assert.Equal(Logs.Read(0, 15), await _bed.ReadAsync());
        Assert.Empty(_bed.Files);
        Assert.Equal(0, _bed.Status.LostBytes);
    }

    [Fact]
    public async Task R08_Log_rewritten_to_the_same_length_and_then_deleted_is_read_to_its_end()
    {
        var path = _bed.PathOf("a.log");
        File.WriteAllText(path, Logs.Header() + Logs.Rows(10, 5));
        await _bed.ReadAsync();
        Logs.Truncate(path);
        Logs.Append(path, Logs.Header("2024-05-06T08:00:00.000Z") + Logs.Rows(20, 5));
        File.Delete(path);
        Assert.Equal(Logs.Read(20, 5), await _bed.ReadAsync());
        Assert.Empty(_bed.Files);
        Assert.Equal(0, _bed.Status.LostBytes);
    }

    [Fact]
    public async Task R08_Unread_bytes_of_a_deleted_file_are_counted_as_lost()
    {
        var path = _bed.PathOf("a.log");
        File.WriteAllText(path, Logs.Header() + Logs.Rows(0, 10));
        await _bed.PollAsync();
        Logs.Append(path, "half a li");
        File.Delete(path);
        await _bed.PollAsync();
        Assert.Equal(9, _bed.Status.LostBytes);
        Assert.Empty(_bed.Files);
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(10, false)]
    [InlineData(15, false)]
    [InlineData(10, true)]
    [InlineData(15, true)]
    public async Task R09_File_recreated_under_the_same_name_is_a_new_file(int rows, bool sameHeader)
    {
        var path = _bed.PathOf("a.log");
        File.WriteAllText(path, Logs.Header() + Logs.Rows(100, 10));
        await _bed.PollAsync();
        Logs.Append(path, Logs.Rows(110, 1));
        File.Delete(path);
        File.WriteAllText(path, Logs.Header(sameHeader ? "2024-05-06T07:00:00.000Z" : "2024-05-06T09:00:00.000Z") + Logs.Rows(200, rows));
        Later(path);
        // The old one is read to its end through its handle; the new one from its start.
        string[] expected = [.. Logs.Read(100, 11), .. Logs.Read(200, rows)];
        Assert.Equal(expected, (await _bed.ReadAsync()).Order(ByNumber));
        Logs.Append(path, Logs.Rows(300, 1));
        Assert.Equal(Logs.Read(300, 1), await _bed.ReadAsync());
        Assert.Single(_bed.Files);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task R09_Changed_log_whose_name_another_log_got_is_read_to_its_end(bool halfHeader)
    {
        // Neither file's lines may wait for the other file: the other one stays.
        var (path, other) = (_bed.PathOf("a.log"), _bed.PathOf("b.log"));
        File.WriteAllText(path, halfHeader ? Logs.Header()[..^5] : Logs.Header() + Logs.Rows(0, 5));
        File.WriteAllText(other, Logs.Header() + Logs.Rows(5, 5));
        await _bed.ReadAsync();
        Logs.Truncate(path);
        Logs.Append(path, Logs.Header() + Logs.Rows(10, 10));
        Logs.Append(other, Logs.Rows(20, 5));
        File.Move(other, path, overwrite: true);
        Assert.Equal(Logs.Read(10, 15), (await _bed.ReadAsync()).Order(ByNumber));
        Assert.Equal("a.log", Assert.Single(_bed.Files).Name);
        Assert.Equal(0, _bed.Status.LostBytes);
        _bed.Commit();
        _bed.Restart();
        Logs.Append(path, Logs.Rows(25, 1));
        Assert.Equal(Logs.Read(25, 1), await _bed.ReadAsync());
    }

    [Fact]
    public async Task R09_Two_changed_logs_that_were_deleted_under_one_name_are_read_to_their_ends()
    {
        var (path, other) = (_bed.PathOf("a.log"), _bed.PathOf("b.log"));
        File.WriteAllText(path, Logs.Header() + Logs.Rows(0, 5));
        File.WriteAllText(other, Logs.Header() + Logs.Rows(5, 5));
        await _bed.ReadAsync();
        Logs.Truncate(path);
        Logs.Append(path, Logs.Header() + Logs.Rows(10, 10));
        File.Move(other, path, overwrite: true);
        await _bed.PollOnceAsync();
        Logs.Truncate(path);
        Logs.Append(path, Logs.Header() + Logs.Rows(20, 10));
        File.Delete(path);
        Assert.Equal(Logs.Read(10, 20), (await _bed.ReadAsync()).Order(ByNumber));
        Assert.Empty(_bed.Files);
        Assert.Equal(0, _bed.Status.LostBytes);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(15)]
    public async Task R09_File_recreated_with_the_same_inode_is_detected_by_the_guard(int rows)
    {
        // The handle is closed first, so that the file system can reuse the inode for the next file.
        var path = _bed.PathOf("a.log");
        File.WriteAllText(path, Logs.Header() + Logs.Rows(100, 10));
        await _bed.PollAsync();
        _bed.Commit();
        _ = _bed.Lines;
        var inode = Mailflow.Tail.FileId.Of(path);
        _bed.Restart();
        for (var i = 0; i < 100; i++)
        {
            File.Delete(path);
            File.WriteAllText(path, Logs.Header() + Logs.Rows(200, rows));
            if (Mailflow.Tail.FileId.Of(path) == inode)
                break;
        }

        Assert.SkipUnless(Mailflow.Tail.FileId.Of(path) == inode, "this file system does not give an inode twice");
        Assert.Equal(Logs.Read(200, rows), await _bed.ReadAsync());
        Assert.Equal(1, _bed.Status.Replaced);
    }

    [Fact]
    public async Task R10_Hard_linked_file_is_read_once()
    {
        File.WriteAllText(_bed.PathOf("b.log"), Logs.Header() + Logs.Rows(0, 10));
        Assert.Equal(0, Link(_bed.PathOf("b.log"), _bed.PathOf("a.log")));
        Directory.CreateDirectory(_bed.PathOf("sub"));
        File.CreateSymbolicLink(_bed.PathOf("c.log"), _bed.PathOf("b.log"));
        Directory.CreateSymbolicLink(_bed.PathOf("sub/loop"), _bed.Folder);
        Assert.Equal(Logs.Read(0, 10), await _bed.ReadAsync());
        Assert.Equal("a.log", Assert.Single(_bed.Files).Name);
        _bed.Commit();
        _bed.Restart();
        Assert.Empty(await _bed.ReadAsync());
        // When the name that it is read under is deleted, the other one continues at its position.
        File.Delete(_bed.PathOf("a.log"));
        Logs.Append(_bed.PathOf("b.log"), Logs.Rows(10, 5));
        Assert.Equal(Logs.Read(10, 5), await _bed.ReadAsync());
        Assert.Equal("b.log", Assert.Single(_bed.Files).Name);
    }

    [Fact]
    public async Task R10_Hard_link_added_later_changes_nothing()
    {
        File.WriteAllText(_bed.PathOf("b.log"), Logs.Header() + Logs.Rows(0, 10));
        await _bed.PollAsync();
        _ = _bed.Lines;
        Assert.Equal(0, Link(_bed.PathOf("b.log"), _bed.PathOf("a.log")));
        Logs.Append(_bed.PathOf("b.log"), Logs.Rows(10, 1));
        Assert.Equal(Logs.Read(10, 1), await _bed.ReadAsync());
        Assert.Equal("b.log", Assert.Single(_bed.Files).Name);
    }

    [Fact]
    public async Task R11_File_restored_to_an_earlier_state_is_reread_and_reported()
    {
        var path = _bed.PathOf("a.log");
        File.WriteAllText(path, Logs.Header() + Logs.Rows(0, 10));
        await _bed.PollAsync();
        _bed.Commit();
        _ = _bed.Lines;
        _bed.Restart();
        Logs.Truncate(path, Logs.Header().Length + Logs.Rows(0, 5).Length);
        Logs.Append(path, Logs.Rows(50, 2));
        string[] expected = [.. Logs.Read(0, 5), .. Logs.Read(50, 2)];
        Assert.Equal(expected, await _bed.ReadAsync());
        Assert.Equal(1, _bed.Status.Replaced);
    }

    [Fact]
    public async Task R12_Folder_moved_to_another_volume_is_continued()
    {
        File.WriteAllText(_bed.PathOf("a.log"), Logs.Header() + Logs.Rows(0, 10));
        await _bed.PollAsync();
        _bed.Commit();
        _ = _bed.Lines;
        // A copy has another inode, and the same name, header and guard.
        File.Copy(_bed.PathOf("a.log"), _bed.PathOf("copy"));
        File.Delete(_bed.PathOf("a.log"));
        File.Move(_bed.PathOf("copy"), _bed.PathOf("a.log"));
        Logs.Append(_bed.PathOf("a.log"), Logs.Rows(10, 3));
        _bed.Restart();
        Assert.Equal(Logs.Read(10, 3), await _bed.ReadAsync());
        Assert.Equal(0, _bed.Status.Replaced);
    }

    [Fact]
    public async Task R13_Two_roots_with_the_same_file_names_are_separate()
    {
        var known = new Mailflow.Tail.KnownFiles([]);
        using var other = new TailBed(root: "other");
        foreach (var bed in new[] { _bed, other })
            File.WriteAllText(bed.PathOf("a.log"), Logs.Header() + Logs.Rows(0, 3));
        Assert.Equal(Logs.Read(0, 3), await _bed.ReadAsync());
        Assert.Equal(Logs.Read(0, 3), await other.ReadAsync());
        var position = new FilePosition(1, "root", "a.log", 1, 2, 3, 0, 0, 5, 6, null);
        known.Update(position);
        Assert.Empty(known.Find("other", "a.log", 1, 2, 3));
        Assert.Equal([position], known.Find("root", "a.log", 7, 8, 3));
    }

    [Fact]
    public async Task R14_Four_log_families_created_at_the_same_time_are_separate_files()
    {
        string[] families = ["MSGTRK", "MSGTRKMA", "MSGTRKMD", "MSGTRKMS"];
        foreach (var (i, family) in families.Index())
            File.WriteAllText(_bed.PathOf($"{family}2024050607-1.LOG"), Logs.Header() + Logs.Rows(i * 10, 10));
        Assert.Equal(Logs.Read(0, 40), (await _bed.ReadAsync()).Order(ByNumber));
        Assert.Equal(4, _bed.Steps.Select(s => s.File.Id).Distinct().Count());
    }

    [Fact]
    public async Task R15_Copies_beside_the_logs_are_refused_by_name_and_counted()
    {
        File.WriteAllText(_bed.PathOf("a.LOG"), Logs.Header() + Logs.Rows(0, 1));
        File.WriteAllText(_bed.PathOf("a.LOG.gz"), Logs.Header() + Logs.Rows(1, 1));
        File.WriteAllText(_bed.PathOf("a.log.zip"), Logs.Header() + Logs.Rows(2, 1));
        File.WriteAllText(_bed.PathOf("a.LOG.1"), Logs.Header() + Logs.Rows(3, 1));
        File.WriteAllText(_bed.PathOf("MSGTRK20240506-1.bak"), Logs.Header() + Logs.Rows(4, 1));
        File.WriteAllText(_bed.PathOf("a.LOG.tmp"), Logs.Header() + Logs.Rows(5, 1));
        File.WriteAllText(_bed.PathOf("notes.txt"), Logs.Header() + Logs.Rows(6, 1));
        foreach (var old in Directory.EnumerateFiles(Path.GetDirectoryName(_bed.PathOf("a.LOG"))!))
            File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-1));
        Assert.Equal(Logs.Read(0, 1), await _bed.ReadAsync());
    }

    [Fact]
    public async Task R16_Renamed_folder_is_continued()
    {
        var path = _bed.PathOf("a.log");
        File.WriteAllText(path, Logs.Header() + Logs.Rows(0, 3));
        Assert.Equal(Logs.Read(0, 3), await _bed.ReadAsync());
        _bed.Commit();
        _bed.Root = _bed.Root with { Name = "another" };
        _bed.Restart();
        Logs.Append(path, Logs.Rows(3, 1));
        Assert.Equal(Logs.Read(3, 1), await _bed.ReadAsync());
        _bed.Commit();
        _bed.Restart();
        Assert.Empty(await _bed.ReadAsync());
    }

    [Fact]
    public async Task Unreadable_file_is_retried_when_replaced()
    {
        var path = _bed.PathOf("a.log");
        File.WriteAllText(path, "this is no log\nnor is this\n");
        Assert.Empty(await _bed.ReadAsync());
        Assert.True(_bed.File("a.log").Refused);
        File.Delete(path);
        File.WriteAllText(path, Logs.Header() + Logs.Rows(0, 3));
        _bed.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(Logs.Read(0, 3), await _bed.ReadAsync());
        Assert.False(_bed.File("a.log").Refused);
    }

    [Fact]
    public async Task Unreadable_file_is_read_when_rewritten()
    {
        var path = _bed.PathOf("a.log");
        File.WriteAllText(path, new string('x', 2000) + "\n");
        await _bed.PollAsync();
        Assert.True(_bed.File("a.log").Refused);
        Logs.Truncate(path);
        Logs.Append(path, Logs.Header() + Logs.Rows(0, 3));
        Assert.Equal(Logs.Read(0, 3), await _bed.ReadAsync());
    }

    /// <summary>Waits for the next tick of the file system clock: two writes within one tick have the same time.</summary>
    static void Later(string path) => File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddMilliseconds(10));

    static readonly Comparer<string> ByNumber = Comparer<string>.Create((a, b) => Number(a).CompareTo(Number(b)));

    static int Number(string row) => int.Parse(row.AsSpan(row.LastIndexOf(',') + 1), System.Globalization.CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int Link(string from, string to);
}
