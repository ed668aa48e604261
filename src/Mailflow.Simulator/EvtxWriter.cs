using System.Buffers.Binary;
using System.IO.Hashing;
using Mailflow.Analysis.Exports;

namespace Mailflow.Simulator;

/// <summary>
/// Writes an .evtx file as Windows does for classic events: one template for the event and one for its strings, each defined at its first use in
/// a chunk and referenced after that. The layout is described at <c>EvtxExport</c>, which reads it.
/// </summary>
sealed class EvtxWriter(Stream output) : IDisposable
{
    const int ChunkLength = 64 * 1024;
    const int HeaderBlock = 4096;
    const int ChunkHeader = 512;
    static readonly Guid EventTemplate = new("7a1c5b3e-52a4-4d0e-9f51-0c4a4a8f2004");
    static readonly Guid DataTemplate = new("c2d9e0b1-8a37-4f6c-b3a4-51d6e7f81009");

    readonly byte[] _header = new byte[ChunkHeader];
    BinXmlWriter _chunk = new(new byte[ChunkLength], ChunkHeader);
    ushort _chunks;
    long _record;
    long _firstInChunk = 1;
    int _lastStart;
    bool _started;

    /// <summary>The record ids are numbered within the file, from 1.</summary>
    /// <exception cref="ArgumentException">The event does not fit in a chunk of 64 KB.</exception>
    public void Add(WindowsEvent one)
    {
        if (!_started)
            output.Write(new byte[HeaderBlock]);
        _started = true;
        if (TryAdd(one))
            return;
        EndChunk();
        if (!TryAdd(one))
            throw new ArgumentException("An event of more than 64 KB.", nameof(one));
    }

    /// <summary>Writes the last chunk and the file's header, which needs a stream that can seek.</summary>
    public void Dispose()
    {
        if (!_started)
            output.Write(new byte[HeaderBlock]);
        if (_record >= _firstInChunk)
            EndChunk();
        Span<byte> header = stackalloc byte[128];
        header.Clear();
        "ElfFile\0"u8.CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], Math.Max(0, _chunks - 1));
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], _record + 1);
        BinaryPrimitives.WriteInt32LittleEndian(header[32..], header.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(header[36..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(header[38..], 3);
        BinaryPrimitives.WriteUInt16LittleEndian(header[40..], HeaderBlock);
        BinaryPrimitives.WriteUInt16LittleEndian(header[42..], _chunks);
        BinaryPrimitives.WriteUInt32LittleEndian(header[124..], Crc32.HashToUInt32(header[..120]));
        var end = output.Position;
        output.Position = end - (_chunks * (long)ChunkLength) - HeaderBlock;
        output.Write(header);
        output.Position = end;
    }

    bool TryAdd(WindowsEvent one)
    {
        var start = _chunk.Position;
        _chunk.Bytes.AsSpan(0, ChunkHeader).CopyTo(_header);
        _chunk.Int(0x00002A2A);
        var size = _chunk.Hole();
        _chunk.Long(_record + 1);
        _chunk.Long(one.TimeUtc.ToFileTimeUtc());
        WriteEvent(_chunk, one, _record + 1);
        while ((_chunk.Position + sizeof(uint) - start) % 8 != 0)
            _chunk.Byte(0);
        _chunk.Int(_chunk.Position + sizeof(uint) - start);
        if (_chunk.IsFull)
        {
            _header.CopyTo(_chunk.Bytes, 0);
            _chunk.Bytes.AsSpan(start).Clear();
            _chunk.Position = start;
            return false;
        }

        BinaryPrimitives.WriteInt32LittleEndian(_chunk.Bytes.AsSpan(size), _chunk.Position - start);
        _lastStart = start;
        _record++;
        return true;
    }

    static void WriteEvent(BinXmlWriter to, WindowsEvent one, long record)
    {
        to.Fragment();
        to.Template(EventTemplate, DefineEvent);
        to.Values(
            new(0x01, BinXmlWriter.Text(one.Provider)),
            new(0x06, BitConverter.GetBytes((ushort)one.Qualifiers)),
            new(0x06, BitConverter.GetBytes((ushort)one.Id)),
            new(0x04, [(byte)one.Level]),
            new(0x15, BitConverter.GetBytes(0x80000000000000L)),
            new(0x11, BitConverter.GetBytes(one.TimeUtc.ToFileTimeUtc())),
            new(0x0A, BitConverter.GetBytes(record)),
            new(0x01, BinXmlWriter.Text(one.Channel)),
            new(0x01, BinXmlWriter.Text(one.Computer)),
            new(0x00, []),
            new(0x21, null));
        var start = to.Position;
        to.Fragment();
        to.Template(DataTemplate, DefineData);
        to.Values(new BinXmlField(0x81, BinXmlWriter.Text(string.Concat(one.Strings.Select(s => s.Replace('\0', ' ') + '\0')))));
        to.Byte(0);
        to.EndOfValues(to.Position - start);
        to.Byte(0);
    }

    static void DefineEvent(BinXmlWriter to) =>
        to.Element("Event", () => to.Attribute("xmlns", () => to.Literal("http://schemas.microsoft.com/win/2004/08/events/event")), () =>
        {
            to.Element("System", null, () =>
            {
                to.Element("Provider", () => to.Attribute("Name", () => to.Place(0, 0x01)), null);
                to.Element("EventID", () => to.Attribute("Qualifiers", () => to.Place(1, 0x06)), () => to.Place(2, 0x06));
                to.Element("Version", null, () => to.Literal("0"));
                to.Element("Level", null, () => to.Place(3, 0x04));
                to.Element("Task", null, () => to.Literal("0"));
                to.Element("Opcode", null, () => to.Literal("0"));
                to.Element("Keywords", null, () => to.Place(4, 0x15));
                to.Element("TimeCreated", () => to.Attribute("SystemTime", () => to.Place(5, 0x11)), null);
                to.Element("EventRecordID", null, () => to.Place(6, 0x0A));
                to.Element("Channel", null, () => to.Place(7, 0x01));
                to.Element("Computer", null, () => to.Place(8, 0x01));
                to.Element("Security", () => to.Attribute("UserID", () => to.Place(9, 0x13, optional: true)), null);
            });
            to.Place(10, 0x21, optional: true);
        });

    static void DefineData(BinXmlWriter to) =>
        to.Element("EventData", null, () => to.Element("Data", null, () => to.Place(0, 0x81)));

    void EndChunk()
    {
        var bytes = _chunk.Bytes;
        var header = bytes.AsSpan(0, ChunkHeader);
        "ElfChnk\0"u8.CopyTo(header);
        foreach (var at in (ReadOnlySpan<int>)[8, 24])
            BinaryPrimitives.WriteInt64LittleEndian(header[at..], _firstInChunk);
        foreach (var at in (ReadOnlySpan<int>)[16, 32])
            BinaryPrimitives.WriteInt64LittleEndian(header[at..], _record);
        BinaryPrimitives.WriteInt32LittleEndian(header[40..], 128);
        BinaryPrimitives.WriteInt32LittleEndian(header[44..], _lastStart);
        BinaryPrimitives.WriteInt32LittleEndian(header[48..], _chunk.Position);
        BinaryPrimitives.WriteUInt32LittleEndian(header[52..], Crc32.HashToUInt32(bytes.AsSpan(ChunkHeader, _chunk.Position - ChunkHeader)));
        BinaryPrimitives.WriteUInt32LittleEndian(header[124..], Crc32.HashToUInt32([.. header[..120], .. header[128..]]));
        output.Write(bytes);
        _chunks++;
        _firstInChunk = _record + 1;
        _chunk = new(new byte[ChunkLength], ChunkHeader);
    }
}
