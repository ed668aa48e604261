namespace Mailflow.Pipeline;

/// <summary>How the bytes of a file become text. Exchange writes UTF-8; PowerShell's `>` writes UTF-16.</summary>
enum TextEncoding
{
    Utf8,
    Utf16LittleEndian,
    Utf16BigEndian,
}
