using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Mailflow.Analysis.Exports;

/// <summary>The typed values of binary XML (MS-EVEN6 2.2.12, "Value types"), as the text that Windows renders for them.</summary>
static class BinXmlValue
{
    public const byte Null = 0x00;
    public const byte String = 0x01;
    public const byte Xml = 0x21;
    public const byte Array = 0x80;

    const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffffffZ";
    const long LastFileTime = 2_650_467_743_999_999_999; // the end of the year 9999

    /// <summary>A value that is shorter than its type is written as hexadecimal bytes: nothing is invented.</summary>
    public static string Text(int type, ReadOnlySpan<byte> value) => type switch
    {
        Null => "",
        String => Characters(value),
        0x02 => Encoding.Latin1.GetString(value.TrimEnd((byte)0)),
        0x03 when value.Length >= 1 => Invariant((sbyte)value[0]),
        0x04 when value.Length >= 1 => Invariant(value[0]),
        0x05 when value.Length >= 2 => Invariant(BinaryPrimitives.ReadInt16LittleEndian(value)),
        0x06 when value.Length >= 2 => Invariant(BinaryPrimitives.ReadUInt16LittleEndian(value)),
        0x07 when value.Length >= 4 => Invariant(BinaryPrimitives.ReadInt32LittleEndian(value)),
        0x08 when value.Length >= 4 => Invariant(BinaryPrimitives.ReadUInt32LittleEndian(value)),
        0x09 when value.Length >= 8 => Invariant(BinaryPrimitives.ReadInt64LittleEndian(value)),
        0x0A when value.Length >= 8 => Invariant(BinaryPrimitives.ReadUInt64LittleEndian(value)),
        0x0B when value.Length >= 4 => Invariant(BinaryPrimitives.ReadSingleLittleEndian(value)),
        0x0C when value.Length >= 8 => Invariant(BinaryPrimitives.ReadDoubleLittleEndian(value)),
        0x0D when value.Length >= 1 => value.ContainsAnyExcept((byte)0) ? "true" : "false",
        0x0F when value.Length >= 16 => new Guid(value[..16]).ToString("B").ToUpperInvariant(),
        0x10 or 0x14 or 0x15 when value.Length is 4 => $"0x{BinaryPrimitives.ReadUInt32LittleEndian(value):x}",
        0x10 or 0x14 or 0x15 when value.Length is 8 => $"0x{BinaryPrimitives.ReadUInt64LittleEndian(value):x}",
        0x11 when value.Length >= 8 && BinaryPrimitives.ReadInt64LittleEndian(value) is >= 0 and <= LastFileTime and var ticks =>
            DateTime.FromFileTimeUtc(ticks).ToString(TimeFormat, CultureInfo.InvariantCulture),
        0x12 when value.Length >= 16 => SystemTime(value),
        0x13 when value.Length >= 8 && value.Length >= 8 + (4 * value[1]) => Sid(value),
        _ => Convert.ToHexString(value),
    };

    /// <summary>The members of an array; strings follow each other, each ended by a zero.</summary>
    public static IReadOnlyList<string> Texts(int type, ReadOnlySpan<byte> value)
    {
        var texts = new List<string>();
        var member = type & ~Array;
        if (member == String)
        {
            var all = Encoding.Unicode.GetString(value);
            return (all.EndsWith('\0') ? all[..^1] : all).Split('\0');
        }

        var size = SizeOf(member);
        if (size == 0)
            return [Convert.ToHexString(value)];
        for (; value.Length >= size; value = value[size..])
            texts.Add(Text(member, value[..size]));
        return texts;
    }

    static int SizeOf(int type) => type switch
    {
        0x03 or 0x04 => 1,
        0x05 or 0x06 => 2,
        0x07 or 0x08 or 0x0B or 0x0D or 0x14 => 4,
        0x09 or 0x0A or 0x0C or 0x11 or 0x15 => 8,
        0x0F or 0x12 => 16,
        _ => 0,
    };

    static string Invariant(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);

    static string Characters(ReadOnlySpan<byte> value)
    {
        var text = Encoding.Unicode.GetString(value);
        var end = text.IndexOf('\0', StringComparison.Ordinal);
        return end < 0 ? text : text[..end];
    }

    /// <summary>Eight 16-bit numbers: year, month, day of the week, day, hour, minute, second, milliseconds.</summary>
    static string SystemTime(ReadOnlySpan<byte> value)
    {
        Span<int> n = stackalloc int[8];
        for (var i = 0; i < n.Length; i++)
            n[i] = BinaryPrimitives.ReadUInt16LittleEndian(value[(i * 2)..]);
        return string.Create(CultureInfo.InvariantCulture, $"{n[0]:0000}-{n[1]:00}-{n[3]:00}T{n[4]:00}:{n[5]:00}:{n[6]:00}.{n[7]:000}Z");
    }

    /// <summary>Revision, count, authority (6 bytes, big-endian), then as many 32-bit numbers as the count says.</summary>
    static string Sid(ReadOnlySpan<byte> value)
    {
        var authority = ((long)BinaryPrimitives.ReadUInt16BigEndian(value[2..]) << 32) | BinaryPrimitives.ReadUInt32BigEndian(value[4..]);
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"S-{value[0]}-{authority}"));
        for (var i = 0; i < value[1]; i++)
            text.Append(CultureInfo.InvariantCulture, $"-{BinaryPrimitives.ReadUInt32LittleEndian(value[(8 + (i * 4))..])}");
        return text.ToString();
    }
}
