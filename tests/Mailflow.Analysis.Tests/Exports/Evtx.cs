using Mailflow.Analysis.Exports;
using Mailflow.Simulator;

namespace Mailflow.Analysis.Tests.Exports;

/// <summary>Windows event log files, written by the simulator.</summary>
static class Evtx
{
    public const int HeaderBlock = 4096;
    public const int Chunk = 64 * 1024;

    public static List<WindowsEvent> Events(int count)
    {
        var random = new Random(7);
        var events = new List<WindowsEvent>();
        for (var i = 1; i <= count; i++)
        {
            string[] strings = random.Next(4) switch
            {
                0 => ["Internet Send", $"<m{i}@contoso.test>", "550 5.1.1 <x@remote.example>: Recipient address rejected: Müller \u2603"],
                1 => ["mail.contoso.test", "Internet Send", "mail.contoso.test"],
                2 => ["", "two\r\nlines", new string('x', random.Next(300)), ""],
                _ => [$"{i}"],
            };
            var time = new DateTime(2025, 3, 4, 10, 0, 0, DateTimeKind.Utc).AddTicks(i * 12_345_678L);
            events.Add(new("MSExchangeTransport", 2004 + (i % 3), 16388, 4, time, i, "EX01.contoso.test", "Application", strings, null));
        }

        return events;
    }

    public static byte[] File(IEnumerable<WindowsEvent> events)
    {
        using var stream = new MemoryStream();
        using (var writer = new EvtxWriter(stream))
            foreach (var one in events)
                writer.Add(one);
        return stream.ToArray();
    }

    /// <summary>A file of one chunk without checksums, with the given binary XML as records.</summary>
    public static byte[] Crafted(params Action<BinXmlWriter>[] records)
    {
        var chunk = new BinXmlWriter(new byte[Chunk], 512);
        for (var i = 0; i < records.Length; i++)
        {
            var start = chunk.Position;
            chunk.Put([0x2A, 0x2A, 0, 0]);
            var size = chunk.Hole();
            chunk.Long(i + 1);
            chunk.Long(0);
            records[i](chunk);
            chunk.Byte(0);
            chunk.Int(chunk.Position + 4 - start);
            chunk.Fill(size, chunk.Position - start);
        }

        "ElfChnk\0"u8.CopyTo(chunk.Bytes);
        BitConverter.TryWriteBytes(chunk.Bytes.AsSpan(48), chunk.Position);
        chunk.Bytes[120] = 4;
        return [.. File([]), .. chunk.Bytes];
    }

    /// <summary>An Event element with the required children, then the given ones.</summary>
    public static void Event(BinXmlWriter to, Action content, bool dependency) =>
        to.Element("Event", null, () =>
        {
            to.Element("System", null, () =>
            {
                to.Element("EventID", null, () => to.Literal("1"), dependency);
                to.Element("TimeCreated", () => to.Attribute("SystemTime", () => to.Literal("2025-03-04T10:00:00Z")), null, dependency);
            }, dependency);
            content();
        }, dependency);

    /// <summary>Records compare their lists by reference.</summary>
    public static void AssertSame(IReadOnlyList<WindowsEvent> expected, IReadOnlyList<WindowsEvent> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i].Strings, actual[i].Strings);
            Assert.Equal(expected[i] with { Strings = [] }, actual[i] with { Strings = [] });
        }
    }
}
