using System.Text;
using Mailflow.Configuration;
using Mailflow.Ship;

namespace Mailflow.Tests.Ship;

public sealed class FileSinkTests : IDisposable
{
    readonly EventStore _events = new();
    readonly TestClock _clock = new();
    readonly TestLog _log = new();

    string Path => _events.PathOf("out/events.jsonl");

    public void Dispose()
    {
        _events.Dispose();
        _log.Dispose();
    }

    static byte[] Line(int number, int length = 100) => Encoding.ASCII.GetBytes($"{{\"n\":{number},\"pad\":\"".PadRight(length - 3, 'x') + "\"}\n");

    string[] Files() =>
        [.. Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!).Select(f => System.IO.Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task File_sink_writes_each_event_before_the_cursor_moves()
    {
        _events.Add(30);
        await using var running = new Running(_events, _clock, _log, new MailflowOptions { EventsFile = new(Path, 1 << 20, 3) });
        await _clock.WaitAsync(Shipper.PollInterval, Shipper.PollInterval);
        Assert.Equal(30, _events.Cursor("file"));
        Assert.Equal(_events.EventIds(), new Posted("", null, null, await File.ReadAllTextAsync(Path, TestContext.Current.CancellationToken)).EventIds);
    }

    [Fact]
    public void File_sink_rolls_by_size_and_keeps_the_newest_files()
    {
        var file = new RollingFile(Path, 1000, 2, _log);
        for (var i = 0; i < 45; i++)
            file.Append(Line(i));
        Assert.Equal(["events.000003.jsonl", "events.000004.jsonl", "events.jsonl"], Files());
        Assert.Equal(
            Enumerable.Range(20, 25).SelectMany(i => Line(i)),
            Files().SelectMany(f => File.ReadAllBytes(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, f))));
    }

    [Fact]
    public void File_sink_ignores_files_with_other_names()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        foreach (var other in (string[])["events.old.jsonl", "events.jsonl.gz", "events.1x.jsonl", "other.000001.jsonl"])
            File.WriteAllText(_events.PathOf($"out/{other}"), other);
        var file = new RollingFile(Path, 100, 1, _log);
        for (var i = 0; i < 4; i++)
            file.Append(Line(i));
        Assert.Equal(["events.000003.jsonl", "events.1x.jsonl", "events.jsonl", "events.jsonl.gz", "events.old.jsonl", "other.000001.jsonl"], Files());
    }

    [Theory]
    [InlineData("{\"n\":0}\n{\"n\":1,\"Rec")]
    [InlineData("{\"n\":0}\n\0\0\0\0")]
    [InlineData("{\"n\":0}\n")]
    public void File_sink_cuts_off_an_incomplete_line_after_a_crash(string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        File.WriteAllText(Path, text);
        new RollingFile(Path, 1000, 1, _log).Append(Line(1));
        Assert.Equal("{\"n\":0}\n"u8.ToArray().Concat(Line(1)), File.ReadAllBytes(Path));
        Assert.Equal(text.EndsWith('\n') ? 0 : 1, _log.Count(105));
    }

    [Fact]
    public void File_sink_restarts_a_file_without_complete_lines()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        File.WriteAllText(Path, "{\"n\":");
        new RollingFile(Path, 1000, 1, _log).Append(Line(1));
        Assert.Equal(Line(1), File.ReadAllBytes(Path));
    }

    [Theory]
    [InlineData("precious and without an end of line", 1)]
    [InlineData("{", 3_000_000)]
    public void File_sink_rejects_a_file_that_is_not_its_own(string text, int times)
    {
        var precious = string.Concat(Enumerable.Repeat(text, times));
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        File.WriteAllText(Path, precious);
        Assert.Throws<InvalidDataException>(() => new RollingFile(Path, long.MaxValue, 1, _log).Append(Line(1)));
        Assert.Equal(precious, File.ReadAllText(Path));
    }

    [Fact]
    public async Task File_sink_reports_and_retries_failed_writes()
    {
        await File.WriteAllTextAsync(_events.PathOf("out"), "a file where the folder should be\n", TestContext.Current.CancellationToken);
        _events.Add(2);
        await using var running = new Running(_events, _clock, _log, new MailflowOptions { EventsFile = new(Path, 1 << 20, 3) });
        await _log.LineAsync(100);
        await _clock.WaitAsync(TimeSpan.FromTicks(1), TimeSpan.FromSeconds(2));
        Assert.NotNull(running.Status.Problem);
        File.Delete(_events.PathOf("out"));
        _clock.Advance(TimeSpan.FromSeconds(2));
        await _log.LineAsync(102);
        await running.StopAsync();
        Assert.Equal(2, (await File.ReadAllLinesAsync(Path, TestContext.Current.CancellationToken)).Length);
    }

    [Fact]
    public void File_sink_makes_files_readable_for_owner_and_group_only()
    {
        if (OperatingSystem.IsWindows())
            return;
        new RollingFile(Path, 1000, 1, _log).Append(Line(1));
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite));
    }

    [Fact]
    public async Task Console_sink_writes_the_same_lines()
    {
        _events.Add(3);
        await using var output = new StringWriter();
        await using var running = new Running(_events, _clock, _log, new ConsoleSink(output));
        await _clock.WaitAsync(Shipper.PollInterval, Shipper.PollInterval);
        await running.StopAsync();
        Assert.Equal(_events.EventIds(), new Posted("", null, null, output.ToString()).EventIds);
    }
}
