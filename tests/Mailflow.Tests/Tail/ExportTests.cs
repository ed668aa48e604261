using System.Text;
using Mailflow.Pipeline;
using Mailflow.Read;

namespace Mailflow.Tests.Tail;

/// <summary>Export files: read once when they have stopped growing, and again when rewritten.</summary>
public sealed class ExportTests : IDisposable
{
    static readonly string[] Levels = ["Normal", "Medium"];

    readonly TailBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Fact]
    public async Task Snapshot_is_read_once_after_it_stopped_growing()
    {
        Write("queues.csv", Queues(3));
        Assert.Empty(await ReadAsync());
        _bed.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(await ReadAsync());
        // It still grows, so it is not read yet.
        Write("queues.csv", Queues(5));
        _bed.Clock.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Empty(await ReadAsync());
        _bed.Clock.Advance(TimeSpan.FromSeconds(2));
        var read = Assert.Single(await ReadAsync());
        Assert.Equal(5, Assert.Single(read.Snapshots).Queues.Count);
        Assert.Equal((0, new FileInfo(_bed.PathOf("queues.csv")).Length, 5), (read.Offset, read.End, read.Records));
        _bed.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Empty(await ReadAsync());
        Assert.Equal(0, _bed.Files.Sum(f => f.Size - f.Offset));
    }

    [Fact]
    public async Task Export_deleted_before_it_stopped_growing_is_waited_for_without_polling_at_once_again()
    {
        Write("queues.csv", Queues(3));
        Assert.Empty(await ReadAsync());
        File.Delete(_bed.PathOf("queues.csv"));
        Assert.False(await _bed.PollOnceAsync());
        _bed.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(3, Assert.Single(Assert.Single(await ReadAsync()).Snapshots).Queues.Count);
        Assert.Empty(_bed.Files);
    }

    [Fact]
    public async Task Export_is_reread_after_a_restart_only_if_not_committed()
    {
        Write("queues.csv", Queues(3), age: TimeSpan.FromHours(1));
        Assert.Single(await ReadAsync());
        _bed.Restart();
        Assert.Single(await ReadAsync());
        _bed.Commit();
        _bed.Restart();
        Assert.Empty(await ReadAsync());
    }

    [Fact]
    public async Task Rewritten_export_is_reread_even_with_the_same_content()
    {
        Write("queues.csv", Queues(3), age: TimeSpan.FromHours(2));
        var first = Assert.Single(await ReadAsync());
        Write("queues.csv", Queues(3), age: TimeSpan.FromHours(1));
        var second = Assert.Single(await ReadAsync());
        Assert.Equal(first.File.Id, second.File.Id);
        Assert.Equal(first.File.Generation + 1, second.File.Generation);
        Assert.Equal(TimeSpan.FromHours(1), second.Snapshots[0].Taken - first.Snapshots[0].Taken);
        // Replaced by a rename, as a careful script does.
        Write("queues.csv.tmp", Queues(4), age: TimeSpan.FromMinutes(30));
        Assert.Empty(await ReadAsync());
        File.Move(_bed.PathOf("queues.csv.tmp"), _bed.PathOf("queues.csv"), overwrite: true);
        Assert.Equal(4, Assert.Single(await ReadAsync()).Snapshots[0].Queues.Count);
        Assert.Equal(0, _bed.Status.Replaced);
        Assert.Equal(0, _bed.Status.LostBytes);
        // Only the name changes: it is not read again.
        File.Move(_bed.PathOf("queues.csv"), _bed.PathOf("other.csv"));
        Assert.Empty(await ReadAsync());
    }

    [Theory]
    [InlineData("notes.csv", "Name,Size\r\nfirst,1\r\n", "objects of an unknown kind")]
    [InlineData("types.csv", "#TYPE System.IO.FileInfo\r\n\"Name\",\"Size\"\r\n\"first\",\"1\"\r\n", "System.IO.FileInfo")]
    [InlineData("bare.csv", "Identity,DeliveryType,NextHopDomain,MessageCount\r\n", "nothing")]
    public async Task Unknown_export_is_reported_and_not_read(string name, string text, string says)
    {
        Write(name, text, age: TimeSpan.FromHours(1));
        Assert.Empty(await ReadAsync());
        var file = _bed.File(name);
        Assert.True(file.Refused);
        Assert.Contains(says, file.Problem, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Log_among_exports_is_read_as_a_log()
    {
        Write("export.csv", Logs.Header() + Logs.Rows(0, 3));
        Assert.Equal(Logs.Read(0, 3), await _bed.ReadAsync());
    }

    [Fact]
    public async Task Snapshot_changed_while_it_is_read_is_read_again_when_complete()
    {
        Write("queues.csv", Queues(3), age: TimeSpan.FromHours(1));
        _bed.OnBlock = _ =>
        {
            _bed.OnBlock = null;
            Write("queues.csv", Queues(8), age: TimeSpan.FromMinutes(20));
        };
        var read = await ReadAsync();
        Assert.Equal(2, read.Count);
        Assert.Empty(read[0].Snapshots);
        Assert.Equal(8, Assert.Single(read[1].Snapshots).Queues.Count);
    }

    [Fact]
    public async Task UTF_16_export_is_read()
    {
        File.WriteAllText(_bed.PathOf("queues.csv"), Queues(2), Encoding.Unicode);
        File.SetLastWriteTimeUtc(_bed.PathOf("queues.csv"), _bed.Clock.GetUtcNow().UtcDateTime.AddHours(-1));
        Assert.Equal(2, Assert.Single(Assert.Single(await ReadAsync()).Snapshots).Queues.Count);
    }

    [Fact]
    public async Task Interrupted_export_is_continued_at_its_position()
    {
        Write("queues.csv", Queues(2), age: TimeSpan.FromHours(1));
        _bed.OnBlock = block =>
        {
            // As a reader reports a disconnected share.
            _bed.OnBlock = null;
            Assert.IsType<ExportBlock>(block).Whole.Fail(0, 0, "the network name is gone");
        };
        Assert.Single(await ReadAsync());
        await _bed.PollOnceAsync();
        Assert.Equal("the network name is gone", _bed.File("queues.csv").Problem);
        _bed.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Single(await ReadAsync());
        Assert.Null(_bed.File("queues.csv").Problem);
        Assert.Empty(await ReadAsync());
    }

    [Fact]
    public async Task Waiting_exports_are_limited_and_do_not_block_logs()
    {
        const int Exports = 40;
        for (var i = 0; i < Exports; i++)
            Write($"queues{i}.csv", Queues(1), age: TimeSpan.FromHours(1));
        _bed.Held = [];
        await ReadAsync();
        var waiting = _bed.Held.Count;
        Assert.InRange(waiting, 2, Exports / 2);
        Logs.Append(_bed.PathOf("a.log"), Logs.Header() + Logs.Rows(0, 3));
        Assert.Equal(Logs.Read(0, 3), await _bed.ReadAsync());
        Assert.Equal(waiting, _bed.Held.Count);
        var held = _bed.Held;
        _bed.Held = null;
        held.ForEach(_bed.ReadExport);
        await ReadAsync();
        Assert.Equal(
            Exports,
            _bed.Steps.Select(s => s.File.Name).Where(n => n.StartsWith("queues", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Large_event_export_is_committed_in_parts_and_continued_after_a_restart()
    {
        const int Events = 2 * ExportReader.PartRecords + 500;
        var at = _bed.Clock.GetUtcNow().AddHours(-2);
        Write(
            "events.xml",
            SampleExports.Events([.. Enumerable.Range(1, Events).Select(i => ((long)i, 15004, at.AddSeconds(i), Levels))]),
            age: TimeSpan.FromHours(1));
        var read = await ReadAsync();
        Assert.Equal([1000, 2000, 2500], read.Select(d => d.Records));
        Assert.Equal(new FileInfo(_bed.PathOf("events.xml")).Length, read.Sum(d => d.End - d.Offset));
        Assert.All(read[..^1], d => Assert.InRange(d.End, 0, read[^1].End - 1));
        // Only the first part is committed.
        _bed.Restart();
        _bed.Commit(read[0]);
        _bed.Restart();
        var rest = await ReadAsync();
        Assert.Equal(Enumerable.Range(1001, 1500).Select(i => (long)i), rest.SelectMany(d => d.Events).Select(e => e.Record));
        Assert.Equal(read[^1].End, rest.Sum(d => d.End - d.Offset) + read[0].End);
        _bed.Commit();
        _bed.Restart();
        Assert.Empty(await ReadAsync());
    }

    async Task<List<ExportDelta>> ReadAsync()
    {
        await _bed.PollAsync();
        List<ExportDelta> read = [.. _bed.Exports];
        _bed.Exports.Clear();
        return read;
    }

    void Write(string name, string text, TimeSpan age = default)
    {
        var path = _bed.PathOf(name);
        File.WriteAllText(path, text);
        File.SetLastWriteTimeUtc(path, _bed.Clock.GetUtcNow().UtcDateTime - age);
    }

    static string Queues(int count) =>
        "#TYPE Deserialized.Microsoft.Exchange.Data.QueueDigest.ExtensibleQueueInfo\r\n"
        + "\"Identity\",\"DeliveryType\",\"NextHopDomain\",\"Status\",\"MessageCount\"\r\n"
        + string.Concat(Enumerable.Range(1, count).Select(i => $"\"EX01\\{i}\",\"DnsConnectorDelivery\",\"d{i}.example\",\"Retry\",\"{i}\"\r\n"));
}
