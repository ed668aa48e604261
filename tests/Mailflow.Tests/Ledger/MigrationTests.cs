using System.Runtime.Versioning;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Microsoft.Data.Sqlite;

namespace Mailflow.Tests.Ledger;

/// <summary>A store of version 3 is migrated with its data, also when the migration is interrupted.</summary>
[SupportedOSPlatform("linux")]
public sealed class MigrationTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-v3-").FullName;

    string Db => Path.Combine(_folder, "mailflow.db");

    [Fact]
    public async Task Migrated_store_keeps_its_data_and_continues()
    {
        Old(Db);
        using var bed = new LedgerBed(_folder);
        Assert.Equal(Schema.Version, bed.Scalar("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'version'"));
        Assert.Equal(12, bed.Sum(Counters.Rows));
        Assert.Equal(200, bed.Store.LoadFiles().Single(f => f.Id == 1).Offset);
        Assert.Equal((300, 20), Kept(bed.Store));
        using (var outbox = new Outbox(bed.Store, "seq"))
            Assert.Equal((25, 3, 295), (outbox.Last, outbox.Dropped, outbox.Read(int.MaxValue).Count()));
        // A new sink starts at the oldest event; events deleted before are not its losses.
        using (var outbox = new Outbox(bed.Store, "new"))
        {
            Assert.Equal((20, 300), (outbox.Last, outbox.Read(int.MaxValue).Count()));
            outbox.Advance(320, 300);
            Assert.Equal(0, outbox.Dropped);
        }

        var before = Figures(bed.Store);
        bed.Store.AddUpHours();
        Assert.True(bed.Scalar("SELECT count(*) FROM event_hours") > 20);
        Assert.Equal(before, Figures(bed.Store));
        await bed.CommitAsync(await bed.DeltaAsync(offset: 200, end: 300, failures: 2));
        Assert.Equal((302, 20), Kept(bed.Store));
        Assert.Equal(321, bed.Scalar("SELECT min(id) FROM events WHERE file = 1 AND \"offset\" < 300 AND id > 320"));
    }

    [Fact]
    public void Migrated_rejections_are_bounded_with_new_ones()
    {
        Old(Db);
        using var bed = new LedgerBed(_folder);
        bed.Store.Prune(LedgerBed.Noon, TimeSpan.FromDays(30), long.MaxValue);
        Assert.Equal(Store.MaxReplies, bed.Scalar("SELECT count(*) FROM smtp_refusals WHERE server = 'EX1'"));
        Assert.Equal(51, bed.Scalar("SELECT count(*) FROM smtp_refusals WHERE server = 'EX2'"));
        Assert.Equal(5100, bed.Scalar("SELECT max(id) FROM smtp_refusals"));
    }

    [Fact]
    public void Migration_killed_at_any_point_is_repeated_or_complete()
    {
        Old(Db);
        var db = File.ReadAllBytes(Db);
        // While it is open, all writes are in the -wal file: a copy cut at any offset equals a kill at that point.
        byte[] wal;
        using (var store = new Store(Db))
        {
            wal = ReadShared(Db + "-wal");
            Assert.Equal((300, 20), Kept(store));
        }

        const int Frame = 24 + 4096;
        Assert.True(wal.Length > 5 * Frame);
        for (var cut = 32L; cut <= wal.Length; cut += Frame)
        {
            var folder = Directory.CreateTempSubdirectory("mailflow-cut-").FullName;
            File.WriteAllBytes(Path.Combine(folder, "mailflow.db"), db);
            File.WriteAllBytes(Path.Combine(folder, "mailflow.db-wal"), wal.AsSpan(0, (int)Math.Min(wal.Length, cut + 100)));
            using (var bed = new LedgerBed(folder))
            {
                Assert.Equal(Schema.Version, bed.Scalar("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'version'"));
                Assert.Equal((300, 20), Kept(bed.Store));
                Assert.Equal(12, bed.Sum(Counters.Rows));
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    static (long, long) Kept(Store store)
    {
        using var history = new History(store);
        return (history.Kept().Events, history.Kept().Removed);
    }

    static string Figures(Store store)
    {
        using var history = new History(store);
        var (from, to) = (LedgerBed.Noon.AddDays(-3), LedgerBed.Noon.AddDays(1));
        var sums = history.Sums(from, to);
        return string.Join(
            '\n',
            [
                .. history.ByReason(sums).Select(r => r.ToString()), .. sums.Spread().Select(s => s.ToString()),
                .. sums.TopDomains(5).Select(d => d.ToString()), .. history.Blocklistings().Select(b => b.ToString()),
            ]);
    }

    static void Old(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL; " + File.ReadAllText(Repository.PathOf("tests/Mailflow.Tests/Ledger/store-version-3.sql"));
        command.ExecuteNonQuery();
    }

    static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
