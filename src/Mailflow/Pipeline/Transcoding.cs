using System.Text;

namespace Mailflow.Pipeline;

/// <summary>Converts UTF-16 text to UTF-8, which all other code reads.</summary>
static class Transcoding
{
    /// <summary>Bytes that are transcoded at once.</summary>
    const int Piece = 16 * 1024;

    /// <summary>The same bytes for UTF-8; otherwise their UTF-8 form, in a new array.</summary>
    public static byte[] ToUtf8(ReadOnlySpan<byte> bytes, TextEncoding encoding, out int length)
    {
        byte[] utf8 = [];
        length = ToUtf8(bytes, encoding, ref utf8);
        return utf8;
    }

    /// <summary>The UTF-8 form of whole lines, in <paramref name="utf8"/>, which is enlarged if needed.</summary>
    /// <returns>Its length.</returns>
    public static int ToUtf8(ReadOnlySpan<byte> bytes, TextEncoding encoding, ref byte[] utf8)
    {
        if (encoding == TextEncoding.Utf8)
        {
            utf8 = bytes.ToArray();
            return bytes.Length;
        }

        bytes = bytes[..(bytes.Length & ~1)];
        var (decoder, encoder) = (DotNet(encoding).GetDecoder(), Encoding.UTF8.GetEncoder());
        // One more for the first half of a surrogate pair at the end of the piece before.
        Span<char> chars = stackalloc char[(Piece / 2) + 1];
        var length = 0;
        while (true)
        {
            var piece = bytes[..Math.Min(Piece, bytes.Length)];
            bytes = bytes[piece.Length..];
            var text = chars[..decoder.GetChars(piece, chars, flush: bytes.IsEmpty)];
            var room = Encoding.UTF8.GetMaxByteCount(text.Length);
            if (utf8.Length - length < room)
                // Mostly ASCII: one byte for two.
                Array.Resize(ref utf8, Math.Max(length + room + (bytes.Length / 2), utf8.Length + (utf8.Length / 2)));
            length += encoder.GetBytes(text, utf8.AsSpan(length), flush: bytes.IsEmpty);
            if (bytes.IsEmpty)
                return length;
        }
    }

    /// <summary>The number of bytes in the file for these bytes of UTF-8.</summary>
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
