using System.Globalization;
using Mailflow.Analysis.Tracing;
using Mailflow.Configuration;
using Mailflow.Hosting;
using Mailflow.Keep;
using Mailflow.Ledger;
using Mailflow.Trace;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Mailflow.Tests.Keep;

public sealed class KeeperTests : IDisposable
{
    static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-keep-").FullName;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    string Logs => Directory.CreateDirectory(Path.Combine(_folder, "logs")).FullName;

    string Kept => Directory.CreateDirectory(Path.Combine(_folder, "kept")).FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Each_tracking_log_without_new_rows_gets_a_copy_of_all_its_bytes()
    {
        var (first, second) = (Log(1, hoursAgo: 30), Log(2, hoursAgo: 20));
        Log(3, hoursAgo: 1);
        Log(4, hoursAgo: 30, type: "Transport Connectivity Log", fields: "date-time,session,source,Destination,direction,description");
        using var store = await ReadAsync(4);
        using var copies = new KeptCopies(store);
        var keeper = KeeperOf(store);
        Assert.True(keeper.Work(copies, Cancel));
        Assert.False(keeper.Work(copies, Cancel));
        var all = copies.All();
        Assert.Equal(2, all.Count);
        Assert.Equal([first, second], all.Select(c => BytesOf(c)));
        Assert.Equal((long)first.Length + second.Length, all.Sum(c => c.Size));
        Assert.True(all.Sum(c => c.Bytes) * 8 < all.Sum(c => c.Size));
    }

    [Fact]
    public async Task Oldest_copies_are_deleted_when_they_are_too_old_or_all_are_too_large()
    {
        for (var i = 1; i <= 4; i++)
            Log(i, hoursAgo: 24 * i);
        using var store = await ReadAsync(4);
        using var copies = new KeptCopies(store);
        KeeperOf(store).Work(copies, Cancel);
        var (newest, one) = (copies.All()[^1], copies.All()[0].Bytes);
        Assert.Equal(4, copies.All().Count);
        KeeperOf(store, new(TimeSpan.FromDays(3.5))).Work(copies, Cancel);
        Assert.Equal(3, copies.All().Count);
        // The logs of the deleted copies are still there; they are not copied again.
        var small = KeeperOf(store, new(TimeSpan.FromDays(300), MaxBytes: one + 100));
        Assert.False(small.Work(copies, Cancel));
        Assert.False(small.Work(copies, Cancel));
        Assert.Equal([newest], copies.All());
        Assert.Equal(copies.All().Select(c => c.Path).Order(), Directory.EnumerateFiles(Kept).Order());
    }

    [Fact]
    public async Task What_a_kill_left_is_deleted_and_a_missing_copy_is_made_again()
    {
        var log = Log(1, hoursAgo: 30);
        using var store = await ReadAsync(1);
        using var copies = new KeptCopies(store);
        KeeperOf(store).Work(copies, Cancel);
        var path = copies.All()[0].Path;
        var mine = Path.GetFileName(path).Split('-')[0];
        File.Move(path, Path.Combine(Kept, mine + "-00000099-other.kept"));
        await File.WriteAllTextAsync(path + KeptLogWriter.Unfinished, "half", Cancel);
        var foreign = Path.Combine(Kept, "0-00000001-of another store.kept");
        await File.WriteAllTextAsync(foreign, "theirs", Cancel);
        KeeperOf(store).Work(copies, Cancel);
        Assert.Equal([foreign, path], Directory.EnumerateFiles(Kept).Order(StringComparer.Ordinal));
        Assert.Equal(log, BytesOf(copies.All()[0]));
    }

    [Fact]
    public async Task Copies_stay_when_their_folder_moves()
    {
        Log(1, hoursAgo: 30);
        using var store = await ReadAsync(1);
        using var copies = new KeptCopies(store);
        KeeperOf(store).Work(copies, Cancel);
        var moved = Path.Combine(_folder, "moved");
        Directory.Move(Kept, moved);
        Directory.Delete(Logs, recursive: true);
        KeeperOf(store, folder: moved).Work(copies, Cancel);
        var copy = Assert.Single(copies.All());
        Assert.Equal((moved, true), (Path.GetDirectoryName(copy.Path), File.Exists(copy.Path)));
    }

    [Fact]
    public async Task Logs_that_cannot_be_copied_do_not_keep_others_from_being_copied()
    {
        // More than one page of older logs are gone, and there is no room for them.
        for (var i = 1; i <= 230; i++)
            Log(i, hoursAgo: 1000 - i, rows: 2);
        var last = Log(231, hoursAgo: 30, rows: 2);
        using var store = await ReadAsync(231);
        foreach (var path in Directory.EnumerateFiles(Logs).Where(p => !p.Contains("-231.", StringComparison.Ordinal)))
            File.Delete(path);
        using var copies = new KeptCopies(store);
        KeeperOf(store).Work(copies, Cancel);
        Assert.Equal(last, BytesOf(Assert.Single(copies.All())));
    }

    [Fact]
    public async Task Log_that_grows_after_its_copy_is_copied_again()
    {
        Log(1, hoursAgo: 30);
        using (var store = await ReadAsync(1))
        using (var copies = new KeptCopies(store))
            KeeperOf(store).Work(copies, Cancel);
        var path = Directory.EnumerateFiles(Logs).Single();
        await File.AppendAllTextAsync(path, Row(Noon.AddHours(-30), 99), Cancel);
        using (var store = await ReadAsync(1))
        using (var copies = new KeptCopies(store))
        {
            KeeperOf(store).Work(copies, Cancel);
            Assert.Equal(await File.ReadAllBytesAsync(path, Cancel), BytesOf(Assert.Single(copies.All())));
        }
    }

    [Fact]
    public async Task Rows_of_a_deleted_log_are_found_in_its_copy_and_a_damaged_copy_is_reported()
    {
        Log(1, hoursAgo: 30);
        using var store = await ReadAsync(1);
        using var copies = new KeptCopies(store);
        KeeperOf(store).Work(copies, Cancel);
        File.Delete(Directory.EnumerateFiles(Logs).Single());
        var query = new TraceQuery { MessageId = "<7@contoso.example>" };
        var found = await new StoreTrace(store.Path).FindAsync(query, 10, TimeSpan.FromSeconds(20), null, Cancel);
        Assert.Empty(found.Incomplete);
        Assert.Equal("RECEIVE", Assert.Single(Assert.Single(found.Journeys).Rows).Event);
        var copy = copies.All()[0].Path;
        var bytes = await File.ReadAllBytesAsync(copy, Cancel);
        bytes[100] ^= 1;
        await File.WriteAllBytesAsync(copy, bytes, Cancel);
        found = await new StoreTrace(store.Path).FindAsync(query, 10, TimeSpan.FromSeconds(20), null, Cancel);
        Assert.Empty(found.Journeys);
        Assert.Contains(copy, Assert.Single(found.Incomplete), StringComparison.Ordinal);
    }

    Keeper KeeperOf(Store store, KeepOptions? options = null, string? folder = null) => new(
        options ?? new(TimeSpan.FromDays(365)), folder ?? Kept, [new("EX01", Logs, null)], store, () => Noon, new FakeTimeProvider(Noon), NullLogger.Instance);

    static byte[] BytesOf(KeptCopy copy)
    {
        using var log = KeptLog.Open(copy.Path);
        var bytes = new byte[log.Length];
        Assert.Equal(bytes.Length, log.Read(bytes, 0));
        return bytes;
    }

    byte[] Log(
        int number, int hoursAgo, int rows = 300, string type = "Message Tracking Log",
        string fields = "date-time,server-hostname,source,event-id,message-id,recipient-status")
    {
        var path = Path.Combine(Logs, string.Create(CultureInfo.InvariantCulture, $"MSGTRK2026112012-{number}.LOG"));
        var columns = fields.Count(c => c == ',') + 1;
        File.WriteAllText(
            path,
            $"#Log-type: {type}\r\n#Date: 2026-11-20T12:{number / 60:D2}:{number % 60:D2}.000Z\r\n#Fields: {fields}\r\n"
            + string.Concat(Enumerable.Range(0, rows).Select(n => Row(Noon.AddHours(-hoursAgo), n))));
        Assert.Equal(6, columns);
        return File.ReadAllBytes(path);
    }

    static string Row(DateTimeOffset time, int n) =>
        string.Create(CultureInfo.InvariantCulture, $"{time:yyyy-MM-ddTHH:mm:ss.fffZ},EX01,SMTP,RECEIVE,<{n}@contoso.example>,\r\n");

    async Task<Store> ReadAsync(int files)
    {
        var store = new Store(Path.Combine(_folder, "mailflow.db"));
        using var flow = new Flow(
            new() { Logs = [new("EX01", Logs, null)], Workers = 1, Ledger = new() { CommitInterval = TimeSpan.FromMilliseconds(50) } },
            store, TimeProvider.System, NullLoggerFactory.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = flow.RunAsync(stop.Token, Cancel);
        var bytes = Directory.EnumerateFiles(Logs).Sum(f => new FileInfo(f).Length);
        for (var next = flow.Committer.NewEvents.Next; store.LoadFiles().Sum(f => f.Offset) < bytes; next = flow.Committer.NewEvents.Next)
            await next.Soon();
        await stop.CancelAsync();
        await running;
        Assert.Equal(files, store.LoadFiles().Count);
        return store;
    }
}
