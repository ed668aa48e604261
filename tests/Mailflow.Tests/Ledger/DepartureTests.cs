using Mailflow.Ledger;
using Microsoft.Data.Sqlite;

namespace Mailflow.Tests.Ledger;

/// <summary>Deleted files are marked and forgotten in small transactions, also when these fail.</summary>
public sealed class DepartureTests
{
    const int Files = 1800;

    static readonly IReadOnlySet<string> NoRoots = new HashSet<string>();

    [Fact]
    public async Task Deleted_files_are_forgotten_in_small_transactions()
    {
        using var bed = await FilledAsync();
        var (departures, told) = (new Departures(bed.Store), new List<long>());
        var marked = Retire(departures, new HashSet<long> { 7 }, 0, told).ToList();
        Assert.Equal((Files - 1, true), (marked.Sum(), marked.All(m => m <= Departures.Part)));
        Assert.Empty(told);
        Assert.Equal(Files - 1, bed.Scalar("SELECT count(*) FROM files WHERE gone IS NOT NULL"));
        Assert.Empty(Retire(departures, new HashSet<long> { 7 }, 29, told));
        var forgotten = Retire(departures, new HashSet<long> { 7 }, 31, told).ToList();
        Assert.Equal((Files - 1, true), (forgotten.Sum(), forgotten.All(m => m <= Departures.Part)));
        Assert.Equal(Enumerable.Range(1, Files).Select(i => (long)i).Where(i => i != 7), told.Order());
        Assert.Equal([7], bed.Store.LoadFiles().Select(f => f.Id));
        Assert.Empty(Retire(departures, new HashSet<long> { 7 }, 32, told));
    }

    [Fact]
    public async Task Position_of_a_log_with_a_copy_stays_until_the_copy_is_deleted()
    {
        using var bed = await FilledAsync();
        var (departures, told) = (new Departures(bed.Store), new List<long>());
        Execute(bed, "INSERT INTO kept (file, path, size, bytes, newest) VALUES (7, 'copy', 100, 10, 0)");
        _ = Retire(departures, new HashSet<long>(), 0, told).Count();
        _ = Retire(departures, new HashSet<long>(), 31, told).Count();
        Assert.Equal([7], bed.Store.LoadFiles().Select(f => f.Id));
        Execute(bed, "DELETE FROM kept");
        _ = Retire(departures, new HashSet<long>(), 31, told).Count();
        Assert.Empty(bed.Store.LoadFiles());
        Assert.Equal(Files, told.Count);
    }

    [Fact]
    public async Task Full_disk_while_forgetting_files_keeps_the_rest_for_later()
    {
        using var bed = await FilledAsync();
        var (departures, told) = (new Departures(bed.Store), new List<long>());
        _ = Retire(departures, new HashSet<long>(), 0, told).Count();
        using (var parts = Retire(departures, new HashSet<long>(), 31, told).GetEnumerator())
        {
            Assert.True(parts.MoveNext());
            // The next transaction fails, as with a full disk.
            Execute(bed, "CREATE TRIGGER full BEFORE DELETE ON files BEGIN SELECT RAISE(ABORT, 'full'); END");
            Assert.Throws<SqliteException>(() => parts.MoveNext());
        }

        Assert.Equal(Departures.Part, told.Count);
        Assert.Equal(Files - Departures.Part, bed.Store.LoadFiles().Count);
        Execute(bed, "DROP TRIGGER full");
        _ = Retire(departures, new HashSet<long>(), 31, told).Count();
        Assert.Equal(Files, told.Distinct().Count());
        Assert.Empty(bed.Store.LoadFiles());
    }

    [Fact]
    public async Task File_that_returns_while_others_are_forgotten_is_kept()
    {
        using var bed = await FilledAsync();
        var (departures, told) = (new Departures(bed.Store), new List<long>());
        _ = Retire(departures, new HashSet<long>(), 0, told).Count();
        foreach (var _ in Retire(departures, new HashSet<long>(), 31, told))
            if (told.Count == Departures.Part)
                departures.Seen(Files, "root", export: false);
        Assert.Equal(Files - 1, told.Count);
        Assert.Equal([Files], bed.Store.LoadFiles().Select(f => f.Id));
    }

    static IEnumerable<int> Retire(Departures departures, IReadOnlySet<long> present, int days, List<long> told) =>
        departures.Retire(present, NoRoots, LedgerBed.Noon.AddDays(days), TimeSpan.FromDays(30), told.AddRange);

    static async Task<LedgerBed> FilledAsync()
    {
        var bed = new LedgerBed();
        await bed.CommitAsync(await bed.DeltaAsync(file: 1));
        Execute(bed, $"""
            WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {Files})
            INSERT INTO files (id, root, name, device, inode, header_hash, generation, header_offset, "offset", guard, server, newest, gone, records)
            SELECT i, root, name || i, device, inode + i, header_hash, generation, header_offset, "offset", guard, server, newest, gone, records
            FROM n, files WHERE id = 1
            """);
        return bed;
    }

    static void Execute(LedgerBed bed, string text)
    {
        using var connection = bed.Store.OpenWriter();
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }
}
