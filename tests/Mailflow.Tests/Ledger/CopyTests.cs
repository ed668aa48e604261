using CsCheck;
using Mailflow.Analysis.Messages;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Mailflow.Pipeline;

namespace Mailflow.Tests.Ledger;

/// <summary>Copies of messages on their way: the state in memory and in the store.</summary>
public sealed class CopyTests
{
    static readonly DateTime Noon = LedgerBed.Noon.UtcDateTime;

    [Fact]
    public void Result_does_not_depend_on_the_order_of_the_blocks() =>
        Gen.Select(
            Gen.Select(Gen.Int[1, 12], Gen.Int[0, 40], Gen.Int[0, 2], Gen.Bool, Gen.Int[0, 3]).List[1, 60],
            Gen.Int[0, 1000])
            .Sample(
                (rows, seed) =>
                {
                    var blocks = rows.Select((r, n) => (r, n)).Chunk(3).Select((some, block) => new Func<RowDelta>(() => Block(
                        file: 1 + (block % 4), offset: 1000L * block, server: $"EX{block % 3}",
                        [.. some.Select(s => Change(
                            (ulong)s.r.Item1, s.r.Item3 == 0 && s.r.Item4 ? CopyKind.Ended : CopyKind.Open, Noon.AddSeconds(s.r.Item2), s.n, s.r.Item5))])))
                        .ToList();
                    var shuffled = blocks.ToArray();
                    new Random(seed).Shuffle(shuffled);
                    Assert.Equal(StateOf(blocks), StateOf(shuffled));
                },
                iter: 300);

    static string StateOf(IEnumerable<Func<RowDelta>> blocks)
    {
        var copies = new Copies(1000);
        foreach (var block in blocks)
            copies.Take(block(), block().Server);
        copies.Survey();
        return string.Join('\n', copies.ByServer().Select(s => s.ToString()).Concat(copies.Open.Select(o => o.ToString()).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Newest_row_says_where_a_copy_is_and_the_oldest_since_when()
    {
        var copies = new Copies(1000);
        copies.Take(Block(2, 0, "EX02", Change(7, CopyKind.Open, Noon.AddSeconds(9), hop: 1)), "EX02");
        copies.Take(Block(1, 0, "EX01", Change(7, CopyKind.Open, Noon)), "EX01");
        copies.Survey();
        Assert.Equal(
            [new CopiesAtServer("EX01", 0, null, 0), new("EX02", 0, null, 1)], copies.ByServer());
        // When logs of the next hop are read, its copies are known.
        copies.Take(Block(3, 0, "hop1", Change(8, CopyKind.Ended, Noon)), "hop1");
        copies.Survey();
        Assert.Equal(new("EX02", 1, Noon, 0), copies.ByServer().Single(s => s.Server == "EX02"));
    }

    [Fact]
    public async Task State_survives_a_restart_and_lists_the_copies_oldest_first()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(
            await In(bed, 1, 0, "EX01", [.. Enumerable.Range(1, 50).Select(n => Change((ulong)n * 0x123456789ABCDEF, CopyKind.Open, Noon.AddSeconds(-n), n))]),
            await In(bed, 2, 0, "EX02", [.. Enumerable.Range(1, 40).Select(n => Change((ulong)n * 0x123456789ABCDEF, CopyKind.Ended, Noon))]));
        var before = bed.Committer.Current.Copies;
        Assert.Equal([new("EX01", 10, Noon.AddSeconds(-50), 0), new("EX02", 0, null, 0)], before);
        bed.Restart();
        Assert.Equal(before, bed.Committer.Current.Copies);
        using var reader = bed.Store.OpenReader();
        var page = OpenCopies.Read(reader, "ex01", "", skip: 2, take: 3);
        Assert.Equal(10, page.All);
        Assert.Equal([Noon.AddSeconds(-48), Noon.AddSeconds(-47), Noon.AddSeconds(-46)], page.Copies.Select(c => c.Received));
        Assert.Equal([(1L, 48L), (1, 47), (1, 46)], page.Copies.Select(c => (c.File, c.Offset)));
        Assert.Equal(0, OpenCopies.Read(reader, "EX02").All);
    }

    [Fact]
    public async Task Log_of_changes_is_replaced_by_the_state_when_it_is_larger()
    {
        using var bed = new LedgerBed();
        var random = new Random(1);
        var model = new Dictionary<ulong, bool>();
        var most = 0L;
        for (var commit = 0; commit < 60; commit++)
        {
            var changes = new CopyChange[2000];
            for (var i = 0; i < changes.Length; i++)
            {
                var key = (ulong)random.Next(1, 20_000) * 0x9E3779B97F4A7C15;
                var ended = random.Next(3) == 0;
                model[key] = model.GetValueOrDefault(key) || ended;
                changes[i] = Change(key, ended ? CopyKind.Ended : CopyKind.Open, Noon.AddSeconds(commit), i);
            }

            await bed.CommitAsync(await In(bed, 1, 1000 * commit, "EX01", changes));
            most = Math.Max(most, bed.Scalar("SELECT sum(length(data)) FROM copy_log"));
            if (commit % 7 == 0)
                bed.Restart();
            Assert.Equal(model.Values.Count(e => !e), bed.Committer.Current.Copies.Single().Count);
        }

        Assert.InRange(most, 1 << 20, 3 << 20);
        Assert.Equal(CopyTable.Parts, bed.Scalar("SELECT count(*) FROM copy_parts"));
        Assert.InRange(bed.Scalar("SELECT count(*) FROM copy_log"), 1, 40);
    }

    [Fact]
    public async Task Beyond_the_bound_the_oldest_are_only_counted()
    {
        using var bed = new LedgerBed(options: new() { MostCopies = 1000 });
        for (var block = 0; block < 25; block++)
            await bed.CommitAsync(await In(
                bed, 1, 1000 * block, "EX01",
                [
                    .. Enumerable.Range(0, 200)
                        .Select(n => Change((ulong)((block * 200) + n + 1) * 0x9E3779B97F4A7C15, CopyKind.Open, Noon.AddSeconds(block), n)),
                ]));
        var now = bed.Committer.Current;
        Assert.InRange(now.Copies[0].Count, 600, 1000);
        Assert.Equal(5000, now.Copies[0].Count + now.CopiesFolded);
        Assert.True(now.Copies[0].Since > Noon.AddSeconds(15));
        bed.Restart();
        Assert.Equal((now.Copies[0], now.CopiesFolded), (bed.Committer.Current.Copies[0], bed.Committer.Current.CopiesFolded));
        // The end of a folded copy changes nothing, and it does not open again.
        await bed.CommitAsync(await In(bed, 1, 90_000, "EX01", [Change(0x9E3779B97F4A7C15, CopyKind.Open, Noon)]));
        Assert.Equal(5000, bed.Committer.Current.Copies[0].Count + bed.Committer.Current.CopiesFolded);
    }

    [Theory]
    [InlineData("UPDATE copy_log SET data = CAST(substr(data, 1, 30) || x'A5' || substr(data, 32) AS BLOB)")]
    [InlineData("UPDATE copy_log SET data = x''")]
    [InlineData("DELETE FROM copy_names WHERE id = 1")]
    public async Task Damage_is_told_and_following_begins_again(string damage)
    {
        var log = new Logs();
        using var bed = new LedgerBed(log: log);
        await bed.CommitAsync(await In(bed, 1, 0, "EX01", [Change(5, CopyKind.Open, Noon), Change(6, CopyKind.Open, Noon, hop: 1)]));
        using (var writer = bed.Store.OpenWriter())
        using (var command = writer.CreateCommand())
        {
            command.CommandText = damage;
            command.ExecuteNonQuery();
        }

        bed.Restart();
        Assert.Contains("The list of messages on their way in ", log.Text, StringComparison.Ordinal);
        Assert.Equal([new("EX01", 0, null, 0)], bed.Committer.Current.Copies);
        await bed.CommitAsync(await In(
            bed, 1, 100, "EX01", [Change(7, CopyKind.Open, Noon.AddSeconds(-1)), Change(8, CopyKind.Open, Noon.AddSeconds(1))]));
        Assert.Equal([new("EX01", 1, Noon.AddSeconds(1), 0)], bed.Committer.Current.Copies);
        bed.Restart();
        Assert.Equal([new("EX01", 1, Noon.AddSeconds(1), 0)], bed.Committer.Current.Copies);
    }

    [Fact]
    public async Task Copies_of_an_older_store_begin_with_the_next_row()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(await In(bed, 1, 0, "EX01", []));
        using (var writer = bed.Store.OpenWriter())
        using (var command = writer.CreateCommand())
        {
            command.CommandText = "DELETE FROM meta WHERE key = 'copies_since'";
            command.ExecuteNonQuery();
        }

        bed.Restart();
        await bed.CommitAsync(await In(
            bed, 2, 0, "EX01", [Change(7, CopyKind.Open, Noon.AddSeconds(-1)), Change(8, CopyKind.Open, Noon.AddSeconds(1))]));
        Assert.Equal(1, bed.Committer.Current.Copies.Single().Count);
    }

    [Fact]
    public async Task Lost_copies_are_counted_once_and_never_while_older_files_are_unread()
    {
        using var bed = new LedgerBed();
        DateTime? unread = Noon;
        bed.Committer.Unread = () => [new("root", IsKnown: true, unread)];
        await bed.CommitAsync(await In(bed, 1, 0, "EX01", [Change(5, CopyKind.Open, Noon), Change(6, CopyKind.Open, Noon, hop: 1)]));
        bed.Clock.Advance(TimeSpan.FromDays(4));
        await bed.CommitAsync(await In(bed, 1, 100, "EX01", [Change(7, CopyKind.Open, Noon.AddDays(4))], Noon.AddDays(4)));
        Assert.Equal((0, 2, 1), Figures());
        unread = null;
        bed.Clock.Advance(TimeSpan.FromMinutes(1));
        await bed.CommitAsync(await In(bed, 1, 200, "EX01", [Change(9, CopyKind.Ended, Noon.AddDays(4))], Noon.AddDays(4)));
        bed.Clock.Advance(TimeSpan.FromMinutes(1));
        await bed.CommitAsync(await In(bed, 1, 300, "EX01", [Change(10, CopyKind.Ended, Noon.AddDays(4))], Noon.AddDays(4)));
        // The copy that was handed to a server whose logs are not read is neither lost nor on its way.
        Assert.Equal((1, 1, 0), Figures());
        bed.Restart();
        Assert.Equal((1, 1, 0), Figures());
        using var reader = bed.Store.OpenReader();
        Assert.Equal([("EX01", Noon)], OpenCopies.Lost(reader).Select(l => (l.Server, l.Newest)));

        (long Lost, long Here, long Elsewhere) Figures() =>
            (bed.Sum(Counters.Lost), bed.Committer.Current.Copies.Sum(c => c.Count), bed.Committer.Current.Copies.Sum(c => c.Elsewhere));
    }

    [Fact]
    public async Task Message_that_one_server_receives_five_times_is_in_a_loop()
    {
        using var bed = new LedgerBed();
        for (var n = 1; n <= 8; n++)
        {
            var delta = await In(bed, n % 3, 1000 * n, n % 2 == 0 ? "EX01" : "EX02", [Change((ulong)n, CopyKind.Ended, Noon)]);
            delta.Tally.Copies.Received.Add((77, Copies.MillisecondsOf(Noon.AddSeconds(9 - n))));
            await bed.CommitAsync(delta);
            Assert.Equal(0, bed.Sum(Counters.Looping));
        }

        var last = await In(bed, 9, 0, "EX02", [Change(99, CopyKind.Ended, Noon)]);
        last.Tally.Copies.Received.AddRange([(77, Copies.MillisecondsOf(Noon)), (77, Copies.MillisecondsOf(Noon)), (78, Copies.MillisecondsOf(Noon))]);
        await bed.CommitAsync(last);
        Assert.Equal(["EX02"], bed.Committer.Current.Cells.Of(Counters.Looping).Where(c => c.Value == 1).Select(c => c.Key.Value));
    }

    [Fact]
    public void Table_holds_what_a_dictionary_holds_in_less_than_40_bytes_an_entry()
    {
        var (table, model, random) = (new CopyTable(), new Dictionary<ulong, uint>(), new Random(3));
        Span<byte> bytes = stackalloc byte[8];
        for (var n = 1; n <= 3_000_000; n++)
        {
            random.NextBytes(bytes);
            var key = BitConverter.ToUInt64(bytes) | 1;
            if (!model.TryAdd(key, (uint)n))
                continue;
            table.FindOrAdd(key, out _).File = (uint)n;
            if (n is 100_000 or 1_500_000)
            {
                for (var part = 0; part < CopyTable.Parts; part++)
                    table.Drop(part, e => e.File % 3 == 0);
                foreach (var gone in model.Where(m => m.Value % 3 == 0).Select(m => m.Key).ToList())
                    model.Remove(gone);
            }
        }

        Assert.Equal(model.Count, table.Count);
        foreach (var (key, value) in model)
            Assert.Equal(value, table.Find(key).File);
        Assert.True(System.Runtime.CompilerServices.Unsafe.IsNullRef(ref table.Find(2)));
        Assert.True(table.Bytes < 40L * table.Count, $"{table.Bytes / (double)table.Count} bytes an entry");
    }

    [Fact]
    public void Rows_are_read_up_to_the_least_advanced_server()
    {
        var read = new ReadRows();
        Assert.Null(read.UpTo([], Noon));
        read.Meet("a", "EX01", Noon);
        read.Meet("a", "EX02", Noon.AddHours(-2));
        read.Meet("b", "EX03", Noon.AddDays(-3));
        Assert.Equal(Noon.AddHours(-2) - ReadRows.Margin, read.UpTo([new("a", true, null), new("b", true, null)], Noon));
        Assert.Equal(Noon.AddHours(-9) - ReadRows.Margin, read.UpTo([new("a", true, null), new("b", true, Noon.AddHours(-9))], Noon));
        Assert.Null(read.UpTo([new("a", true, null), new("b", false, null)], Noon));
        // A clock that is ten minutes ahead, and one that is a year ahead.
        read.Meet("a", "EX02", Noon.AddMinutes(10));
        Assert.Equal(Noon - ReadRows.Margin, read.UpTo([], Noon));
        read.Meet("a", "EX04", Noon.AddYears(1));
        Assert.Equal(Noon - ReadRows.Margin, read.UpTo([], Noon));
    }

    static CopyChange Change(ulong key, CopyKind kind, DateTime time, int offset = 0, int hop = 0) =>
        new(key, CopyChange.WhenOf(Copies.MillisecondsOf(time), false, kind), 0, offset, hop);

    static RowDelta Block(long file, long offset, string server, params CopyChange[] changes)
    {
        var tally = new Tally();
        Add(tally, changes);
        return LedgerBed.Rows(tally, file, offset, offset + 100, server);
    }

    static async Task<RowDelta> In(LedgerBed bed, long file, long offset, string server, CopyChange[] changes, DateTime? newest = null)
    {
        var delta = await bed.DeltaAsync(file, offset, offset + 100, server: server, time: newest is { } time ? new(time) : null);
        Add(delta.Tally, changes);
        return delta;
    }

    static void Add(Tally tally, CopyChange[] changes)
    {
        for (var hop = 1; hop <= 3; hop++)
            Assert.Equal(hop, tally.Copies.HopOf($"hop{hop}"));
        foreach (var change in changes)
            tally.Copies.Add(change);
    }

    sealed class Logs : Microsoft.Extensions.Logging.ILogger
    {
        public string Text { get; private set; } = "";

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public void Log<TState>(
            Microsoft.Extensions.Logging.LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => Text += formatter(state, exception) + "\n";
    }
}
