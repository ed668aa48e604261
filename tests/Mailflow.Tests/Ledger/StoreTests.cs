using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Threading.Channels;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Mailflow.Pipeline;
using Microsoft.Extensions.Logging;

namespace Mailflow.Tests.Ledger;

/// <summary>Area 5 of the fault catalogue: the store has the old state or the new one, or reports that it cannot be used.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class StoreTests
{
    [Fact]
    public async Task K01_Kill_keeps_all_reported_commits()
    {
        for (var round = 0; round < 4; round++)
        {
            var folder = Directory.CreateTempSubdirectory("mailflow-kill-").FullName;
            using var child = await Child.StartAsync("commit", folder);
            var said = 0;
            for (var i = 0; i < 20 + (7 * round); i++)
                said = int.Parse((await child.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!, CultureInfo.InvariantCulture);
            child.Kill();
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
            while (await child.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
                if (int.TryParse(line, CultureInfo.InvariantCulture, out var later))
                    said = later;
            Assert.InRange(StateOf(folder), said, said + 1);
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task K02_Interrupted_commit_leaves_the_old_or_the_new_state()
    {
        // A commit only appends to the -wal file: a copy cut at any offset equals a commit interrupted at that point.
        using var bed = new LedgerBed();
        await Commit(bed, 1);
        await Commit(bed, 2);
        var before = new FileInfo(bed.Path + "-wal").Length;
        await Commit(bed, 3);
        var wal = ReadShared(bed.Path + "-wal");
        Assert.True(wal.Length > before);
        const int Header = 32;
        const int Frame = 24 + 4096;
        var cuts = new List<long>();
        for (var at = before; at <= wal.Length; at += Frame)
            cuts.AddRange([at, at + 1, at + 24, at + 2000, at + Frame - 1]);
        Assert.Equal(0, (before - Header) % Frame);
        var states = new List<int>();
        foreach (var cut in cuts.Where(c => c <= wal.Length))
        {
            states.Add(Cut(wal[..(int)cut]));
            // As after a power loss: the length is written, the data is not.
            states.Add(Cut([.. wal.AsSpan(0, (int)cut), .. new byte[wal.Length - cut]]));
        }

        Assert.All(states, s => Assert.InRange(s, 2, 3));
        Assert.Contains(2, states);
        Assert.Contains(3, states);

        // In a new folder: SQLite caches state per inode while a statement on it waits for the garbage collector.
        int Cut(byte[] log)
        {
            var folder = Directory.CreateTempSubdirectory("mailflow-cut-").FullName;
            File.WriteAllBytes(Path.Combine(folder, "mailflow.db"), ReadShared(bed.Path));
            File.WriteAllBytes(Path.Combine(folder, "mailflow.db-wal"), log);
            var state = StateOf(folder);
            Directory.Delete(folder, recursive: true);
            return state;
        }
    }

    [Fact]
    public void K03_Killed_first_start_does_not_block_the_next_one()
    {
        var folder = Directory.CreateTempSubdirectory("mailflow-new-").FullName;
        var path = Path.Combine(folder, "mailflow.db");
        File.WriteAllText(path + ".new", "half a store");
        File.WriteAllText(path + ".new-journal", "and its journal");
        using (new Store(path))
            Assert.True(File.Exists(path));
        Assert.False(File.Exists(path + ".new"));
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("zeros")]
    [InlineData("text")]
    [InlineData("half")]
    [InlineData("zero page")]
    [InlineData("gone, with its -wal")]
    [InlineData("another program's")]
    public async Task K04_Emptied_store_is_rejected_with_instructions_and_unchanged(string what)
    {
        using var bed = new LedgerBed();
        for (var n = 1; n <= 20; n++)
            await Commit(bed, n);
        Checkpoint(bed);
        var folder = Directory.CreateTempSubdirectory("mailflow-bad-").FullName;
        var path = Path.Combine(folder, "mailflow.db");
        var bytes = ReadShared(bed.Path);
        switch (what)
        {
            case "empty":
                bytes = [];
                break;
            case "zeros":
                Array.Clear(bytes);
                break;
            case "text":
                bytes = "It was a dark and stormy night; the rain fell in torrents, except at occasional intervals."u8.ToArray();
                break;
            case "half":
                bytes = bytes[..(bytes.Length / 8192 * 4096)];
                break;
            case "zero page":
                bytes.AsSpan(4096, 4096).Clear();
                break;
            case "another program's":
                bytes = OtherProgram();
                break;
        }

        if (what.StartsWith("gone", StringComparison.Ordinal))
            File.WriteAllText(path + "-wal", "what was not yet in it");
        else
            File.WriteAllBytes(path, bytes);
        var refused = Assert.Throws<StoreException>(() => LoadAll(path));
        Assert.Contains("move it away together with its -wal and -shm files", refused.Message, StringComparison.Ordinal);
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
        Assert.Equal(what == "another program's", refused.Message.Contains("it is the database of another program", StringComparison.Ordinal));
        if (File.Exists(path))
            Assert.Equal(bytes, File.ReadAllBytes(path));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task K05_Flipped_bits_are_rejected_or_lose_only_their_rows()
    {
        using var bed = new LedgerBed();
        for (var n = 1; n <= 20; n++)
            await Commit(bed, n);
        Checkpoint(bed);
        var whole = ReadShared(bed.Path);
        var counters = bed.Store.LoadCells().Count;
        var folder = Directory.CreateTempSubdirectory("mailflow-flip-").FullName;
        var path = Path.Combine(folder, "mailflow.db");
        var (refused, loaded) = (0, 0);
        // Every byte of the start, then every n-th byte of the file, for a prime n.
        foreach (var at in Enumerable.Range(0, 120).Concat(Enumerable.Range(0, whole.Length / 397).Select(i => i * 397)))
        {
            var bytes = whole.ToArray();
            bytes[at] ^= (byte)(1 << (at % 8));
            // A new file each time: the old one may still be open while a statement on it waits for the garbage collector.
            File.Delete(path);
            File.Delete(path + "-wal");
            File.Delete(path + "-shm");
            File.WriteAllBytes(path, bytes);
            try
            {
                var (files, cells) = LoadAll(path);
                Assert.True(files.Count == 1 && cells.Count > counters / 2, $"byte {at}: {files.Count} files and {cells.Count} counters are left");
                loaded++;
            }
            catch (StoreException)
            {
                refused++;
            }
        }

        Assert.True(refused > 10 && loaded > 10, $"{refused} refused, {loaded} loaded");
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("UPDATE cells SET value = x'00' WHERE counter = 'Rows'")]
    [InlineData("UPDATE cells SET value = 'many' WHERE counter = 'Rows'")]
    [InlineData("UPDATE files SET \"offset\" = 'far'")]
    [InlineData("UPDATE files SET newest = 9223372036854775807")]
    [InlineData("DELETE FROM meta")]
    [InlineData("DROP TABLE cells")]
    public async Task K05_Value_of_the_wrong_type_is_rejected(string change)
    {
        using var bed = new LedgerBed();
        await Commit(bed, 1);
        // As after flipped bits: bypasses the constraints of the tables.
        const string Strict = "STRICT";
        Execute(
            $"PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = replace(replace(replace(sql, ', {Strict}', '/*,*/'), ') {Strict}', "
            + $"')/**/'), 'NOT NULL', '/*NOT*/')");
        Execute(change);
        Execute(
            $"PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = replace(replace(replace(sql, '/*,*/', ', {Strict}'), ')/**/', ') "
            + $"{Strict}'), '/*NOT*/', 'NOT NULL')");
        Assert.Throws<StoreException>(() => LoadAll(bed.Path));

        void Execute(string text)
        {
            using var connection = bed.Store.OpenWriter();
            using var command = connection.CreateCommand();
            command.CommandText = text;
            command.ExecuteNonQuery();
        }
    }

    [Fact]
    public async Task K05_Store_without_its_wal_file_is_an_older_consistent_state()
    {
        // Deleting only the -wal file cannot be detected: rows committed since the last checkpoint are read and counted again.
        using var bed = new LedgerBed();
        await Commit(bed, 1);
        Checkpoint(bed);
        await Commit(bed, 2);
        var folder = Directory.CreateTempSubdirectory("mailflow-nowal-").FullName;
        File.WriteAllBytes(Path.Combine(folder, "mailflow.db"), ReadShared(bed.Path));
        Assert.Equal(1, StateOf(folder));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task K06_Full_disk_stops_reading_until_there_is_room()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root may mount a small disk");
        var folder = Directory.CreateTempSubdirectory("mailflow-full-").FullName;
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=2m", "none", folder) == 0, "mounting a small disk is not allowed here");
        try
        {
            using var log = new WaitForCommitFailed();
            using var bed = new LedgerBed(folder, log: log);
            await Commit(bed, 1);
            FillUp(Path.Combine(folder, "filler"));
            var channel = Channel.CreateUnbounded<Delta>();
            var run = bed.Committer.RunAsync(channel.Reader, CancellationToken.None);
            var rented = new List<Delta>();
            for (var n = 2; n <= 81; n++)
            {
                var delta = await bed.DeltaAsync(offset: (n - 1) * 100, end: n * 100, rows: 1, failures: 1);
                rented.Add(delta);
                await channel.Writer.WriteAsync(delta, TestContext.Current.CancellationToken);
            }

            await log.Failed.Soon();
            Assert.NotNull(bed.Committer.Current.Problem);
            Assert.Equal(1, bed.Sum(Counters.Rows));
            // Readers get no more deltas, so they accept no more blocks, and tailers stop reading.
            var next = bed.Pool.EnterAsync(TestContext.Current.CancellationToken);
            bed.Clock.Advance(TimeSpan.FromSeconds(5));
            Assert.False(next.IsCompleted);
            Assert.Equal(1, bed.Sum(Counters.Rows));
            File.Delete(Path.Combine(folder, "filler"));
            channel.Writer.Complete();
            for (var waited = Stopwatch.StartNew(); !run.IsCompleted && waited.Elapsed < Waiting.Patience; await Task.Yield())
                bed.Clock.Advance(TimeSpan.FromSeconds(1));
            await run.Soon();
            Assert.Null(bed.Committer.Current.Problem);
            await next.Soon();
            Assert.Equal(81, Consistent(bed));
            bed.Restart();
            Assert.Equal(81, Consistent(bed));
        }
        finally
        {
            Run("umount", "-l", folder);
            Directory.Delete(folder);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task K06_Full_disk_at_the_start_is_reported(bool withStore)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root may mount a small disk");
        var folder = Directory.CreateTempSubdirectory("mailflow-full-").FullName;
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=1m", "none", folder) == 0, "mounting a small disk is not allowed here");
        try
        {
            if (withStore)
                using (var bed = new LedgerBed(folder))
                    await Commit(bed, 1);
            FillUp(Path.Combine(folder, "filler"));
            // An existing store may still have free space and start; otherwise it must not be reported as damaged.
            var refusal = Record.Exception(() => new LedgerBed(folder).Dispose());
            if (refusal is not null || !withStore)
                Assert.Contains("free disk space", Assert.IsType<StoreException>(refusal).Message, StringComparison.Ordinal);
        }
        finally
        {
            Run("umount", "-l", folder);
            Directory.Delete(folder);
        }
    }

    [Fact]
    public async Task K09_Store_locked_by_a_backup_is_waited_for()
    {
        using var log = new WaitForCommitFailed();
        using var bed = new LedgerBed(log: log);
        await Commit(bed, 1);
        using var backup = bed.Store.OpenWriter();
        using var command = backup.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        command.ExecuteNonQuery();
        var channel = Channel.CreateUnbounded<Delta>();
        await channel.Writer.WriteAsync(await bed.DeltaAsync(offset: 100, end: 200, failures: 1), TestContext.Current.CancellationToken);
        channel.Writer.Complete();
        bed.Clock.Advance(bed.Options.CommitInterval);
        // SQLite itself waits 5 s of real time.
        var run = Task.Run(() => bed.Committer.RunAsync(channel.Reader, CancellationToken.None), TestContext.Current.CancellationToken);
        await log.Failed.Soon();
        command.CommandText = "COMMIT";
        command.ExecuteNonQuery();
        while (!run.IsCompleted)
        {
            bed.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await run;
        Assert.Equal(2, Consistent(bed));
    }

    [Fact]
    public async Task K10_Second_instance_is_rejected_until_the_first_has_ended()
    {
        var folder = Directory.CreateTempSubdirectory("mailflow-lock-").FullName;
        using var child = await Child.StartAsync("lock", folder);
        var refused = Assert.Throws<StoreException>(() => new InstanceLock(folder));
        Assert.Contains("Another Mailflow uses the state folder", refused.Message, StringComparison.Ordinal);
        child.Kill();
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        using (new InstanceLock(folder))
        {
        }

        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(99)]
    public void K11_Store_of_an_unknown_version_is_rejected(int newer)
    {
        var version = newer == 0 ? 0 : Schema.Version + newer;
        using var bed = new LedgerBed();
        using (var connection = bed.Store.OpenWriter())
        using (var command = connection.CreateCommand())
        {
            command.CommandText = $"UPDATE meta SET value = '{version}' WHERE key = 'version'";
            command.ExecuteNonQuery();
        }

        Assert.Contains($"has version {version}", Assert.Throws<StoreException>(() => new Store(bed.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task K11_Store_of_version_1_is_migrated_with_its_data()
    {
        var folder = Directory.CreateTempSubdirectory("mailflow-v1-").FullName;
        var path = Path.Combine(folder, "mailflow.db");
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={path};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"""
                {Schema.First}
                INSERT INTO meta VALUES ('version', '1');
                INSERT INTO files (id, root, name, device, inode, header_hash, generation, header_offset, "offset", guard, server, newest)
                    VALUES (1, 'root', 'f1.log', 11, 23, 33, 1, 7, 200, 6200, 'EX1', 5);
                INSERT INTO cells VALUES ('Rows', 'SMTP', 'FAIL', 'EX1', '', 12);
                """;
            command.ExecuteNonQuery();
        }

        using (var bed = new LedgerBed(folder))
        {
            Assert.Equal(12, bed.Sum(Counters.Rows));
            Assert.Equal((200L, null), (bed.Store.LoadFiles().Single().Offset, bed.Store.LoadFiles().Single().Records));
            await Commit(bed, 3);
            Assert.Equal(13, bed.Sum(Counters.Rows));
            Assert.Equal(Schema.Version, bed.Scalar("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'version'"));
        }

        using (var again = new LedgerBed(folder))
            Assert.Equal(13, again.Sum(Counters.Rows));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void K11_Long_texts_of_an_older_store_are_cut_when_read()
    {
        var folder = Directory.CreateTempSubdirectory("mailflow-v3-").FullName;
        var path = Path.Combine(folder, "mailflow.db");
        var status = "550 5.1.1 " + string.Concat(Enumerable.Repeat("word john@contoso.example ", 50_000)) + "the end";
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={path};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"""
                {Schema.First} {Schema.Steps[0]} {Schema.Steps[1]} INSERT INTO meta VALUES ('version', '3');
                INSERT INTO events (event_id, deferred, time, server, source, direction, recipient, domain, sender, message_id, network_message_id,
                    connector, subject, cause, reason, status, remote_host, remote_address, file, "offset")
                VALUES (x'01', 0, 1, 'EX1', 'SMTP', 'incoming', $status, $status, $status, $status, $status, $status, $status,
                    'invalid-recipient', '5.1.1 invalid-recipient', $status, $status, '', 1, 1);
                """;
            command.Parameters.AddWithValue("$status", status);
            command.ExecuteNonQuery();
        }

        using (var bed = new LedgerBed(folder))
        {
            using var outbox = new Outbox(bed.Store, "file");
            var shipped = Assert.Single(outbox.Read(10));
            string?[] texts =
            [
                shipped.Recipient, shipped.Sender, shipped.MessageId, shipped.NetworkMessageId, shipped.Connector, shipped.Subject,
                shipped.Diagnosis.Text, shipped.Diagnosis.RemoteHost,
            ];
            foreach (var text in texts)
            {
                Assert.InRange(text!.Length, 100, 4200);
                Assert.StartsWith("550 5.1.1 word", text, StringComparison.Ordinal);
                Assert.EndsWith("the end", text, StringComparison.Ordinal);
            }

            using var history = new History(bed.Store);
            var (from, to) = (DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
            var shown = Assert.Single(history.Newest(from, to, 10));
            Assert.InRange(shown.Status.Length + shown.Recipient.Length + shown.RemoteHost.Length, 100, 6000);
            Assert.InRange(Assert.Single(history.ByReason(history.Sums(from, to))).Status.Length, 100, 4200);
            using var unanswered = new Unanswered(bed.Store);
            Assert.InRange(Assert.Single(unanswered.Read(10)).Status.Length, 100, 4200);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void K15_Read_only_state_folder_is_rejected(bool withStore)
    {
        var folder = Directory.CreateTempSubdirectory("mailflow-ro-").FullName;
        var path = Path.Combine(folder, "mailflow.db");
        if (withStore)
            new Store(path).Dispose();
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        if (withStore)
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        // Root's permissions are dropped on this thread while its file system user is another one (setfsuid(2)).
        if (Environment.IsPrivilegedProcess)
            _ = SetFileSystemUser(65534);
        try
        {
            var locked = Assert.Throws<StoreException>(() => new InstanceLock(folder));
            var below = Assert.Throws<StoreException>(() => new InstanceLock(Path.Combine(folder, "below")));
            var store = Assert.Throws<StoreException>(() => LoadAll(path));
            Assert.All([locked, below, store], e => Assert.Contains("cannot be opened for writing", e.Message, StringComparison.Ordinal));
        }
        finally
        {
            if (Environment.IsPrivilegedProcess)
                _ = SetFileSystemUser(0);
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void State_folder_is_accessible_to_its_owner_only()
    {
        var folder = Path.Combine(Directory.CreateTempSubdirectory("mailflow-mode-").FullName, "state");
        using (new InstanceLock(folder))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);
    }

    /// <summary>Commit n moves file 1 to 100 n, and counts one more row and failure.</summary>
    static async Task Commit(LedgerBed bed, int n) =>
        await bed.CommitAsync(await bed.DeltaAsync(offset: (n - 1) * 100, end: n * 100, rows: 1, failures: 1));

    /// <summary>The last commit in the store: position, counters and events must agree.</summary>
    static int StateOf(string folder)
    {
        using var bed = new LedgerBed(folder);
        return Consistent(bed);
    }

    static int Consistent(LedgerBed bed)
    {
        var n = bed.Store.LoadFiles().SingleOrDefault()?.Offset / 100 ?? 0;
        Assert.Equal(n, bed.Sum(Counters.Rows));
        Assert.Equal(n, bed.Sum(Counters.Failures));
        Assert.Equal(n * 100, bed.Sum(Counters.ReadBytes));
        Assert.Equal(n, bed.Scalar("SELECT count(*) FROM events"));
        return (int)n;
    }

    static (List<FilePosition> Files, List<StoredCell> Cells) LoadAll(string path)
    {
        using var store = new Store(path);
        _ = store.LoadNewest(DateTimeOffset.MaxValue);
        _ = store.LoadFailures(LedgerBed.Noon.AddHours(-1));
        return (store.LoadFiles(), store.LoadCells());
    }

    static void Checkpoint(LedgerBed bed)
    {
        using var connection = bed.Store.OpenWriter();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        command.ExecuteNonQuery();
    }

    static byte[] OtherProgram()
    {
        var path = Path.GetTempFileName();
        File.Delete(path);
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={path};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE songs (title TEXT)";
            command.ExecuteNonQuery();
        }

        var bytes = File.ReadAllBytes(path);
        File.Delete(path);
        return bytes;
    }

    static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    static void FillUp(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
                file.Write(new byte[4096]);
        }
        catch (IOException)
        {
        }
    }

    static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        process.WaitForExit();
        return process.ExitCode;
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetFileSystemUser(uint user);

    /// <summary>A log that signals the first failed commit.</summary>
    sealed class WaitForCommitFailed : ILogger, IDisposable
    {
        readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Failed => _failed.Task;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id == 6)
                _failed.TrySetResult();
        }

        public void Dispose() => _failed.TrySetResult();
    }
}
