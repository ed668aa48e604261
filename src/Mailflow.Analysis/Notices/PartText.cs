using System.Text;
using MimeKit.IO.Filters;

namespace Mailflow.Analysis.Notices;

/// <summary>The text of a part of a mail: its transfer encoding, its character set, and its lines.</summary>
static class PartText
{
    static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The bytes without their transfer encoding (RFC 2045 section 6).</summary>
    public static byte[] Decode(string? encoding, ReadOnlySpan<byte> content)
    {
        var decoder = DecoderFilter.Create(encoding?.Split(' ', ';')[0] ?? "");
        var bytes = content.ToArray();
        return decoder.Flush(bytes, 0, bytes.Length, out var start, out var length).AsSpan(start, length).ToArray();
    }

    /// <summary>
    /// The text in its character set. Many servers write UTF-8 whatever they declare, and text that is valid UTF-8 by chance is rare. Outlook
    /// declares US-ASCII and writes Windows-1252.
    /// </summary>
    public static string Of(byte[] bytes, string? charset)
    {
        var declared = Named(charset);
        if (declared is { IsSingleByte: false, CodePage: not 65001 })
            return declared.GetString(bytes);
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return (declared is null or { CodePage: 65001 or 20127 } ? CodePagesEncodingProvider.Instance.GetEncoding(1252)! : declared).GetString(bytes);
        }
    }

    static Encoding? Named(string? charset)
    {
        try
        {
            return charset is null ? null : CodePagesEncodingProvider.Instance.GetEncoding(charset) ?? Encoding.GetEncoding(charset);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The lines of a text of this type; those of HTML are its paragraphs and the cells of its tables.</summary>
    public static List<string> Lines(string type, string text) => NoticeMail.LinesOf(type == "text/html" ? HtmlText.Of(text) : text);
}
