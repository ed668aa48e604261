using System.Buffers.Binary;
using System.Text;
using Mailflow.Analysis.Exports;

namespace Mailflow.Analysis.Tests.Exports;

public sealed class EvtxExportTests
{
    [Fact]
    public void Written_evtx_files_are_read_back()
    {
        var written = Evtx.Events(2000);
        var problems = new ExportProblems();
        var read = Samples.Events(Evtx.File(written), problems);
        Assert.Equal(0, problems.Total);
        Evtx.AssertSame(written, read);
    }

    [Fact]
    public void Empty_evtx_has_no_events_and_no_problems()
    {
        var problems = new ExportProblems();
        Assert.Empty(Samples.Events(Evtx.File([]), problems));
        Assert.Equal(0, problems.Total);
    }

    [Theory]
    [InlineData(0x00, "", "")]
    [InlineData(0x01, "4100FC000000", "A\u00fc")]
    [InlineData(0x02, "416200", "Ab")]
    [InlineData(0x03, "FE", "-2")]
    [InlineData(0x04, "FE", "254")]
    [InlineData(0x05, "FEFF", "-2")]
    [InlineData(0x06, "FEFF", "65534")]
    [InlineData(0x07, "FEFFFFFF", "-2")]
    [InlineData(0x08, "FEFFFFFF", "4294967294")]
    [InlineData(0x09, "FEFFFFFFFFFFFFFF", "-2")]
    [InlineData(0x0A, "FEFFFFFFFFFFFFFF", "18446744073709551614")]
    [InlineData(0x0B, "0000C03F", "1.5")]
    [InlineData(0x0C, "000000000000F83F", "1.5")]
    [InlineData(0x0D, "01000000", "true")]
    [InlineData(0x0D, "00000000", "false")]
    [InlineData(0x0E, "0AFF", "0AFF")]
    [InlineData(0x0F, "78563412341278561234567890ABCDEF", "{12345678-1234-5678-1234-567890ABCDEF}")]
    [InlineData(0x10, "10000000", "0x10")]
    [InlineData(0x11, "0092EE3CEC8CDB01", "2025-03-04T10:00:20.0000000Z")]
    [InlineData(0x11, "FFFFFFFFFFFFFFFF", "FFFFFFFFFFFFFFFF")]
    [InlineData(0x12, "E90703000200040009003B001E00E703", "2025-03-04T09:59:30.999Z")]
    [InlineData(0x13, "010200000000000520000000FF010000", "S-1-5-32-511")]
    [InlineData(0x14, "FF000000", "0xff")]
    [InlineData(0x15, "FF00000000000000", "0xff")]
    [InlineData(0x81, "4100000042000000", "A|B")]
    [InlineData(0x86, "01000200", "1|2")]
    [InlineData(0x88, "0100000002000000", "1|2")]
    [InlineData(0x8A, "0100000000000000", "1")]
    [InlineData(0x08, "FE", "FE")]
    [InlineData(0x7F, "0102", "0102")]
    public void Evtx_values_of_each_type_are_rendered_as_text(int type, string hex, string expected)
    {
        var problems = new ExportProblems();
        var file = Evtx.Crafted(to =>
        {
            to.Fragment();
            to.Template(
                Guid.Parse("00000000-0000-0000-0000-000000000001"),
                t => Evtx.Event(t, () => t.Element("EventData", null, () => t.Element("Data", null, () => t.Place(0, (byte)type))), dependency: true));
            to.Values(new Simulator.BinXmlField((byte)type, Convert.FromHexString(hex)));
        });
        var read = Assert.Single(Samples.Events(file, problems));
        Assert.Equal(0, problems.Total);
        Assert.Equal(expected, string.Join('|', read.Strings));
    }

    [Fact]
    public void Evtx_literals_are_read_and_optional_null_values_omitted()
    {
        var file = Evtx.Crafted(to =>
        {
            to.Fragment();
            to.Template(Guid.Parse("00000000-0000-0000-0000-000000000001"), t => Evtx.Event(t, () => t.Element("EventData", null, () =>
            {
                t.Element("Data", null, () =>
                {
                    t.Literal("a");
                    t.Put([0x08, (byte)'b', 0]);
                    t.Byte(0x09);
                    t.Name("amp");
                    t.Put([0x07, 2, 0, (byte)'c', 0, (byte)'d', 0]);
                    t.Byte(0x0A);
                    t.Name("pi");
                    t.Put([0x0B, 1, 0, (byte)'x', 0]);
                });
                t.Element("Data", null, () => t.Place(0, 0x01, optional: true));
                t.Element("Data", null, () => t.Place(0, 0x01));
                t.Element("Data", null, () => t.Place(7, 0x01));
                t.Element("Binary", null, () => t.Literal("FF"));
            }), dependency: true));
            to.Values(new Simulator.BinXmlField(0, []));
        });
        Assert.Equal(["ab&cd", "", ""], Assert.Single(Samples.Events(file, new())).Strings);
    }

    [Fact]
    public void Evtx_event_without_a_template_is_read()
    {
        var file = Evtx.Crafted(to =>
        {
            to.Fragment();
            Evtx.Event(
                to,
                () => to.Element("UserData", null, () => to.Element("X", null, () => to.Element("Y", null, () => to.Literal("z"), false), false), false),
                dependency: false);
        });
        Assert.Equal(["z"], Assert.Single(Samples.Events(file, new())).Strings);
    }

    /// <summary>
    /// Attributes take a few bytes each: a template with thousands of them, repeated thousands of times by another template, must not become
    /// millions.
    /// </summary>
    [Fact]
    public void Repeated_evtx_attributes_are_bounded()
    {
        var file = Evtx.Crafted(to =>
        {
            to.Fragment();
            to.Template(Guid.Parse("00000000-0000-0000-0000-000000000001"), t =>
                t.Element("a", () =>
                {
                    for (var i = 0; i < 4000; i++)
                        t.Attribute("b", () => { }, more: true);
                }, null));
            to.Values();
            for (var i = 0; i < 2000; i++)
            {
                to.Template(Guid.Parse("00000000-0000-0000-0000-000000000001"), _ => { });
                to.Values();
            }
        });
        var problems = new ExportProblems();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Empty(Samples.Events(file, problems));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
        Assert.Equal((1, 1), (problems.Count(ExportProblem.CorruptRecord), problems.Total));
    }

    [Fact]
    public void Invalid_evtx_chunk_is_skipped_and_counted()
    {
        var written = Evtx.Events(1500);
        var file = Evtx.File(written);
        Assert.True(file.Length > Evtx.HeaderBlock + (3 * Evtx.Chunk));
        file[Evtx.HeaderBlock + Evtx.Chunk] ^= 0xFF;
        var problems = new ExportProblems();
        var read = Samples.Events(file, problems);
        Assert.Equal((1, 1), (problems.Count(ExportProblem.CorruptChunk), problems.Total));
        var missing = written.Select(e => e.RecordId).Except(read.Select(e => e.RecordId)).ToList();
        Assert.Equal(Enumerable.Range(0, missing.Count).Select(i => missing[0] + i), missing);
        Assert.InRange(missing.Count, 50, 400);
        Assert.Equal(1500, read[^1].RecordId);
    }

    [Fact]
    public void Evtx_records_after_a_corrupt_one_are_read()
    {
        var written = Evtx.Events(50);
        var file = Evtx.File(written);
        var records = Starts(file);
        file[records[10]] = 0; // its mark
        file[records[20] + 4] ^= 0xFF; // its size
        file[records[30] + 28] = 0xEE; // its binary XML
        var problems = new ExportProblems();
        var read = Samples.Events(file, problems);
        Assert.Equal(written.Select(e => e.RecordId).Except([11L, 21L, 31L]), read.Select(e => e.RecordId));
        Assert.Equal(3, problems.Count(ExportProblem.CorruptRecord));
        Assert.Equal(1, problems.Count(ExportProblem.CorruptChunk)); // the checksum of the records
        Assert.Equal(4, problems.Total);
    }

    [Fact]
    public void Evtx_copied_while_written_is_read_to_its_last_record()
    {
        var written = Evtx.Events(50);
        var file = Evtx.File(written);
        var records = Starts(file);

        // The chunk header as it was ten records earlier.
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(Evtx.HeaderBlock + 48), records[40] - Evtx.HeaderBlock);
        file[120] = 1;
        Evtx.AssertSame(written, Samples.Events(file, new()));
    }

    [Fact]
    public void Old_records_in_a_reused_evtx_chunk_are_not_read()
    {
        var file = Evtx.File(Evtx.Events(50));
        var records = Starts(file);
        for (var i = 40; i < 50; i++)
            BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(records[i] + 8), i - 20);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(Evtx.HeaderBlock + 48), records[40] - Evtx.HeaderBlock);
        Assert.Equal(40, Samples.Events(file, new()).Count);
    }

    [Fact]
    public void Evtx_cut_at_any_length_gives_its_first_events_and_reports_truncation()
    {
        var written = Evtx.Events(6);
        var file = Evtx.File(written);
        var last = 0;
        for (var length = 0; length < Evtx.HeaderBlock + 4096; length++)
        {
            var problems = new ExportProblems();
            var read = Samples.Events(file[..length], problems);
            Evtx.AssertSame(written[..read.Count], read);
            Assert.True(read.Count >= last);
            last = read.Count;
            // With 4096 bytes it is a log without chunks; shorter than the magic bytes it is no evtx file.
            if (length >= 8 && length != Evtx.HeaderBlock)
                Assert.True(problems.Total > 0, $"{length}");
        }

        Assert.Equal(6, last);
    }

    [Fact]
    public void Flipped_bits_in_evtx_never_throw_and_lose_at_most_a_chunk_each()
    {
        var written = Evtx.Events(400);
        var file = Evtx.File(written);
        var chunks = (file.Length - Evtx.HeaderBlock) / Evtx.Chunk;
        Assert.True(chunks > 1);
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var damaged = (byte[])file.Clone();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
                damaged[Evtx.HeaderBlock + random.Next(Evtx.Chunk)] ^= (byte)(1 << random.Next(8));
            var read = Samples.Events(damaged, new());
            // Only the first chunk was touched.
            Assert.Equal(400, read[^1].RecordId);
        }
    }

    [Fact]
    public void Recursive_evtx_template_terminates()
    {
        var problems = new ExportProblems();
        var id = Guid.Parse("00000000-0000-0000-0000-000000000001");
        var file = Evtx.Crafted(to =>
        {
            to.Fragment();
            to.Template(id, t =>
            {
                t.Element("Event", null, () =>
                {
                    for (var i = 0; i < 20; i++)
                    {
                        t.Template(id, _ => { });
                        t.Values();
                    }
                });
            });
            to.Values();
        });
        Assert.Empty(Samples.Events(file, problems));
        Assert.Equal(1, problems.Count(ExportProblem.CorruptRecord));
    }

    [Fact]
    public void Repeated_evtx_value_terminates()
    {
        var problems = new ExportProblems();
        var file = Evtx.Crafted(to =>
        {
            to.Fragment();
            to.Template(Guid.Parse("00000000-0000-0000-0000-000000000001"), t => Evtx.Event(t, () =>
            {
                for (var i = 0; i < 4000; i++)
                    t.Place(0, 0x01);
            }, dependency: true));
            to.Values(new Simulator.BinXmlField(0x01, Encoding.Unicode.GetBytes(new string('x', 20_000))));
        });
        Assert.Empty(Samples.Events(file, problems));
        Assert.Equal(1, problems.Count(ExportProblem.CorruptRecord));
    }

    /// <summary>Where the records of the first chunk start.</summary>
    static List<int> Starts(byte[] file)
    {
        var starts = new List<int>();
        for (var at = Evtx.HeaderBlock + 512; file.AsSpan(at).StartsWith("**\0\0"u8); at += BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 4)))
            starts.Add(at);
        return starts;
    }
}
