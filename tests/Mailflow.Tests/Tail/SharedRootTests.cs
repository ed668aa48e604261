using System.Threading.Channels;
using Mailflow.Configuration;
using Mailflow.Pipeline;
using Mailflow.Tail;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mailflow.Tests.Tail;

/// <summary>A file or folder under two roots is counted once.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class SharedRootTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-roots-").FullName;
    readonly BlockPool _pool = new(64 << 20);
    readonly HandleRoom _room = new();
    readonly Channel<LogBlock> _blocks = Channel.CreateUnbounded<LogBlock>();
    readonly Channel<ExportBlock> _exports = Channel.CreateUnbounded<ExportBlock>();

    public SharedRootTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "logs/sub"));
        Directory.CreateSymbolicLink(Path.Combine(_folder, "alias"), Path.Combine(_folder, "logs"));
        Directory.CreateSymbolicLink(Path.Combine(_folder, "inside"), Path.Combine(_folder, "logs/sub"));
        Directory.CreateDirectory(Path.Combine(_folder, "apart"));
    }

    public void Dispose()
    {
        _pool.Dispose();
        _room.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("alias", "is the same folder as")]
    [InlineData("inside", "is below")]
    [InlineData("apart", null)]
    [InlineData("not-there", null)]
    public async Task Overlapping_roots_through_links_are_configuration_errors(string other, string? says)
    {
        var faults = await RootOverlap.FaultsAsync([Root("logs"), Root(other)]);
        if (says is null)
            Assert.Empty(faults);
        else
            Assert.Contains($"{other} {says} ", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_shared_by_two_roots_is_read_under_the_first()
    {
        var (first, second) = (Root("logs"), Root("alias"));
        File.WriteAllText(Path.Combine(_folder, "logs/a.log"), Logs.Header() + Logs.Rows(0, 3));
        File.WriteAllText(Path.Combine(_folder, "logs/b.log"), Logs.Header("2024-05-06T08:00:00.000Z") + Logs.Rows(3, 3));
        var known = new KnownFiles([], [first, second]);
        using (var one = Tail(first, known))
        using (var two = Tail(second, known))
        {
            await PollAsync(one);
            await PollAsync(two);
            Assert.Equal(0, two.Status.Totals.Files);
            Assert.Contains("counted once", Assert.Single(two.Status.Troubles).Why, StringComparison.Ordinal);
        }

        List<FilePosition> read =
        [
            .. Read().GroupBy(b => b.File.Id)
                .Select(g => g.Last())
                .Select(b => new FilePosition(
                    b.File.Id, b.File.Root, b.File.Name, b.File.Device, b.File.Inode, b.File.HeaderHash, 0, 0, b.End, b.Guard, null) { Head = b.Head }),
        ];
        Assert.Equal(["logs", "logs"], read.Select(p => p.Root));
        // The other root is faster this time.
        known = new KnownFiles(read, [first, second]);
        using var again = Tail(second, known);
        await PollAsync(again);
        Assert.Empty(Read());
        // A copy is another file, and a file deleted under the first root is read under the other.
        File.Delete(Path.Combine(_folder, "apart", "c.log"));
        File.Copy(Path.Combine(_folder, "logs/a.log"), Path.Combine(_folder, "apart/c.log"));
        using var copy = Tail(Root("apart"), known);
        await PollAsync(copy);
        Assert.Equal("apart", Assert.Single(Read()).File.Root);
    }

    LogRoot Root(string name) => new(name, Path.Combine(_folder, name), null);

    Tailer Tail(LogRoot root, KnownFiles known) =>
        new(root, known, _pool, new() { ListInterval = TimeSpan.Zero, MaxSweepInterval = TimeSpan.Zero }, TimeProvider.System, NullLogger.Instance, _room);

    async Task PollAsync(Tailer tailer)
    {
        for (var i = 0; i < 3; i++)
            await tailer.PollAsync([_blocks.Writer], _exports.Writer, TestContext.Current.CancellationToken);
    }

    List<LogBlock> Read()
    {
        var read = new List<LogBlock>();
        while (_blocks.Reader.TryRead(out var block))
        {
            read.Add(block);
            _pool.Return(block.Buffer);
        }

        return read;
    }
}
