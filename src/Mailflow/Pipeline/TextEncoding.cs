namespace Mailflow.Pipeline;

/// <summary>How the bytes of a file become text. Exchange writes UTF-8; what PowerShell's `>` makes of a log is UTF-16.</summary>
enum TextEncoding
{
    Utf8,
    Utf16LittleEndian,
    Utf16BigEndian,
}
