using System.Text;
using Mailflow.Analysis.Exports;

namespace Mailflow.Analysis.Tests.Exports;

/// <summary>Whatever a file contains: no exception, no access to other files or the network, constant memory.</summary>
[Collection(nameof(Alone))]
public sealed class HostileExportTests
{
    const string Xml = "<Event><System><Provider Name='P'/><EventID>1</EventID><TimeCreated SystemTime='2025-03-04T10:00:00Z'/></System><EventData>"
        + "<Data>ä</Data></EventData></Event>\r\n";
    const string Csv = "\"Id\",\"ProviderName\",\"TimeCreated\",\"Message\"\r\n\"1\",\"P\",\"2025-03-04T10:00:00Z\",\"a\r\n\"\"b\"\" ä\"\r\n"
        + "\"2\",\"P\",\"2025-03-04T10:00:00Z\",\"\"\r\n";
    const string Json = "[{\"Id\":1,\"ProviderName\":\"P\",\"TimeCreated\":\"\\/Date(1741082400000)\\/\",\"Properties\":[{\"Value\":\"ä\\n\"}]},\r\n"
        + "{\"Id\":2,\"ProviderName\":\"P\",\"TimeCreated\":null}]";
    const string Clixml = "<Objs><Obj RefId='0'><TN RefId='0'><T>X</T></TN><Props><I32 N='Id'>1</I32><DT N='TimeCreated'>2025-03-04T10:00:00Z</DT>"
        + "<Obj N='Properties'><LST><Obj><Props><S N='Value'>ä_x000A_</S></Props></Obj></LST></Obj></Props></Obj></Objs>";

    public static TheoryData<string, string> Shapes => new()
    {
        { "xml", Xml + Xml },
        { "csv", Csv },
        { "csv", "#TYPE X\r\n" + Csv.Replace(',', ';') },
        { "json", Json },
        { "clixml", Clixml },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Export_cut_at_any_length_gives_the_records_before_the_cut(string shape, string text)
    {
        Assert.NotEmpty(shape);
        foreach (var encoding in (string[])["utf-8", "utf-16", "utf-16BE"])
        {
            var whole = Samples.Encode(text, encoding, mark: true);
            var all = Samples.Events(whole, new());
            Assert.NotEmpty(all);
            for (var length = 0; length < whole.Length; length++)
            {
                var read = Samples.Events(whole[..length], new());
                Assert.True(read.Count <= all.Count);
                // Only the last record may be incomplete.
                for (var i = 0; i + 1 < read.Count; i++)
                    Assert.Equal(all[i].Id, read[i].Id);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Random_changes_of_an_export_never_throw(string shape, string text)
    {
        var whole = Samples.Encode(text, "utf-8", mark: shape == "csv");
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var changed = (byte[])whole.Clone();
            for (var n = random.Next(1, 8); n > 0; n--)
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            foreach (var one in Samples.Events(changed, new()))
                Assert.NotNull(one.Provider);
            foreach (var one in Samples.Objects(changed, new()))
                foreach (var name in one.Names)
                    _ = one.TryTime(name, out _) || one.TryNumber(name, out _);
        }
    }

    [Fact]
    public void Xml_entity_bomb_is_rejected()
    {
        var problems = new ExportProblems();
        var bomb = "<?xml version='1.0'?><!DOCTYPE Events [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
            + "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]><Events>"
            + Xml.Replace("ä", "&c;", StringComparison.Ordinal) + "</Events>";
        Assert.Empty(Samples.Events(bomb, problems));
        Assert.Equal((1, 1), (problems.Count(ExportProblem.RefusedDtd), problems.Total));
    }

    [Theory]
    [InlineData("<!DOCTYPE Events SYSTEM 'http://127.0.0.1:1/x.dtd'>", "x")]
    [InlineData("<!DOCTYPE Events [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>", "&x;")]
    public void External_xml_entities_are_not_read(string dtd, string text)
    {
        var problems = new ExportProblems();
        Assert.Empty(Samples.Events(dtd + "<Events>" + Xml.Replace("ä", text, StringComparison.Ordinal) + "</Events>", problems));
        Assert.Equal(1, problems.Count(ExportProblem.RefusedDtd));
        problems = new();
        Assert.Empty(Samples.Objects(dtd + "<Objs>" + Clixml.Replace("ä", text, StringComparison.Ordinal), problems));
        Assert.Equal(1, problems.Count(ExportProblem.RefusedDtd));
    }

    [Fact]
    public void Undeclared_xml_entity_loses_only_its_event()
    {
        var problems = new ExportProblems();
        Assert.Single(Samples.Events(Xml.Replace("ä", "&x;", StringComparison.Ordinal) + Xml, problems));
        Assert.Equal((1, 1), (problems.Count(ExportProblem.CorruptRecord), problems.Total));
    }

    [Fact]
    public void Xml_nested_beyond_the_limit_is_rejected()
    {
        var problems = new ExportProblems();
        Assert.Single(Samples.Events(Xml.Replace("ä", Repeat("<a>", 100_000) + Repeat("</a>", 100_000), StringComparison.Ordinal) + Xml, problems));
        Assert.Equal((1, 1), (problems.Count(ExportProblem.TooDeep), problems.Total));
        problems = new();
        Assert.Single(Samples.Events(Xml.Replace("ä", Repeat("<a/>", 100_000), StringComparison.Ordinal) + Xml, problems));
        Assert.Equal((1, 1), (problems.Count(ExportProblem.TooLong), problems.Total));
    }

    [Fact]
    public void Objects_nested_beyond_the_limit_are_rejected()
    {
        var problems = new ExportProblems();
        var deep = Repeat("{\"a\":", 100_000) + "1" + Repeat("}", 100_000);
        Assert.Single(Samples.Objects($"[{deep},{{\"a\":1}}]", problems));
        Assert.Equal((1, 1), (problems.Count(ExportProblem.TooDeep), problems.Total));
        problems = new();
        Assert.Empty(Samples.Objects(Repeat("[", 1_000_000), problems));
        problems = new();
        Assert.Empty(Samples.Objects(Repeat("<Obj>", 100_000) + Repeat("</Obj>", 100_000), problems));
        Assert.Equal(0, problems.Count(ExportProblem.UnknownShape) - 1);
        problems = new();
        Assert.Empty(Samples.Objects("<Objs>" + Repeat("<Obj>", 100_000) + Repeat("</Obj>", 100_000) + "</Objs>", problems));
        Assert.Equal((1, 1), (problems.Count(ExportProblem.TooDeep), problems.Total));
    }

    [Fact]
    public void Too_many_columns_or_properties_are_reported()
    {
        var problems = new ExportProblems();
        Assert.Empty(Samples.Objects(Repeat("a,", 20_000) + "\r\n", problems));
        Assert.True(problems.Count(ExportProblem.TooLong) > 0);
        problems = new();
        Assert.Equal(
            ExportObject.MaxProperties,
            Assert.Single(Samples.Objects("{" + string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"p{i}\":{i}")) + "}", problems)).Names.Count());
        Assert.Equal(1, problems.Count(ExportProblem.TooLong));
    }

    /// <summary>All formats but CSV have an end that matches their start; an export cut between two objects is incomplete.</summary>
    [Theory]
    [InlineData("[{\"a\":1},\r\n{\"a\":[2]}", "]")]
    [InlineData("[{\"a\":1},\r\n{\"a\":2},", "]")]
    [InlineData("{\"value\":[{\"a\":1},{\"a\":2}", "],\"Count\":2}")]
    [InlineData("<Objs><Obj><Props><I32 N='a'>1</I32></Props></Obj><Obj><Props><I32 N='a'>2</I32></Props></Obj>", "</Objs>")]
    [InlineData("a,b\r\n1,2\r\n3", ",4\r\n")]
    public void Export_cut_between_two_objects_is_reported_as_truncated(string text, string end)
    {
        var problems = new ExportProblems();
        Assert.Equal(2, Samples.Objects(text, problems).Count);
        Assert.Equal(1, problems.Count(ExportProblem.Truncated));
        problems = new();
        Assert.Equal(2, Samples.Objects(text + end, problems).Count);
        Assert.Equal(0, problems.Total);
    }

    [Fact]
    public void Long_names_of_nested_properties_are_bounded()
    {
        var name = new string('x', 10_000);
        var many = string.Join(',', Enumerable.Range(0, ExportObject.MaxProperties).Select(i => $"\"p{i}\":1"));
        var problems = new ExportProblems();
        var found = Assert.Single(Samples.Objects($"{{\"a\":1,\"{name}\":{{{many}}},\"b\":[{{\"{name}\":1}}],\"{name}\":[1]}}", problems));
        Assert.InRange(found.Names.Sum(n => n.Length), 1, 10_000);
        Assert.Equal((1, 1), (problems.Count(ExportProblem.TooLong), problems.Total));

        problems = new();
        many = string.Concat(Enumerable.Range(0, ExportObject.MaxProperties).Select(i => $"<I32 N='p{i}'>1</I32>"));
        found = Assert.Single(
            Samples.Objects($"<Objs><Obj><Props><I32 N='a'>1</I32><Obj N='{name}'><Props>{many}</Props></Obj></Props></Obj></Objs>", problems));
        Assert.Equal(["a"], found.Names);
        Assert.Equal((1, 1), (problems.Count(ExportProblem.TooLong), problems.Total));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0")]
    [InlineData("\u0001\u0002\u0003")]
    [InlineData("<")]
    [InlineData("{")]
    [InlineData("[1,2]")]
    [InlineData("\"")]
    public void Files_that_are_not_exports_are_reported(string text)
    {
        var problems = new ExportProblems();
        Assert.Empty(Samples.Events(text, problems));
        Assert.Empty(Samples.Objects(text, problems));
        Assert.InRange(problems.Total, text is "[1,2]" ? 0 : 1, 8);
    }

    // 200 MB of each format: live memory must not grow with the file.
    [Theory]
    [InlineData("xml", "", Xml)]
    [InlineData(
        "json", "[",
        "{\"Id\":1,\"ProviderName\":\"P\",\"TimeCreated\":\"2025-03-04T10:00:00Z\","
        + "\"Message\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"},\n")]
    [InlineData(
        "csv", "\"Id\",\"ProviderName\",\"Message\"\r\n",
        "1,P,\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\naaaaaaaaaaaaaaa\"\r\n")]
    public void Large_exports_are_read_with_constant_memory(string shape, string start, string record)
    {
        Assert.NotEmpty(shape);
        const long Length = 200L << 20;
        var problems = new ExportProblems();
        using var stream = new EndlessStream(start, string.Concat(Enumerable.Repeat(record, 100)), Length);
        long events = 0, most = 0;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var one in WindowsEvents.Read(stream, problems))
        {
            Assert.Equal(1, one.Id);
            if (++events % 200_000 == 0)
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        }

        Assert.InRange(events, (Length / Encoding.UTF8.GetByteCount(record)) - 400, long.MaxValue);
        Assert.InRange(most, 0, 20 << 20);
    }

    static string Repeat(string piece, int count) => new StringBuilder(piece.Length * count).Insert(0, piece, count).ToString();

    /// <summary>The same text repeated, up to a length.</summary>
    sealed class EndlessStream(string start, string piece, long length) : Stream
    {
        readonly byte[] _piece = Encoding.UTF8.GetBytes(piece);
        ReadOnlyMemory<byte> _rest = Encoding.UTF8.GetBytes(start);
        long _given;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            if (_rest.IsEmpty && _given < length)
                _rest = _piece;
            var count = Math.Min(buffer.Length, _rest.Length);
            _rest.Span[..count].CopyTo(buffer);
            _rest = _rest[count..];
            _given += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

/// <summary>Runs alone: memory of other tests would be measured too.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
