using System.Text;
using Mailflow.Pipeline;
using Mailflow.Tail;
using Mailflow.Tests.Tail;

namespace Mailflow.Tests.Archives;

/// <summary>Archives wait for the logs of their folder, and not for ever.</summary>
public sealed class ArchiveTurnTests : IDisposable
{
    readonly TailBed _bed = new();

    public ArchiveTurnTests()
    {
        _bed.Held = [];
        File.WriteAllBytes(_bed.PathOf("MSGTRK20240505-1.LOG.gz"), Packed.Gzip(Encoding.UTF8.GetBytes(Logs.Header() + Logs.Rows(0, 10))));
        File.SetLastWriteTimeUtc(_bed.PathOf("MSGTRK20240505-1.LOG.gz"), DateTime.UtcNow.AddHours(-1));
    }

    public void Dispose() => _bed.Dispose();

    [Fact]
    public async Task It_is_read_while_a_log_is_written()
    {
        // The last row is still being written, and the rows before are not committed.
        await File.WriteAllTextAsync(
            _bed.PathOf("MSGTRK20240506-1.LOG"), Logs.Header("2024-05-06T07:00:00.001Z") + Logs.Rows(0, 100) + "2024", TestContext.Current.CancellationToken);
        await _bed.PollAsync();
        Assert.Equal("MSGTRK20240505-1.LOG.gz", Assert.Single(_bed.Held!).File.Name);
        Assert.Equal(100, _bed.Rows);
    }

    [Fact]
    public async Task It_waits_for_logs_that_were_never_read_to_their_end_and_not_for_ever()
    {
        var path = _bed.PathOf("MSGTRK20240506-1.LOG");
        await File.WriteAllTextAsync(path, Logs.Header("2024-05-06T07:00:00.001Z") + Logs.Rows(0, 40_000), TestContext.Current.CancellationToken);
        // It grows as fast as it is read.
        var more = Logs.Rows(0, 1 + (BlockPool.BlockBytes / (Logs.Row(0).Length + 2)));
        _bed.OnBlock = block => Logs.Append(path, block is LogBlock ? more : "");
        for (var i = 0; i < 5; i++)
            await _bed.PollOnceAsync();
        Assert.Empty(_bed.Held!);
        _bed.Clock.Advance(Tailer.ArchivesWait + TimeSpan.FromSeconds(1));
        for (var i = 0; i < 5; i++)
            await _bed.PollOnceAsync();
        Assert.Single(_bed.Held!);
    }
}
