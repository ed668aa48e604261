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

    string[] Files() => [.. Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!).Select(f => System.IO.Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task Every_event_is_a_line_and_is_there_before_the_cursor_moves()
    {
        _events.Add(30);
        await using var running = new Running(_events, _clock, _log, new MailflowOptions { EventsFile = new(Path, 1 << 20, 3) });
        await _clock.WaitAsync(Shipper.PollInterval, Shipper.PollInterval);
        Assert.Equal(30, _events.Cursor("file"));
        Assert.Equal(_events.EventIds(), new Posted("", null, null, await File.ReadAllTextAsync(Path, TestContext.Current.CancellationToken)).EventIds);
    }

    [Fact]
    public void Is_rolled_by_size_and_the_newest_are_kept()
    {
        var file = new RollingFile(Path, 1000, 2, _log);
        for (var i = 0; i < 45; i++)
            file.Append(Line(i));
        Assert.Equal(["events.000003.jsonl", "events.000004.jsonl", "events.jsonl"], Files());
        Assert.Equal(Enumerable.Range(20, 25).SelectMany(i => Line(i)), Files().SelectMany(f => File.ReadAllBytes(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, f))));
    }

    [Fact]
    public void Files_with_other_names_are_not_counted_and_not_deleted()
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
    public void A_line_that_a_crash_tore_is_cut_off(string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        File.WriteAllText(Path, text);
        new RollingFile(Path, 1000, 1, _log).Append(Line(1));
        Assert.Equal("{\"n\":0}\n"u8.ToArray().Concat(Line(1)), File.ReadAllBytes(Path));
        Assert.Equal(text.EndsWith('\n') ? 0 : 1, _log.Count(105));
    }

    [Fact]
    public void A_file_that_is_nothing_but_torn_is_begun_anew()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        File.WriteAllText(Path, "{\"n\":");
        new RollingFile(Path, 1000, 1, _log).Append(Line(1));
        Assert.Equal(Line(1), File.ReadAllBytes(Path));
    }

    [Theory]
    [InlineData("precious and without an end of line", 1)]
    [InlineData("{", 3_000_000)]
    public void The_file_of_somebody_else_is_left_alone(string text, int times)
    {
        var precious = string.Concat(Enumerable.Repeat(text, times));
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        File.WriteAllText(Path, precious);
        Assert.Throws<InvalidDataException>(() => new RollingFile(Path, long.MaxValue, 1, _log).Append(Line(1)));
        Assert.Equal(precious, File.ReadAllText(Path));
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_told_and_tried_again()
    {
        await File.WriteAllTextAsync(_events.PathOf("out"), "a file where the folder should be\n", TestContext.Current.CancellationToken);
        _events.Add(2);
        await using var running = new Running(_events, _clock, _log, new MailflowOptions { EventsFile = new(Path, 1 << 20, 3) });
        await _log.LineAsync(100);
        await _clock.WaitAsync(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        Assert.NotNull(running.Status.Problem);
        File.Delete(_events.PathOf("out"));
        _clock.Advance(TimeSpan.FromSeconds(2));
        await _log.LineAsync(102);
        await running.StopAsync();
        Assert.Equal(2, (await File.ReadAllLinesAsync(Path, TestContext.Current.CancellationToken)).Length);
    }

    [Fact]
    public void Only_its_owner_and_group_read_it()
    {
        if (OperatingSystem.IsWindows())
            return;
        new RollingFile(Path, 1000, 1, _log).Append(Line(1));
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite));
    }

    [Fact]
    public async Task The_console_gets_the_same_lines()
    {
        _events.Add(3);
        await using var output = new StringWriter();
        await using var running = new Running(_events, _clock, _log, new ConsoleSink(output));
        await _clock.WaitAsync(Shipper.PollInterval, Shipper.PollInterval);
        await running.StopAsync();
        Assert.Equal(_events.EventIds(), new Posted("", null, null, output.ToString()).EventIds);
    }
}
