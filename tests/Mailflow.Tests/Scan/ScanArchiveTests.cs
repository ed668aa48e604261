using System.IO.Compression;
using System.Text;
using Mailflow.Archives;
using Mailflow.Configuration;
using Mailflow.Metrics;
using Mailflow.Scan;
using Mailflow.Tests.Archives;
using Mailflow.Tests.Tail;

namespace Mailflow.Tests.Scan;

/// <summary>A scan of archives, of copies under other names, and of logs without a header.</summary>
public sealed class ScanArchiveTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-scan-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    static byte[] Log(int number, int rows) => Encoding.UTF8.GetBytes(Logs.Header($"2024-05-06T07:00:00.{number:000}Z") + Logs.Rows(number * 1000, rows));

    [Theory]
    [InlineData("gz")]
    [InlineData("zst")]
    [InlineData("zip")]
    [InlineData("7z")]
    public async Task An_archive_is_read_like_its_logs(string kind)
    {
        (string, byte[])[] logs = [("EX01/MSGTRK20240506-1.LOG", Log(1, 20_000)), ("MSGTRK20240506-2.LOG", Log(2, 30)), ("readme.txt", "no log"u8.ToArray())];
        if (kind is "zip" or "7z")
            Write($"a.{kind}", kind == "zip" ? Packed.Zip(logs) : Packed.SevenZip(logs));
        else
            foreach (var (name, text) in logs)
                Write($"{Path.GetFileName(name)}.{kind}", kind == "gz" ? Packed.Gzip(text) : Packed.Zstd(text));
        var report = await ScanAsync(_folder);
        Assert.Equal((20_030, 2), (report.Sum(Counters.Rows), report.Files));
        Assert.Empty(report.Errors);
        Assert.Empty(report.LeftAlone);
        Assert.Equal(1, report.OtherFiles);
    }

    [Theory]
    [InlineData("gz")]
    [InlineData("zst")]
    [InlineData("zip")]
    [InlineData("7z")]
    public async Task What_is_before_a_cut_is_counted_and_the_cut_is_an_error(string kind)
    {
        var text = Log(1, 50_000);
        var packed = kind switch
        {
            "gz" => Packed.Gzip(text),
            "zst" => Packed.Zstd(text),
            "zip" => Packed.Zip(CompressionLevel.NoCompression, ("MSGTRK20240506-1.LOG", text)),
            _ => Packed.SevenZip(("MSGTRK20240506-1.LOG", text)),
        };
        // The list of files of a zip or 7z archive is at its end: without it, nothing is read. A wrong byte is found by the checksum.
        Write($"MSGTRK20240506-1.LOG.{kind}", packed[..(packed.Length * 2 / 3)]);
        var report = await ScanAsync(_folder);
        Assert.Single(report.Errors);
        Assert.Equal(kind is "gz" or "zst", report.Sum(Counters.Rows) > 0);
        packed[packed.Length / 2] ^= 1;
        Write($"MSGTRK20240506-1.LOG.{kind}", packed);
        Assert.Contains("damaged", Assert.Single((await ScanAsync(_folder)).Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_and_its_copies_are_counted_once()
    {
        Write("MSGTRK20240506-1.LOG", Log(1, 10));
        Write("MSGTRK20240506-1.LOG.gz", Packed.Gzip(Log(1, 10)));
        Write("MSGTRK20240506-1.LOG.1", Log(1, 7));
        Write("old copy.bak", Log(1, 10));
        // Longer than the file: only the rest is read.
        Write("a.zip", Packed.Zip(("MSGTRK20240506-1.LOG", Log(1, 12))));
        // Another log with the same header: Exchange gave it another name.
        Write("MSGTRK20240506-2.LOG.zst", Packed.Zstd(Log(1, 10)));
        var report = await ScanAsync(_folder);
        Assert.Equal(22, report.Sum(Counters.Rows));
        Assert.Equal(
            ["MSGTRK20240506-1.LOG.1", "MSGTRK20240506-1.LOG.gz", "old copy.bak"],
            report.LeftAlone.Select(f => Path.GetFileName(f.Path)).Order(StringComparer.Ordinal));
        Assert.All(report.LeftAlone, f => Assert.Contains("counted once", f.Why, StringComparison.Ordinal));
        Assert.Empty(report.Errors);
    }

    [Fact]
    public async Task What_is_not_read_is_named_with_its_size()
    {
        Write("good.LOG", Log(1, 1));
        Write("in.zip", Packed.Zip(("inner.zip", Packed.Zip(("a.LOG", Log(2, 1)))), ("../../etc/a.LOG", Log(3, 1)), ("/etc/b.LOG", Log(4, 1))));
        Write("old.LOG.xz", [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, 1, 2]);
        Write("MSGTRK20240506-1.bak", "its beginning is missing,\r\nand the rest is no row\r\n"u8.ToArray());
        Write("picture.png", "png"u8.ToArray());
        var report = await ScanAsync(_folder);
        Assert.Equal((3, 3), (report.Sum(Counters.Rows), report.Files));
        Assert.Equal(
            ["MSGTRK20240506-1.bak", "inner.zip", "old.LOG.xz"], report.LeftAlone.Select(f => Path.GetFileName(f.Path)).Order(StringComparer.Ordinal));
        Assert.Equal(8, report.LeftAlone.Find(f => f.Path.EndsWith(".xz", StringComparison.Ordinal))!.Bytes);
        Assert.Equal(2, report.Errors.Count);
        Assert.Equal(1, report.OtherFiles);
    }

    [Fact]
    public async Task Rows_without_a_header_are_read_and_said_to_be_assumed()
    {
        const string Row = "2026-11-20T08:00:05.000Z,192.0.2.1,EX01,,,,,SMTP,RECEIVE,101,<m1@example.com>,"
            + "1-2-3,b@example.net,,2048,1,,,x,a@example.com,a@example.com,,,,,,,,,\r\n";
        Write("grep.txt", Encoding.UTF8.GetBytes("8:00:05.000Z,cut off\r\n" + Row + Row));
        Write("other.txt", "2026-11-20T08:00:05.000Z,three,columns\r\n"u8.ToArray());
        var report = await ScanAsync(_folder);
        Assert.Equal(2, report.Sum(Counters.Rows));
        Assert.Equal("grep.txt", Path.GetFileName(Assert.Single(report.Assumed)));
    }

    [Fact]
    public async Task Logs_of_several_kinds_in_one_file_are_read()
    {
        const string Send = "\uFEFF#Software: Microsoft Exchange Server\r\n#Version: 15.0.0.0\r\n#Log-type: SMTP Send Protocol Log\r\n"
            + "#Date: 2024-05-06T07:00:00.000Z\r\n"
            + "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\r\n"
            + "2024-05-06T07:00:00.000Z,Internet,08DD5AB1C2D3E501,0,,192.0.2.1:25,+,,\r\n"
            + "2024-05-06T07:00:01.000Z,Internet,08DD5AB1C2D3E501,1,,192.0.2.1:25,-,,Local\r\n";
        Write("all.LOG", [.. Log(1, 3), .. Encoding.UTF8.GetBytes(Send), .. Log(2, 4)]);
        var report = await ScanAsync(_folder);
        Assert.Equal(9, report.Sum(Counters.Rows));
        Assert.Equal(0, report.Sum(Counters.UnreadableRows));
        Assert.Equal(1, report.Sum(Counters.SmtpSessions));
    }

    [Fact]
    public async Task A_pipe_is_read_once_also_if_it_is_compressed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "a named pipe is no path there");
        foreach (var text in new[] { Log(1, 5000), Packed.Gzip(Log(1, 5000)), Packed.Zstd(Log(1, 5000)) })
        {
            var pipe = Path.Combine(_folder, "pipe");
            using (var made = System.Diagnostics.Process.Start("mkfifo", pipe))
                await made.WaitForExitAsync(TestContext.Current.CancellationToken);
            var write = Task.Run(() => File.WriteAllBytes(pipe, text), TestContext.Current.CancellationToken);
            var report = await ScanAsync(pipe);
            await write;
            File.Delete(pipe);
            Assert.Equal(5000, report.Sum(Counters.Rows));
            Assert.Empty(report.Errors);
        }
    }

    [Fact]
    public void More_text_than_an_archive_of_logs_holds_is_not_unpacked()
    {
        var limits = new ArchiveLimits(Ratio: 10, Free: 1000);
        Assert.Equal((1000, 5000, limits.Bytes), (limits.MostOf(50), limits.MostOf(500), limits.MostOf(long.MaxValue)));
        using var text = new UnpackedText(new MemoryStream(new byte[6000]), new UnpackBudget(limits, 500).Part(), -1, null);
        Assert.Contains(
            "more than logs of its size", Assert.Throws<ArchiveException>(() => text.CopyTo(Stream.Null)).Message, StringComparison.Ordinal);
        Write("a.zip", Packed.Zip(("a", []), ("b", []), ("c", [])));
        Assert.Contains(
            "at most 2", Assert.Throws<ArchiveException>(() => ZipMembers.List(Path.Combine(_folder, "a.zip"), limits with { Entries = 2 })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_a_7z_archive_that_is_skipped_is_unpacked_within_the_limit()
    {
        var path = Path.Combine(_folder, "a.7z");
        Write("a.7z", Packed.SevenZip(("a.bin", new byte[1_000_000]), ("b.LOG", Log(1, 10))));
        using var listing = SevenZipMembers.List(path, new(Ratio: 1, Free: 500_000));
        var last = listing.Members.Last();
        Assert.Equal("b.LOG", last.Name);
        for (var i = 0; i < 2; i++)
            Assert.Contains("more than logs of its size", Assert.Throws<ArchiveException>(() => Text(last)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zip")]
    [InlineData("7z")]
    public void What_is_unpacked_again_is_not_counted_again(string kind)
    {
        (string, byte[])[] logs = [("a.LOG", Log(1, 1000)), ("b.LOG", Log(2, 1000)), ("c.LOG", Log(3, 1000))];
        var (path, limits) = (Path.Combine(_folder, "a." + kind), new ArchiveLimits(Ratio: 1, Free: logs.Sum(l => l.Item2.Length)));
        Write("a." + kind, kind == "zip" ? Packed.Zip(logs) : Packed.SevenZip(logs));
        using var listing = kind == "zip" ? ZipMembers.List(path, limits) : SevenZipMembers.List(path, limits);
        var members = listing.Members.ToList();
        foreach (var number in (int[])[1, 0, 1, 1, 0, 2])
            Assert.Equal(logs[number].Item2, Text(members[number]));
    }

    static byte[] Text(ArchiveMember member)
    {
        using var text = new MemoryStream();
        using var packed = member.Open();
        packed.CopyTo(text);
        return text.ToArray();
    }

    void Write(string name, byte[] text) => File.WriteAllBytes(Path.Combine(_folder, name), text);

    static async Task<ScanReport> ScanAsync(params string[] paths)
    {
        using var scanning = new Scanning(2, new TailOptions(), TimeProvider.System, new());
        return await scanning.RunAsync(paths, null, TestContext.Current.CancellationToken);
    }
}
