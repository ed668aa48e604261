using System.Buffers;
using System.Text;

namespace Mailflow;

/// <summary>Brings UTF-16 text to UTF-8, in which everything else here is written.</summary>
static class Transcoding
{
    /// <summary>The same bytes for UTF-8; otherwise their UTF-8 form, in a new array.</summary>
    public static byte[] ToUtf8(ReadOnlySpan<byte> bytes, TextEncoding encoding, out int length)
    {
        if (encoding == TextEncoding.Utf8)
        {
            length = bytes.Length;
            return bytes.ToArray();
        }

        var text = DotNet(encoding).GetString(bytes[..(bytes.Length & ~1)]);
        var utf8 = Encoding.UTF8.GetBytes(text);
        length = utf8.Length;
        return utf8;
    }

    /// <summary>Transcodes whole lines into a rented array.</summary>
    public static byte[] RentUtf8(ReadOnlySpan<byte> bytes, TextEncoding encoding, out int length)
    {
        var chars = ArrayPool<char>.Shared.Rent((bytes.Length / 2) + 1);
        var charCount = DotNet(encoding).GetChars(bytes[..(bytes.Length & ~1)], chars);
        var utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(charCount));
        length = Encoding.UTF8.GetBytes(chars.AsSpan(0, charCount), utf8);
        ArrayPool<char>.Shared.Return(chars);
        return utf8;
    }

    /// <summary>How many bytes of the file stand for these bytes of UTF-8.</summary>
    public static int FileBytes(ReadOnlySpan<byte> utf8, TextEncoding encoding) =>
        encoding == TextEncoding.Utf8 ? utf8.Length : Encoding.UTF8.GetCharCount(utf8) * 2;

    /// <summary>The index just past the last line end, 0 where there is none.</summary>
    public static int EndOfLastLine(ReadOnlySpan<byte> bytes, TextEncoding encoding)
    {
        if (encoding == TextEncoding.Utf8)
            return bytes.LastIndexOf((byte)'\n') + 1;
        var low = encoding == TextEncoding.Utf16LittleEndian ? 0 : 1;
        for (var i = (bytes.Length & ~1) - 2; i >= 0; i -= 2)
            if (bytes[i + low] == '\n' && bytes[i + 1 - low] == 0)
                return i + 2;
        return 0;
    }

    /// <summary>The index just past the first line end, 0 where there is none.</summary>
    public static int EndOfFirstLine(ReadOnlySpan<byte> bytes, TextEncoding encoding)
    {
        if (encoding == TextEncoding.Utf8)
            return bytes.IndexOf((byte)'\n') + 1;
        var low = encoding == TextEncoding.Utf16LittleEndian ? 0 : 1;
        for (var i = 0; i + 1 < bytes.Length; i += 2)
            if (bytes[i + low] == '\n' && bytes[i + 1 - low] == 0)
                return i + 2;
        return 0;
    }

    static Encoding DotNet(TextEncoding encoding) =>
        encoding == TextEncoding.Utf16LittleEndian ? Encoding.Unicode : Encoding.BigEndianUnicode;
}
