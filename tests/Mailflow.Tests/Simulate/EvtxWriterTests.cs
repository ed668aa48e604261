using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;
using Mailflow.Analysis.Exports;
using Mailflow.Simulator;

namespace Mailflow.Tests.Simulate;

/// <summary>Checks with libevtx's evtxexport, because our writer and reader could share the same mistake.</summary>
public sealed class EvtxWriterTests
{
    [Fact]
    public async Task Evtxexport_reads_our_evtx_files_as_our_reader_does()
    {
        const string Program = "/usr/bin/evtxexport";
        Assert.SkipUnless(File.Exists(Program), "Needs evtxexport: apt-get install libevtx-utils");
        var path = Path.Combine(Path.GetTempPath(), $"mailflow-{Guid.NewGuid():N}.evtx");
        try
        {
            await using (var file = File.Create(path))
            using (var writer = new EvtxWriter(file))
                for (var i = 1; i <= 1000; i++)
                    writer.Add(Event(i));

            using var export = Process.Start(new ProcessStartInfo(Program, ["-f", "xml", path]) { RedirectStandardOutput = true, UseShellExecute = false })!;
            var text = await export.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await export.WaitForExitAsync(TestContext.Current.CancellationToken);

            // The output is a title line, then XML events.
            var theirs = XDocument.Parse($"<Events>{text[text.IndexOf("<Event ", StringComparison.Ordinal)..]}</Events>").Root!.Elements().ToList();
            await using var again = File.OpenRead(path);
            var problems = new ExportProblems();
            var ours = WindowsEvents.Read(again, problems).ToList();
            Assert.Equal(0, problems.Total);
            Assert.Equal(1000, ours.Count);
            Assert.Equal(theirs.Select(Line), ours.Select(Line));
        }
        finally
        {
            File.Delete(path);
        }
    }

    // Normalised: XML line ends are \n, and evtxexport writes nanoseconds.
    static string Line(WindowsEvent e) =>
        $"{e.Provider} {e.Qualifiers} {e.Id} {e.Level} {e.TimeUtc:yyyy-MM-ddTHH:mm:ss.fffffff}00Z {e.RecordId} {e.Channel} {e.Computer} "
        + $"{string.Join('|', e.Strings).ReplaceLineEndings("\n")}";

    static string Line(XElement e)
    {
        XElement At(string name) => e.Descendants(e.GetDefaultNamespace() + name).First();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{At("Provider").Attribute("Name")!.Value} {At("EventID").Attribute("Qualifiers")!.Value} {At("EventID").Value} {At("Level").Value} "
            + $"{At("TimeCreated").Attribute("SystemTime")!.Value} {At("EventRecordID").Value} {At("Channel").Value} {At("Computer").Value} "
            + $"{string.Join('|', At("EventData").Elements().Select(d => d.Value))}");
    }

    static WindowsEvent Event(int i) => new(
        "MSExchangeTransport", 2004, 16388, 4,
        new DateTime(2025, 3, 4, 10, 0, 0, DateTimeKind.Utc).AddTicks(i * 12_345_678L), i, "EX01.contoso.test", "Application",
        (i % 3) switch
        {
            0 => ["Internet Send", $"<m{i}@contoso.test>", "550 5.1.1 <x@remote.example>: Recipient address rejected"],
            1 => ["mail.contoso.test", "M\u00fcller & <S\u00f6hne>", "two\r\nlines"],
            _ => [new string('x', i)],
        },
        null);
}
