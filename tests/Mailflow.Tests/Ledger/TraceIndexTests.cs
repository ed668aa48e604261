using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Tracing;
using Mailflow.Hosting;
using Mailflow.Ledger;
using Mailflow.Tests.Simulate;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mailflow.Tests.Ledger;

/// <summary>The ranges of the index, parsed, have exactly the rows that a parse of everything has.</summary>
public sealed class TraceIndexTests : IDisposable
{
    readonly string _state = Directory.CreateTempSubdirectory("mailflow-index-").FullName;

    string Db => Path.Combine(_state, Store.FileName);

    [Fact]
    public async Task Ranges_of_the_index_have_all_rows_that_a_full_parse_finds_and_few_others()
    {
        using var logs = await SimulatedFolder.WrittenAtOnce(megabytes: 40);
        await RunAsync(logs.Path);
        var rows = RowsOf(logs);
        using var reader = Store.OpenReader(Db);
        var index = new TraceIndex(reader);
        var all = index.Find(null, null, null);
        var bytes = all.Sum(r => r.End - r.Start);
        // Without their byte order marks.
        Assert.Equal(logs.LogPaths.Sum(p => new FileInfo(p).Length - 3), bytes);
        Assert.InRange(all.Where(r => !r.Indexed).Sum(r => r.End - r.Start), 0, 16 * 1024 * logs.LogPaths.Count);
        Assert.True(Scalar("SELECT count(*) FROM trace_groups") > 0);
        Assert.InRange(index.Bytes(), 1, bytes * 7 / 1000);

        var random = new Random(1);
        var read = 0L;
        const int Queries = 200;
        for (var i = 0; i < Queries; i++)
        {
            var row = rows[random.Next(rows.Count)];
            var query = QueryFor(row, i);
            var expected = rows.Where(r => query.MatchesAll(r)).Select(Name).Order(StringComparer.Ordinal).ToList();
            Assert.NotEmpty(expected);
            var ranges = index.Find(query.Probes, query.Since, query.Until);
            Assert.Equal(expected, Parse(ranges, query).Order(StringComparer.Ordinal));
            read += expected.Count < 100 ? ranges.Sum(r => r.End - r.Start) : 0;
        }

        Assert.True(read / Queries < bytes / 5, $"{read / Queries} of {bytes} bytes are read for a query");
    }

    [Fact]
    public async Task Ranges_outside_the_times_of_a_query_are_left_out_and_the_others_are_newest_first()
    {
        using var logs = await SimulatedFolder.WrittenAtOnce(megabytes: 10);
        await RunAsync(logs.Path);
        var rows = RowsOf(logs);
        var times = rows.Select(r => r.Time).Order().ToList();
        var (since, until) = (times[times.Count / 3], times[times.Count * 2 / 3]);
        using var reader = Store.OpenReader(Db);
        var ranges = new TraceIndex(reader).Find(null, since, until);
        var query = new TraceQuery { Since = since, Until = until };
        var expected = rows.Where(r => r.Time >= since && r.Time < until).Select(Name).Order(StringComparer.Ordinal);
        Assert.Equal(expected, Parse(ranges, query).Order(StringComparer.Ordinal));
        Assert.True(ranges.Sum(r => r.End - r.Start) < logs.LogPaths.Sum(p => new FileInfo(p).Length) * 2 / 3);
        Assert.Equal(ranges.Select(r => r.Last).OrderDescending(), ranges.Select(r => r.Last));
    }

    [Fact]
    public async Task A_damaged_line_or_group_costs_time_and_hides_nothing()
    {
        using var logs = await SimulatedFolder.WrittenAtOnce(megabytes: 40);
        await RunAsync(logs.Path);
        var rows = RowsOf(logs);
        var query = new TraceQuery { MessageId = rows[100].MessageId };
        var expected = rows.Where(r => query.MatchesAll(r)).Select(Name).Order(StringComparer.Ordinal).ToList();
        foreach (var damage in (string[])
        [
            "UPDATE trace_lines SET bits = zeroblob(length(bits))", "DELETE FROM trace_lines WHERE id % 2 = 0", "UPDATE trace_groups SET lines = 999999",
            "UPDATE trace_groups SET segments = zeroblob(20)", "UPDATE trace_open SET \"end\" = \"end\" + 1", "UPDATE trace_closed SET first = first + 1",
        ])
        {
            var copy = Path.Combine(_state, "damaged.db");
            using (var whole = new SqliteConnection($"Data Source={Db};Pooling=False"))
            using (var connection = new SqliteConnection($"Data Source={copy};Pooling=False"))
            {
                whole.Open();
                connection.Open();
                whole.BackupDatabase(connection);
                using var command = connection.CreateCommand();
                command.CommandText = damage;
                Assert.True(command.ExecuteNonQuery() > 0, damage);
            }

            using var reader = Store.OpenReader(copy);
            var index = new TraceIndex(reader);
            Assert.Equal(expected, Parse(index.Find(query.Probes, null, null), query).Order(StringComparer.Ordinal));
            Assert.True(index.Damaged > 0, damage);
        }
    }

    public void Dispose() => Directory.Delete(_state, recursive: true);

    /// <summary>Reads all logs into the store, then stops.</summary>
    async Task RunAsync(string logs)
    {
        using var store = new Store(Db);
        using var flow = new Flow(
            new() { Logs = [new("tracking", logs, null)], Workers = 2, Ledger = new() { CommitInterval = TimeSpan.FromMilliseconds(50) } },
            store, TimeProvider.System, NullLoggerFactory.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var size = Directory.GetFiles(logs, "*.LOG").Sum(p => new FileInfo(p).Length);
        var running = flow.RunAsync(stop.Token, TestContext.Current.CancellationToken);
        for (var next = flow.Committer.NewEvents.Next; Scalar("SELECT coalesce(sum(\"offset\"), 0) FROM files") < size; next = flow.Committer.NewEvents.Next)
            await next.Soon();
        await stop.CancelAsync();
        await running;
    }

    static TraceQuery QueryFor(TraceRow row, int kind) => (kind % 6) switch
    {
        0 when row.MessageId.Length > 0 => new() { MessageId = row.MessageId.Trim('<', '>').ToUpperInvariant() },
        1 when row.NetworkMessageId.Length > 0 => new() { NetworkMessageId = row.NetworkMessageId.Replace("-", "", StringComparison.Ordinal) },
        2 when row.Sender.Length > 0 => new() { Sender = row.Sender.ToUpperInvariant() },
        3 when row.Recipients.Count > 0 => new() { Recipient = row.Recipients[^1].Address },
        4 when row.MessageId.Length > 0 => new() { MessageId = row.MessageId, NetworkMessageId = row.NetworkMessageId },
        5 when row.Recipients.Count > 0 && row.Recipients[0].Address.Contains('@', StringComparison.Ordinal) =>
            new() { Domain = row.Recipients[0].Address.Split('@')[^1] },
        _ when row.MessageId.Length > 0 => new() { Messages = new HashSet<string>([row.MessageId, row.NetworkMessageId], StringComparer.OrdinalIgnoreCase) },
        _ => new() { Since = row.Time, Until = row.Time.AddMilliseconds(1) },
    };

    static string Name(TraceRow row) => $"{row.File}:{row.Offset}";

    static List<TraceRow> RowsOf(SimulatedFolder logs)
    {
        var rows = new List<TraceRow>();
        foreach (var path in logs.LogPaths)
        {
            var bytes = File.ReadAllBytes(path);
            Reader(path, bytes).Read(bytes, 0, new(), rows);
        }

        return rows;
    }

    static TraceRowReader Reader(string path, byte[] top)
    {
        Assert.True(LogHeader.TryParse(top.AsSpan(0, Math.Min(top.Length, 4096)), out var header));
        return new(header, path, null);
    }

    static List<string> Parse(IEnumerable<TraceRange> ranges, TraceQuery query)
    {
        var rows = new List<TraceRow>();
        foreach (var file in ranges.GroupBy(r => r.File.Id))
        {
            var path = Path.Combine(file.First().File.Folder!, file.First().File.Name);
            var bytes = File.ReadAllBytes(path);
            var reader = Reader(path, bytes);
            foreach (var range in file)
                reader.Read(bytes.AsMemory((int)range.Start, (int)(range.End - range.Start)), range.Start, query, rows);
        }

        return [.. rows.Select(Name)];
    }

    long Scalar(string text)
    {
        using var reader = Store.OpenReader(Db);
        using var command = reader.CreateCommand();
        command.CommandText = text;
        return (long)command.ExecuteScalar()!;
    }
}
