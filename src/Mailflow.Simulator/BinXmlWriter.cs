using System.Buffers.Binary;
using System.Text;

namespace Mailflow.Simulator;

/// <summary>A value of a template; no bytes if the caller writes them.</summary>
readonly record struct BinXmlField(byte Type, byte[]? Bytes);

/// <summary>Binary XML into a chunk: the tokens of MS-EVEN6 2.2.12, with names and templates kept once and linked from the chunk's header.</summary>
sealed class BinXmlWriter(byte[] chunk, int position)
{
    const int NameTable = 128;
    const int NameBuckets = 64;
    const int TemplateTable = 384;
    const int TemplateBuckets = 32;

    readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    readonly Dictionary<Guid, int> _templates = [];
    int _holeOfSize;

    public byte[] Bytes => chunk;

    public int Position { get; set; } = position;

    /// <summary>Whether the written data exceeded the chunk.</summary>
    public bool IsFull => Position > chunk.Length;

    public static byte[] Text(string text) => Encoding.Unicode.GetBytes(text);

    public void Byte(byte value) => Put([value]);

    public void Short(int value) => Put(BitConverter.GetBytes((ushort)value));

    public void Int(int value) => Put(BitConverter.GetBytes(value));

    public void Long(long value) => Put(BitConverter.GetBytes(value));

    public void Put(ReadOnlySpan<byte> bytes)
    {
        if (Position + bytes.Length <= chunk.Length)
            bytes.CopyTo(chunk.AsSpan(Position));
        Position += bytes.Length;
    }

    /// <summary>Reserves space for a number that is known later.</summary>
    public int Hole()
    {
        Int(0);
        return Position - sizeof(uint);
    }

    public void Fill(int hole, int value)
    {
        if (!IsFull)
            BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(hole), value);
    }

    public void Fragment() => Put([0x0F, 1, 1, 0]);

    public void Element(string name, Action? attribute, Action? content, bool dependency = true)
    {
        Byte((byte)(attribute is null ? 0x01 : 0x41));
        if (dependency)
            Short(0xFFFF);
        var size = Hole();
        Name(name);
        if (attribute is not null)
        {
            var list = Hole();
            attribute();
            Fill(list, Position - list - sizeof(uint));
        }

        if (content is null)
        {
            Byte(0x03);
        }
        else
        {
            Byte(0x02);
            content();
            Byte(0x04);
        }

        Fill(size, Position - size - sizeof(uint));
    }

    public void Attribute(string name, Action value, bool more = false)
    {
        Byte((byte)(more ? 0x46 : 0x06));
        Name(name);
        value();
    }

    public void Literal(string text)
    {
        Put([0x05, 0x01]);
        Short(text.Length);
        Put(Text(text));
    }

    public void Place(int index, byte type, bool optional = false)
    {
        Byte((byte)(optional ? 0x0E : 0x0D));
        Short(index);
        Byte(type);
    }

    public void Template(Guid id, Action<BinXmlWriter> define)
    {
        Put([0x0C, 1]);
        Put(id.ToByteArray().AsSpan(0, 4));
        if (_templates.TryGetValue(id, out var known))
        {
            Int(known);
            return;
        }

        Int(Position + sizeof(uint));
        _templates[id] = Position;
        Int(Link(TemplateTable, (int)(BitConverter.ToUInt32(id.ToByteArray()) % TemplateBuckets)));
        Put(id.ToByteArray());
        var size = Hole();
        Fragment();
        define(this);
        Byte(0);
        Fill(size, Position - size - sizeof(uint));
    }

    /// <summary>The values of a template. If the last value is null, the caller writes it and then sets its length.</summary>
    public void Values(params ReadOnlySpan<BinXmlField> values)
    {
        Int(values.Length);
        foreach (var (type, bytes) in values)
        {
            _holeOfSize = Position;
            Short(bytes?.Length ?? 0);
            Put([type, 0]);
        }

        foreach (var (_, bytes) in values)
            Put(bytes);
        if (!values.IsEmpty && values[^1].Bytes is null)
            _open.Push(_holeOfSize);
    }

    readonly Stack<int> _open = new();

    public void EndOfValues(int length)
    {
        var hole = _open.Pop();
        if (!IsFull)
            BinaryPrimitives.WriteUInt16LittleEndian(chunk.AsSpan(hole), (ushort)length);
    }

    public void Name(string name)
    {
        if (_names.TryGetValue(name, out var known))
        {
            Int(known);
            return;
        }

        Int(Position + sizeof(uint));
        _names[name] = Position;
        var hash = 0;
        foreach (var c in name)
            hash = unchecked((hash * 65599) + c);
        Int(Link(NameTable, (ushort)hash % NameBuckets));
        Short((ushort)hash);
        Short(name.Length);
        Put(Text(name));
        Short(0);
    }

    /// <summary>Makes the current position the head of its list, and returns the previous head.</summary>
    int Link(int table, int bucket)
    {
        var at = chunk.AsSpan(table + (bucket * sizeof(uint)));
        var before = BinaryPrimitives.ReadInt32LittleEndian(at);
        BinaryPrimitives.WriteInt32LittleEndian(at, Position);
        return before;
    }
}
