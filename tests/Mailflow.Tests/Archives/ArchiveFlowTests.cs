using System.Text;
using Mailflow.Configuration;
using Mailflow.Hosting;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Mailflow.Pipeline;
using Mailflow.Tests.Tail;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mailflow.Tests.Archives;

/// <summary>The service reads each log in an archive once, whatever else has it, and wherever it is stopped.</summary>
public sealed class ArchiveFlowTests : IDisposable
{
    const int Rows = 20_000;

    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-archives-").FullName;
    readonly string _logs;

    /// <summary>Files of which the last run said that they are there.</summary>
    int _present;

    /// <summary>A second root; null: there is none.</summary>
    string? _other;

    public ArchiveFlowTests() => _logs = Directory.CreateDirectory(Path.Combine(_folder, "logs")).FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    static byte[] Log(int number, int rows = Rows) =>
        Encoding.UTF8.GetBytes(Logs.Header($"2024-05-06T07:00:00.{number:000}Z") + Logs.Rows(number * 1_000_000, rows));

    [Theory]
    [InlineData("gz")]
    [InlineData("zst")]
    [InlineData("zip")]
    [InlineData("7z")]
    public async Task An_archive_is_read_once(string kind)
    {
        (string, byte[])[] logs = [("EX01/MSGTRK20240506-1.LOG", Log(1)), ("MSGTRK20240506-2.LOG", Log(2)), ("readme.txt", "no log"u8.ToArray())];
        if (kind is "zip" or "7z")
            Write($"a.{kind}", kind == "zip" ? Packed.Zip(logs) : Packed.SevenZip(logs));
        else
            foreach (var (name, text) in logs)
                Write($"{Path.GetFileName(name)}.{kind}", kind == "gz" ? Packed.Gzip(text) : Packed.Zstd(text));
        Assert.Equal(2 * Rows, await RunAsync());
        Assert.Equal(2 * Rows, await RunAsync());
    }

    [Fact]
    public async Task An_archive_is_continued_where_it_was_stopped()
    {
        Write("a.zip", Packed.Zip([.. Enumerable.Range(1, 5).Select(i => ($"MSGTRK20240506-{i}.LOG", Log(i)))]));
        for (var blocks = 1; await RunAsync(blocks) < 5 * Rows; blocks++)
            Assert.True(blocks < 40, "it does not end");
        Assert.Equal(5 * Rows, await RunAsync());
    }

    [Fact]
    public async Task A_log_that_was_read_is_not_read_in_an_archive()
    {
        Write("MSGTRK20240506-1.LOG", Log(1));
        Write("MSGTRK20240506-2.LOG", Log(2, 10));
        Assert.Equal(Rows + 10, await RunAsync());
        File.Delete(Path.Combine(_logs, "MSGTRK20240506-1.LOG"));
        File.Delete(Path.Combine(_logs, "MSGTRK20240506-2.LOG"));
        Write("MSGTRK20240506-1.LOG.gz", Packed.Gzip(Log(1)));
        // The file was deleted before all of it was read: the archive has the rest.
        Write("b.zip", Packed.Zip(("MSGTRK20240506-2.LOG", Log(2, 25))));
        Assert.Equal(Rows + 25, await RunAsync());
    }

    [Fact]
    public async Task A_log_that_was_read_in_an_archive_is_not_read_in_a_folder()
    {
        Write("a.zip", Packed.Zip(("MSGTRK20240506-1.LOG", Log(1, 100))));
        Assert.Equal(100, await RunAsync());
        Write("MSGTRK20240506-1.LOG", Log(1, 130));
        Assert.Equal(130, await RunAsync());
    }

    [Fact]
    public async Task Of_an_archive_that_is_cut_off_what_is_there_is_read_and_the_rest_when_it_is_there()
    {
        var packed = Packed.Gzip(Log(1));
        Write("MSGTRK20240506-1.LOG.gz", packed[..(packed.Length / 2)]);
        Assert.InRange(await RunAsync(), 1000, Rows - 1);
        Write("MSGTRK20240506-1.LOG.gz", packed);
        Assert.Equal(Rows, await RunAsync());
    }

    [Theory]
    [InlineData("zip", "zip")]
    [InlineData("7z", "zip")]
    [InlineData("gz", "zip")]
    [InlineData("LOG", "zip")]
    public async Task Of_two_roots_with_the_same_logs_each_row_counts_once(string kind, string otherKind)
    {
        _other = Directory.CreateDirectory(Path.Combine(_folder, "other")).FullName;
        (string Name, byte[] Text)[] logs = [.. Enumerable.Range(1, 6).Select(i => ($"MSGTRK20240506-{i}.LOG", Log(i)))];
        foreach (var (folder, how) in new[] { (_logs, kind), (_other, otherKind) })
            if (how is "zip" or "7z")
                WriteTo(folder, $"a.{how}", how == "zip" ? Packed.Zip(logs) : Packed.SevenZip(logs));
            else
                foreach (var (name, text) in logs)
                    WriteTo(folder, how == "gz" ? name + ".gz" : name, how == "gz" ? Packed.Gzip(text) : text);
        Assert.Equal(6 * Rows, await RunAsync());
        Assert.Equal(6 * Rows, await RunAsync());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(Rows)]
    public async Task A_last_row_without_a_line_end_is_read_once(int rows)
    {
        var whole = Log(1, rows + 5);
        var cut = Log(1, rows)[..^2];
        Write("a.zip", Packed.Zip(("MSGTRK20240506-1.LOG", cut)));
        Assert.Equal(rows, await RunAsync());
        Write("b.zip", Packed.Zip(("MSGTRK20240506-1.LOG", cut)));
        Assert.Equal(rows, await RunAsync());
        Write("MSGTRK20240506-1.LOG", whole);
        Assert.Equal(rows + 5, await RunAsync());
    }

    [Fact]
    public async Task An_incomplete_last_line_is_left_for_a_longer_copy()
    {
        // Within the date.
        Write("a.zip", Packed.Zip(("MSGTRK20240506-1.LOG", [.. Log(1, 10), .. "2024-05-06T07:0"u8])));
        Assert.Equal(10, await RunAsync());
        Write("MSGTRK20240506-1.LOG", Log(1, 12));
        Assert.Equal(12, await RunAsync());
    }

    [Fact]
    public async Task Position_in_an_archive_stays_as_long_as_the_archive()
    {
        Write("a.zip", Packed.Zip(("EX01/MSGTRK20240506-1.LOG", Log(1, 100))));
        Write("MSGTRK20240506-2.LOG.gz", Packed.Gzip(Log(2, 100)));
        Assert.Equal(200, await RunAsync());
        Assert.Equal(4, _present);
        // After a restart nothing in them is opened again.
        Assert.Equal(200, await RunAsync());
        Assert.Equal(4, _present);
        File.Delete(Path.Combine(_logs, "a.zip"));
        Assert.Equal(200, await RunAsync());
        Assert.Equal(2, _present);
    }

    void Write(string name, byte[] text) => WriteTo(_logs, name, text);

    static void WriteTo(string folder, string name, byte[] text)
    {
        File.WriteAllBytes(Path.Combine(folder, name), text);
        // At rest.
        File.SetLastWriteTimeUtc(Path.Combine(folder, name), DateTime.UtcNow.AddHours(-1));
    }

    /// <summary>Runs until all is read and committed.</summary>
    /// <param name="most">Aborts after so many blocks were committed, as a kill does; 0: does not.</param>
    /// <returns>The rows in the store.</returns>
    async Task<long> RunAsync(int most = 0)
    {
        var cancel = TestContext.Current.CancellationToken;
        using var store = new Store(Path.Combine(_folder, "mailflow.db"));
        using var flow = new Flow(
            new() { Logs = [new("tracking", _logs, "EX01"), .. _other is null ? Array.Empty<LogRoot>() : [new("other", _other, "EX01")]], Workers = 2, Ledger = new() { CommitInterval = TimeSpan.FromMilliseconds(1) } },
            store, TimeProvider.System, NullLoggerFactory.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var kill = new CancellationTokenSource();
        var blocks = 0;
        flow.Committer.Committed = delta =>
        {
            if (most > 0 && delta is RowDelta && ++blocks >= most)
                kill.Cancel();
        };
        var running = flow.RunAsync(stop.Token, kill.Token);
        try
        {
            await Waiting.UntilAsync(
                () => running.IsCompleted || flow.Tailers.All(t => t.Status is { IsNew: false, Totals: { Files: > 0, UnreadFiles: 0 } }),
                () => "all is read and committed");
            _present = flow.Committer.Present!().Files.Count;
            await stop.CancelAsync();
            await running;
        }
        catch (OperationCanceledException) when (kill.IsCancellationRequested)
        {
        }

        return flow.Committer.Current.Sum(Counters.Rows);
    }
}
