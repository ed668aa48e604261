using System.Text;
using Mailflow.Analysis.Messages;
using Mailflow.Configuration;
using Mailflow.Metrics;
using Mailflow.Printing;
using Mailflow.Privacy;
using Mailflow.Scan;
using Mailflow.Tests.Tail;
using Mailflow.Tests.Web;
using Spectre.Console;

namespace Mailflow.Tests.Scan;

/// <summary>Messages of a scan about files that are not valid logs.</summary>
public sealed class ScanLogTests : IDisposable
{
    static readonly DateTimeOffset At = new(2026, 3, 4, 10, 0, 0, TimeSpan.Zero);

    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-scan-").FullName;

    string Log => Path.Combine(_folder, "a.log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData('x', 10_000_000, Unreadable.LineTooLong)]
    [InlineData('\0', 1000, Unreadable.NulBytes)]
    [InlineData('\0', 10_000_000, Unreadable.NulBytes)]
    public async Task Unreadable_last_line_without_a_line_end_is_counted(char letter, int length, Unreadable reason)
    {
        foreach (var before in new[] { "", "2024-05-06T07" })
        {
            File.WriteAllText(Log, Logs.Header() + Logs.Rows(0, 1) + before + new string(letter, length));
            var report = await ScanAsync(Log);
            Assert.Equal(1, report.Sum(Counters.Rows));
            Assert.Equal([(reason.Name(), 1L)], report.By(Counters.UnreadableRows, k => k.Name()));
            Assert.Equal(Logs.Header().Length + Logs.Rows(0, 1).Length, Assert.Single(report.Places).Offset);
            Assert.Equal(0, report.UnfinishedLines);
        }
    }

    [Fact]
    public async Task Names_of_skipped_files_are_escaped_and_masked()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows allows no such names");
        File.WriteAllText(Log, Logs.Header() + Logs.Rows(0, 1));
        File.WriteAllText(Path.Combine(_folder, "a\u001b[2J\nForged\u202e.LOG"), "#Log-type: \u202ejohn.doe@contoso.com\u001b\r\n#Fields: a,b\r\n1,2\r\n");
        File.WriteAllText(Path.Combine(_folder, "john.doe@contoso.com.LOG"), "junk\nand more\n");
        var report = await ScanAsync(_folder);
        Assert.Equal(2, report.LeftAlone.Count);
        using var json = new MemoryStream();
        ScanJson.Write(report, Masking.Default, json);
        using var csv = new StringWriter();
        ScanCsv.Write(report, Masking.Default, csv);
        using var text = new StringWriter();
        ScanText.Write(report, Masking.Default, AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No }));
        foreach (var output in new[] { Encoding.UTF8.GetString(json.ToArray()), csv.ToString(), text.ToString() })
        {
            Assert.DoesNotContain("doe", output, StringComparison.Ordinal);
            Assert.Contains("j***@contoso.com", output, StringComparison.Ordinal);
            Assert.DoesNotContain(output, c => c is not ('\r' or '\n') && Printable.Of($"{c}").Length > 1);
            Assert.DoesNotContain(output.Split('\n'), l => l.StartsWith("Forged", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("\uff1dcmd.example")]
    [InlineData("\uff0bcmd.example")]
    [InlineData("\uff0dcmd.example")]
    [InlineData("\uff20cmd.example")]
    [InlineData("=cmd.example")]
    public async Task CSV_cells_never_start_a_formula(string domain)
    {
        File.WriteAllText(Log, new LogText(At).Fail(At, "a@" + domain, "550 5.1.1 User unknown").ToString());
        var report = await ScanAsync(Log);
        using var csv = new StringWriter();
        ScanCsv.Write(report, Masking.Default, csv);
        Assert.Single(
            csv.ToString().Split('\n'),
            l => l.StartsWith($"domains,'{domain}", StringComparison.Ordinal) || l.StartsWith($"domains,\"'{domain}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Skipped_files_are_reported()
    {
        var (link, folder) = (Path.Combine(_folder, "link.log"), Path.Combine(_folder, "up"));
        File.WriteAllText(Log, Logs.Header() + Logs.Rows(0, 1));
        File.CreateSymbolicLink(link, Log);
        Directory.CreateSymbolicLink(folder, "/");
        var deep = Directory.CreateDirectory(Path.Combine([_folder, .. Enumerable.Range(1, 9).Select(i => $"{i}")])).FullName;
        var report = await ScanAsync(_folder);
        Assert.Equal(1, report.Files);
        Assert.Equal([deep, link, folder], report.LeftAlone.Select(f => f.Path).Order(StringComparer.Ordinal));
        Assert.Empty(report.Errors);
        // A named link stands for its target.
        Assert.Equal(1, (await ScanAsync(link)).Files);
    }

    [Theory]
    [InlineData("a.log", "", "it is empty")]
    [InlineData("a.log", "\0\0\0\0\0\0", "it contains only NUL bytes")]
    [InlineData("a.log", "\r\n\r\n", "it contains only empty lines")]
    [InlineData("a.log", "#Software: Microsoft Exchange Server\r\n#Fie", "its header is incomplete")]
    [InlineData("a.log", "\u0001\u0002\u0003x", "no #Fields: header")]
    [InlineData("a.log", "#\0S\0o\0f\0t\0w\0a\0r\0e\0:\0", "it is UTF-16 without a byte order mark")]
    [InlineData("a.log", "#Software: x\r#Fields: date-time,source\r2024,x\r", "its lines end with CR only")]
    [InlineData("a.log", "\u001f\u008b\u0008\0\0\0", "it is cut off or damaged")]
    [InlineData("a.log.gz", "\u001f\u008b\u0008\0\0\0", "it is cut off or damaged")]
    [InlineData("a.zip", "PK\u0003\u0004....", "its end is missing")]
    [InlineData("a.zip", "no archive", "it has the name of an archive, but not its first bytes")]
    [InlineData("a.log.xz", "\u00fd7zXZ\0", "it is compressed (xz) and must be unpacked first")]
    [InlineData("a.rar", "Rar!\u001a\u0007\u0001\0", "it is compressed (rar) and must be unpacked first")]
    [InlineData(
        "a.csv",
        "\"EventId\",\"Source\",\"Sender\",\"Recipients\",\"MessageSubject\"\r\n\"FAIL\",\"SMTP\",\"a@b.test\",\"c@d.test\",\"x\"\r\n",
        "rows of Get-MessageTrackingLog without Timestamp")]
    [InlineData("a.json", "[{\"EventId\":\"FAIL\",\"Source\":\"SMTP\",\"MessageSubject\":\"x\"}]", "rows of Get-MessageTrackingLog without Timestamp")]
    public async Task Other_file_types_are_named(string name, string text, string why)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes(text));
        var report = await ScanAsync(path);
        Assert.Contains(why, Assert.Single(report.LeftAlone).Why, StringComparison.Ordinal);
        Assert.Contains(why, Assert.Single(report.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Untrusted_text_is_escaped()
    {
        File.WriteAllText(Path.Combine(_folder, "b\u001b[2J\u202e.log"), "nothing\r\nof ours\r\n");
        File.WriteAllText(Log, new LogText(At).Fail(At, "a@remote.example", "550 5.1.1 User \u001b]0;owned\a unknown \u009b31m\u2028").ToString());
        var report = await ScanAsync(_folder);
        using var csv = new StringWriter();
        ScanCsv.Write(report, Masking.Default, csv);
        foreach (var text in new[] { Text(report, 160), csv.ToString() })
        {
            Assert.Contains(@"\x1b]0;owned\x07", text, StringComparison.Ordinal);
            Assert.Contains(@"b\x1b[2J\u202e.log", text, StringComparison.Ordinal);
            Assert.Equal(
                -1,
                text.Replace("\r\n", "", StringComparison.Ordinal)
                    .Replace("\n", "", StringComparison.Ordinal)
                    .AsSpan()
                    .IndexOfAny("\u001b\a\u009b\u2028\u202e"));
        }
    }

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(80)]
    public async Task Narrow_terminal_shows_the_counts(int width)
    {
        var log = new LogText(At);
        for (var i = 0; i < 1234; i++)
            log.Fail(At, "a@remote.example", "550 5.1.11 RESOLVER.ADR.ExRecipNotFound; Recipient <a@remote.example> not found by SMTP address lookup");
        File.WriteAllText(Log, log.ToString());
        var text = Text(await ScanAsync(Log), width);
        var reasons = text[text.IndexOf("Most frequent reasons", StringComparison.Ordinal)..text.IndexOf("Recipient domains", StringComparison.Ordinal)];
        Assert.Contains("1,234", reasons, StringComparison.Ordinal);
        Assert.All(text.Split('\n').Skip(2), l => Assert.InRange(l.TrimEnd().Length, 0, width));
    }

    static string Text(ScanReport report, int width)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No });
        console.Profile.Width = width;
        ScanText.Write(report, Masking.Default, console);
        return text.ToString();
    }

    static async Task<ScanReport> ScanAsync(params string[] paths)
    {
        using var scanning = new Scanning(2, new TailOptions(), TimeProvider.System, new());
        return await scanning.RunAsync(paths, null, TestContext.Current.CancellationToken);
    }
}
