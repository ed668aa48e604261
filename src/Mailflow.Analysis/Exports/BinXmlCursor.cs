using System.Buffers.Binary;
using System.Text;

namespace Mailflow.Analysis.Exports;

/// <summary>
/// A position in a chunk, with an end in the same chunk. Reading beyond the end gives zeros and marks the record as corrupt; never throws.
/// </summary>
sealed class BinXmlCursor(ReadOnlyMemory<byte> chunk)
{
    const int MaxNameLength = 1024;
    const int MaxNames = 4096;

    readonly Dictionary<int, string> _names = [];

    public int Position { get; set; }

    public int End { get; set; }

    public bool IsBad { get; set; }

    /// <summary>Offset of the next name, hash (2), length (2), characters, a zero. It is inline at its first use.</summary>
    public string Name()
    {
        var offset = Int();
        if (offset < 0 || offset > chunk.Length - 8)
        {
            IsBad = true;
            return "";
        }

        var length = BinaryPrimitives.ReadUInt16LittleEndian(chunk.Span[(offset + 6)..]);
        if (length > MaxNameLength || offset + 8 + (length * 2) > chunk.Length)
        {
            IsBad = true;
            return "";
        }

        if (offset == Position)
            Skip(8 + (length * 2) + 2);
        if (!_names.TryGetValue(offset, out var name))
        {
            name = Encoding.Unicode.GetString(chunk.Span.Slice(offset + 8, length * 2));
            if (_names.Count < MaxNames)
                _names[offset] = name;
        }

        return name;
    }

    public string Characters(int count)
    {
        if (count * 2 > End - Position)
        {
            IsBad = true;
            return "";
        }

        var text = Encoding.Unicode.GetString(chunk.Span.Slice(Position, count * 2));
        Position += count * 2;
        return text;
    }

    public byte Peek() => chunk.Span[Position];

    public byte Byte()
    {
        if (Position >= End)
        {
            IsBad = true;
            return 0;
        }

        return chunk.Span[Position++];
    }

    public int Short() => Byte() | (Byte() << 8);

    public int Int() => Short() | (Short() << 16);

    public void Skip(int count)
    {
        if (count > End - Position)
            IsBad = true;
        else
            Position += count;
    }
}
