using Mailflow.Logging;
using Mailflow.Printing;
using Mailflow.Privacy;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Mailflow.Tests;

public sealed class ProgramLogTests
{
    [Theory]
    [InlineData("Access to the path '/logs' is denied.", "Cannot read: Access to the path '/logs' is denied. It is tried again.")]
    [InlineData("it is gone", "Cannot read: it is gone. It is tried again.")]
    public void System_error_text_does_not_double_the_full_stop(string reason, string line)
    {
        var lines = new Lines();
        using var log = new LoggerConfiguration().Enrich.With(new OneFullStop()).WriteTo.Sink(lines).CreateLogger();
        log.Warning("Cannot read: {Reason:l}. It is tried again.", reason);
        Assert.Equal([line], lines.All);
    }

    [Theory]
    [InlineData("/logs/nl\n12:00:00 ERR FORGED line.LOG", @"/logs/nl\x0a12:00:00 ERR FORGED line.LOG")]
    [InlineData("/logs/\u001b[2J\a.LOG", @"/logs/\x1b[2J\x07.LOG")]
    [InlineData("/logs/\u202egol.exe\u2066\u200f\u061c", @"/logs/\u202egol.exe\u2066\u200f\u061c")]
    [InlineData("/mnt/ex01/john.doe@contoso.com.LOG", "/mnt/ex01/j***@contoso.com.LOG")]
    [InlineData("john.doe%40contoso.com", "j***%40contoso.com")]
    public void Log_entry_is_one_line_without_addresses(string text, string shown)
    {
        var lines = new Lines();
        using (var log = ProgramLog.Create(new(), new LoggerConfiguration().WriteTo.Sink(lines).CreateLogger()))
        {
            using var factory = new Serilog.Extensions.Logging.SerilogLoggerFactory(log);
            var logger = factory.CreateLogger("Mailflow");
            Mailflow.Logging.Log.Ignored(logger, text, "no log");
            log.Information("{Path:l}", new List<string> { text }.AsReadOnly());
            log.Information("{Path:l}", new Shouting(text));
            log.Information("{@Path}", new { Name = new Dictionary<string, object>(StringComparer.Ordinal) { ["a"] = text } });
            log.Information(text.Replace('{', '('));
            log.Error(new InvalidOperationException("outer", new IOException(text)), "It failed");
        }

        Assert.Equal(6, lines.All.Count);
        Assert.Equal($"\"{shown}\" is ignored: \"no log\".", lines.All[0]);
        Assert.Equal(shown, lines.All[2]);
        Assert.All(lines.All.Where((_, i) => i != 4), l => Assert.Contains(shown, l.Replace(@"\\", @"\", StringComparison.Ordinal), StringComparison.Ordinal));
        Assert.DoesNotContain('\n', lines.All[4]);
        Assert.All(lines.All, l => Assert.DoesNotContain(l, c => c != '\n' && Printable.Of($"{c}").Length > 1));
        Assert.All(lines.All.Take(4).Append(lines.All[5]), l => Assert.DoesNotContain("doe", l, StringComparison.Ordinal));
    }

    [Fact]
    public void Numbers_and_times_are_logged_unchanged()
    {
        var lines = new Lines();
        using (var log = ProgramLog.Create(new(), new LoggerConfiguration().WriteTo.Sink(lines).CreateLogger()))
            log.Information("{A:00} {B} {C:hh} {D}", 7, null, TimeSpan.FromHours(3), true);
        Assert.Equal(["07 null 03 True"], lines.All);
    }

    [Fact]
    public void Unmasked_addresses_are_logged_if_configured()
    {
        var lines = new Lines();
        using (var log = ProgramLog.Create(new() { Addresses = AddressPrivacy.Plain }, new LoggerConfiguration().WriteTo.Sink(lines).CreateLogger()))
            log.Information("{Path:l}", "/logs/john.doe@contoso.com\n");
        Assert.Equal([@"/logs/john.doe@contoso.com\x0a"], lines.All);
    }

    /// <summary>All other output goes through it; only the progress bar, which shows no untrusted text, writes by itself.</summary>
    [Fact]
    public void Only_one_class_writes_to_standard_error()
    {
        string[] others = ["Terminal.cs", "ScanCommand.cs"];
        Assert.DoesNotContain(
            Directory.EnumerateFiles(Repository.PathOf("src/Mailflow"), "*.cs", SearchOption.AllDirectories),
            f => !others.Contains(Path.GetFileName(f)) && File.ReadAllText(f).Contains("Console.Error", StringComparison.Ordinal));
        Assert.Single(File.ReadLines(Repository.PathOf("src/Mailflow/Commands/ScanCommand.cs")), l => l.Contains("Console.Error", StringComparison.Ordinal));
    }

    sealed class Shouting(string text)
    {
        public override string ToString() => text;
    }

    sealed class Lines : ILogEventSink
    {
        public List<string> All { get; } = [];

        public void Emit(LogEvent logEvent) =>
            All.Add(logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture) + (logEvent.Exception is { } e ? " " + e : ""));
    }
}
