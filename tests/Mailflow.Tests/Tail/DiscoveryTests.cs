using System.Runtime.InteropServices;
using System.Text;
using Mailflow.Configuration;
using Mailflow.Tail;
using Mailflow.Tests.Ship;

namespace Mailflow.Tests.Tail;

/// <summary>Area 4 of the fault catalogue: folders, permissions, handles and fairness.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed partial class DiscoveryTests : IDisposable
{
    const int Nobody = 65534;

    readonly TailBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Fact]
    public async Task D01_Late_or_returning_folder_is_read_from_its_positions()
    {
        var folder = _bed.PathOf("later");
        using var bed = new TailBed(folder: folder);
        Assert.Empty(await bed.ReadAsync());
        Assert.NotNull(bed.Status.Error);
        Directory.CreateDirectory(folder);
        File.WriteAllText(bed.PathOf("a.log"), Logs.Header() + Logs.Rows(0, 3));
        Assert.Equal(Logs.Read(0, 3), await bed.ReadAsync());
        Assert.Null(bed.Status.Error);
        // The whole folder disappears, as a share does, and comes back.
        Directory.Move(folder, _bed.PathOf("away"));
        Assert.Empty(await bed.ReadAsync());
        Assert.NotNull(bed.Status.Error);
        Assert.Single(bed.Files);
        Assert.Equal(0, bed.Status.LostBytes);
        Directory.Move(_bed.PathOf("away"), folder);
        Logs.Append(bed.PathOf("a.log"), Logs.Rows(3, 2));
        Assert.Equal(Logs.Read(3, 2), await bed.ReadAsync());
        // It is empty for a moment, as an unmounted share's folder is: positions are kept.
        Directory.Move(folder, _bed.PathOf("away"));
        Directory.CreateDirectory(folder);
        Assert.Empty(await bed.ReadAsync());
        Directory.Delete(folder);
        Directory.Move(_bed.PathOf("away"), folder);
        Logs.Append(bed.PathOf("a.log"), Logs.Rows(5, 1));
        Assert.Equal(Logs.Read(5, 1), await bed.ReadAsync());
        Assert.Equal(0, bed.Status.Replaced);
    }

    [Fact]
    public async Task D02_Unlistable_folder_keeps_its_positions_and_blocks_no_other()
    {
        Directory.CreateDirectory(_bed.PathOf("shut"));
        File.WriteAllText(_bed.PathOf("a.log"), Logs.Header() + Logs.Rows(0, 3));
        File.WriteAllText(_bed.PathOf("shut/b.log"), Logs.Header("2024-05-06T08:00:00.000Z") + Logs.Rows(10, 3));
        Assert.Equal(6, (await _bed.ReadAsync()).Length);
        SetRights("shut", UnixFileMode.None);
        Logs.Append(_bed.PathOf("a.log"), Logs.Rows(3, 1));
        File.WriteAllText(_bed.PathOf("z.log"), Logs.Header("2024-05-06T09:00:00.000Z") + Logs.Rows(4, 1));
        var lines = await AsNobodyAsync(() => _bed.ReadAsync());
        Assert.Equal(Logs.Read(3, 2), lines);
        // The root is up, because its own folder can be listed.
        Assert.Null(_bed.Status.Error);
        Assert.Equal([new("shut", "Permission denied")], _bed.Status.Unlisted);
        Assert.Equal(3, _bed.Files.Length);
        SetRights("shut", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Logs.Append(_bed.PathOf("shut/b.log"), Logs.Rows(13, 1));
        Assert.Equal(Logs.Read(13, 1), await _bed.ReadAsync());
        Assert.Empty(_bed.Status.Unlisted);
        Assert.Equal(0, _bed.Status.LostBytes);
    }

    [Fact]
    public async Task D02_Unlistable_root_is_reported_as_down()
    {
        using var bed = new TailBed(folder: Directory.CreateDirectory(_bed.PathOf("root")).FullName);
        SetRights("root", UnixFileMode.None);
        await AsNobodyAsync(() => bed.ReadAsync());
        Assert.Equal("Permission denied", bed.Status.Error);
        Assert.Empty(bed.Status.Unlisted);
    }

    [Fact]
    public async Task D02_Deleted_folder_removes_its_files()
    {
        Directory.CreateDirectory(_bed.PathOf("sub"));
        File.WriteAllText(_bed.PathOf("sub/a.log"), Logs.Header() + Logs.Rows(0, 3));
        await _bed.PollAsync();
        Directory.Delete(_bed.PathOf("sub"), recursive: true);
        await _bed.PollAsync();
        Assert.Empty(_bed.Files);
        Assert.Empty(_bed.Status.Unlisted);
    }

    [Fact]
    public async Task D09_Skipped_entries_are_logged_once()
    {
        using var log = new TestLog();
        File.WriteAllText(_bed.PathOf("a.txt"), Logs.Header() + Logs.Rows(0, 3));
        File.CreateSymbolicLink(_bed.PathOf("link.log"), _bed.PathOf("a.txt"));
        File.CreateSymbolicLink(_bed.PathOf("link.txt"), _bed.PathOf("a.txt"));
        Directory.CreateSymbolicLink(_bed.PathOf("up"), _bed.Folder);
        var deep = string.Join('/', Enumerable.Range(1, 9));
        Directory.CreateDirectory(_bed.PathOf(deep));
        File.WriteAllText(_bed.PathOf(deep + "/a.log"), Logs.Header() + Logs.Rows(0, 3));
        File.WriteAllText(_bed.PathOf(Path.GetDirectoryName(deep) + "/b.log"), Logs.Header("2024-05-06T08:00:00.000Z") + Logs.Rows(3, 1));
        using var bed = new TailBed(folder: _bed.Folder, log: log);
        Assert.Equal(Logs.Read(3, 1), await bed.ReadAsync());
        Assert.Equal(
            [_bed.PathOf(deep), _bed.PathOf("link.log"), _bed.PathOf("up")],
            log.Lines.Where(l => l.Id == 10).Select(l => l.Text[..l.Text.IndexOf(" is skipped", StringComparison.Ordinal)]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task D03_Reading_takes_no_lock()
    {
        var path = _bed.PathOf("a.log");
        File.WriteAllText(path, Logs.Header() + Logs.Rows(0, 3));
        await _bed.PollAsync();
        Assert.Contains(path, OpenFiles());
        var inode = FileId.Of(path).Inode;
        Assert.DoesNotContain(
            File.ReadLines("/proc/locks"),
            l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries).Any(w => w.EndsWith($":{inode}", StringComparison.Ordinal)));
        // The shipped program has this setting too, not only these tests.
        Assert.Contains(
            "\"System.IO.DisableFileLocking\": true",
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "mailflow.runtimeconfig.json")),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task D05_Denied_file_is_reported_and_read_once_permission_is_granted()
    {
        File.WriteAllText(_bed.PathOf("a.log"), Logs.Header() + Logs.Rows(0, 3));
        File.WriteAllText(_bed.PathOf("b.log"), Logs.Header("2024-05-06T08:00:00.000Z") + Logs.Rows(10, 1));
        SetRights("a.log", UnixFileMode.None);
        Assert.Equal(Logs.Read(10, 1), await AsNobodyAsync(() => _bed.ReadAsync()));
        Assert.Contains("denied", _bed.File("a.log").Problem, StringComparison.Ordinal);
        Assert.False(_bed.File("a.log").Refused);
        SetRights("a.log", UnixFileMode.UserRead);
        Assert.Equal(Logs.Read(0, 3), await AsNobodyAsync(() => _bed.ReadAsync()));
        Assert.Null(_bed.File("a.log").Problem);
    }

    [Fact]
    public async Task D06_Old_files_are_not_reopened()
    {
        const int Old = 3000;
        for (var i = 0; i < Old; i++)
        {
            File.WriteAllText(_bed.PathOf($"a{i:0000}.log"), Logs.Header($"2024-05-06T07:00:00.{i:0000}Z") + Logs.Rows(i, 1));
            File.SetLastWriteTimeUtc(_bed.PathOf($"a{i:0000}.log"), DateTime.UtcNow.AddDays(-1));
        }

        Assert.Equal(Old, (await _bed.ReadAsync()).Length);
        Assert.Empty(OpenFiles());
        // The result is the same without permission to open them: listing the folder is enough.
        File.WriteAllText(_bed.PathOf("live.log"), Logs.Header("2024-05-06T08:00:00.000Z") + Logs.Rows(5000, 1));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        for (var i = 0; i < 5; i++)
            await _bed.PollOnceAsync();
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"five looks took {watch.Elapsed}");
        Assert.Equal(Logs.Read(5000, 1), _bed.Lines);
        Assert.Equal([_bed.PathOf("live.log")], OpenFiles());
    }

    [Fact]
    public async Task D07_Open_files_are_limited()
    {
        using var bed = new TailBed(new TailOptions { MaxOpenFiles = 4 });
        for (var i = 0; i < 50; i++)
            File.WriteAllText(bed.PathOf($"a{i:00}.log"), Logs.Header($"2024-05-06T07:00:00.{i:000}Z") + Logs.Rows(i, 1));
        var most = 0;
        bed.OnBlock = _ => most = Math.Max(most, OpenFiles(bed.Folder).Count);
        Assert.Equal(50, (await bed.ReadAsync()).Length);
        for (var i = 0; i < 50; i++)
            Logs.Append(bed.PathOf($"a{i:00}.log"), Logs.Rows(100 + i, 1));
        Assert.Equal(50, (await bed.ReadAsync()).Length);
        Assert.InRange(most, 1, 5);
        Assert.InRange(OpenFiles(bed.Folder).Count, 1, 4);
    }

    [Fact]
    public async Task D07_Active_files_stay_open_and_idle_ones_are_closed()
    {
        var path = _bed.PathOf("a.log");
        File.WriteAllText(path, Logs.Header() + Logs.Rows(0, 1));
        await _bed.PollAsync();
        Assert.Equal([path], OpenFiles());
        _bed.Clock.Advance(TimeSpan.FromMinutes(11));
        await _bed.PollAsync();
        Assert.Empty(OpenFiles());
        Logs.Append(path, Logs.Rows(1, 1));
        Assert.Equal(Logs.Read(0, 2), await _bed.ReadAsync());
    }

    [Fact]
    public async Task D09_Pipes_folders_devices_and_link_loops_are_skipped()
    {
        Assert.Equal(0, MakePipe(_bed.PathOf("pipe.LOG"), 0b110_110_110));
        Directory.CreateDirectory(_bed.PathOf("folder.LOG"));
        File.CreateSymbolicLink(_bed.PathOf("self.log"), _bed.PathOf("self.log"));
        File.CreateSymbolicLink(_bed.PathOf("null.log"), "/dev/null");
        Directory.CreateSymbolicLink(_bed.PathOf("folder.LOG/up.log"), _bed.Folder);
        File.WriteAllText(_bed.PathOf("folder.LOG/a.log"), Logs.Header() + Logs.Rows(0, 1));
        Assert.Equal(Logs.Read(0, 1), await _bed.ReadAsync().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.Equal("folder.LOG/a.log", Assert.Single(_bed.Files).Name);
    }

    [Theory]
    [InlineData("a,b.log")]
    [InlineData("a\nb.log")]
    [InlineData("a:::b.log")]
    [InlineData("a\\b.log")]
    [InlineData("журнал 日本 🚀.LOG")]
    [InlineData("--help.log")]
    [InlineData("sub/dir with 'quotes'/x.log")]
    public async Task D10_Any_file_name_works_across_a_restart(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_bed.PathOf(name))!);
        File.WriteAllText(_bed.PathOf(name), Logs.Header() + Logs.Rows(0, 2));
        Assert.Equal(Logs.Read(0, 2), await _bed.ReadAsync());
        _bed.Commit();
        _bed.Restart();
        Logs.Append(_bed.PathOf(name), Logs.Rows(2, 1));
        Assert.Equal(Logs.Read(2, 1), await _bed.ReadAsync());
        Assert.Equal(name, Assert.Single(_bed.Files).Name);
    }

    [Fact]
    public async Task D10_Path_of_more_than_260_characters_works()
    {
        var name = string.Join('/', Enumerable.Range(0, 5).Select(i => new string((char)('a' + i), 80))) + "/x.log";
        Directory.CreateDirectory(Path.GetDirectoryName(_bed.PathOf(name))!);
        File.WriteAllText(_bed.PathOf(name), Logs.Header() + Logs.Rows(0, 2));
        Assert.Equal(Logs.Read(0, 2), await _bed.ReadAsync());
    }

    [Fact]
    public async Task D11_Oldest_backlog_is_read_first()
    {
        for (var i = 0; i < 5; i++)
        {
            var path = _bed.PathOf($"{(char)('e' - i)}.log");
            File.WriteAllText(path, Logs.Header($"2024-05-0{i + 1}T07:00:00.000Z") + Logs.Rows(i * 10, 10));
            File.SetLastWriteTimeUtc(path, new DateTime(2024, 5, i + 1, 8, 0, 0, DateTimeKind.Utc));
        }

        Assert.Equal(Logs.Read(0, 50), await _bed.ReadAsync());
    }

    [Fact]
    public async Task D12_Live_file_and_backlog_are_read_in_turns()
    {
        var old = _bed.PathOf("old.log");
        var live = _bed.PathOf("live.log");
        Write(old, 30);
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddDays(-1));
        Write(live, 3);
        await _bed.PollOnceAsync();
        Assert.Equal("live.log", _bed.Steps[0].File.Name);
        Assert.Contains(_bed.Steps, s => s.File.Name == "old.log");
        // New rows are read in the next turn, before the rest of the backlog.
        Logs.Append(live, Logs.Rows(0, 1));
        _bed.Steps.Clear();
        await _bed.PollOnceAsync();
        Assert.Equal("live.log", _bed.Steps[0].File.Name);
        // A live file that grows constantly does not block the backlog.
        _bed.OnBlock = b =>
        {
            if (b.File.Name == "live.log")
                Logs.Append(live, Filler(1));
        };
        _bed.Steps.Clear();
        for (var i = 0; i < 3; i++)
            await _bed.PollOnceAsync();
        Assert.Contains(_bed.Steps, s => s.File.Name == "old.log");
        _bed.OnBlock = null;

        static void Write(string path, int megabytes) => File.WriteAllText(path, Logs.Header(Path.GetFileName(path)) + Filler(megabytes));

        static string Filler(int megabytes)
        {
            var line = Logs.Row(new string('z', 1000)) + "\r\n";
            var text = new StringBuilder();
            while (text.Length < megabytes << 20)
                text.Append(line);
            return text.ToString();
        }
    }

    [Fact]
    public async Task D14_Headroom_shrinks_for_unread_files_and_is_empty_without_any()
    {
        var path = _bed.PathOf("MSGTRK2024050607-1.LOG");
        File.WriteAllText(path, Logs.Header() + Logs.AlikeRows(0, 100_000));
        File.SetLastWriteTimeUtc(path, _bed.Clock.GetUtcNow().UtcDateTime.AddDays(-29));
        Assert.True(await _bed.PollOnceAsync());
        Assert.InRange(_bed.Status.Headroom!.Value, TimeSpan.FromHours(23.9), TimeSpan.FromHours(24.1));
        _bed.Clock.Advance(TimeSpan.FromHours(12));
        Assert.True(await _bed.PollOnceAsync());
        Assert.InRange(_bed.Status.Headroom!.Value, TimeSpan.FromHours(11.9), TimeSpan.FromHours(12.1));
        await _bed.PollAsync();
        Assert.Null(_bed.Status.Headroom);
        // An incomplete line is not a row, however long it remains.
        Logs.Append(path, "an unfinished line");
        File.SetLastWriteTimeUtc(path, _bed.Clock.GetUtcNow().UtcDateTime.AddDays(-29));
        await _bed.PollAsync();
        _bed.Clock.Advance(TimeSpan.FromHours(12));
        await _bed.PollAsync();
        Assert.Null(_bed.Status.Headroom);
        File.Delete(path);
        await _bed.PollAsync();
        Assert.Equal("an unfinished line".Length, _bed.Status.LostBytes);
    }

    static HashSet<string> OpenFiles(string folder) =>
        [
            .. Directory.EnumerateFiles("/proc/self/fd")
                .Select(f => new FileInfo(f).LinkTarget)
                .OfType<string>()
                .Where(t => t.StartsWith(folder, StringComparison.Ordinal)),
        ];

    HashSet<string> OpenFiles() => OpenFiles(_bed.Folder);

    /// <summary>Sets the mode of a file owned by nobody.</summary>
    void SetRights(string name, UnixFileMode mode)
    {
        File.SetUnixFileMode(_bed.PathOf(name), mode);
        if (Environment.IsPrivilegedProcess)
            Assert.Equal(0, ChangeOwner(_bed.PathOf(name), Nobody, Nobody));
    }

    /// <summary>
    /// Runs with the permissions of an ordinary user: root's capabilities are dropped on this thread while its file system user is another
    /// one (setfsuid(2), capabilities(7)). A poll does not wait here, so it stays on the thread.
    /// </summary>
    async Task<T> AsNobodyAsync<T>(Func<Task<T>> action)
    {
        if (!Environment.IsPrivilegedProcess)
            return await action();
        File.SetUnixFileMode(_bed.Folder, (UnixFileMode)0b111_111_111);
        foreach (var file in Directory.EnumerateFiles(_bed.Folder))
            if (File.GetUnixFileMode(file) != UnixFileMode.None && File.GetUnixFileMode(file) != UnixFileMode.UserRead)
                File.SetUnixFileMode(file, (UnixFileMode)0b110_110_110);
        var thread = Environment.CurrentManagedThreadId;
        _ = SetFileSystemUser(Nobody);
        Task<T> task;
        try
        {
            task = action();
            Assert.True(task.IsCompleted);
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
        }
        finally
        {
            _ = SetFileSystemUser(0);
        }

        return await task;
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetFileSystemUser(uint user);

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ChangeOwner(string path, int user, int group);

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MakePipe(string path, uint mode);
}
