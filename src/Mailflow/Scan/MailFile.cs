using System.Text;
using Mailflow.Analysis.Notices;
using Mailflow.Tail;

namespace Mailflow.Scan;

/// <summary>A file with mails: one (`.eml`), or many (an mbox). It is recognised by its start, whatever its name.</summary>
static class MailFile
{
    /// <summary>How many bytes are needed to recognise a mail.</summary>
    public const int HeadBytes = 4096;

    /// <summary>Why an Outlook file has no status, and what to do instead.</summary>
    public const string IsOutlook = "This is a file of Outlook (.msg), which is not read: save the mail as .eml (new Outlook, Outlook on the web), "
        + "or open it, copy its whole text, and give that to `mailflow explain` on standard input.";

    static readonly string[] Extensions = [".eml", ".mbox", ".mbx", ".msg"];

    /// <summary>Whether the name says that it is a mail.</summary>
    public static bool IsNamedSo(ReadOnlySpan<char> name)
    {
        foreach (var extension in Extensions)
            if (name.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    /// <summary>Whether the file is a compound file, as Outlook writes it.</summary>
    /// <param name="mails">Can seek, and is at its start.</param>
    public static bool IsOfOutlook(Stream mails)
    {
        Span<byte> head = stackalloc byte[8];
        var length = mails.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        mails.Position = 0;
        return length == head.Length && head.SequenceEqual((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
    }

    /// <summary>The mails in a folder and below it, in the order of their paths: files named so, and those of a Maildir.</summary>
    public static List<FoundFile> InFolder(string folder)
    {
        var below = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = FolderScan.MaxDepth,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
        };
        var found = new List<FoundFile>();
        foreach (var path in Directory.EnumerateFiles(folder, "*", below).Where(p => IsNamedSo(p) || IsOfMaildir(p)).Order(StringComparer.Ordinal))
            if (FileId.Find(path, follow: false, out _, out _) is { } file)
                found.Add(file);
        return found;
    }

    // cur/1795869074.M1P2.host:2,S; on Windows the colon is another character.
    static bool IsOfMaildir(string path) =>
        Path.GetFileName(Path.GetDirectoryName(path)) is "cur" or "new" && Path.GetFileName(path.AsSpan()).Count('.') >= 2 && !FolderScan.IsLog(path);

    /// <summary>Whether these are the first bytes of a mail or an mbox.</summary>
    public static bool Begins(byte[] head)
    {
        using var reader = new StreamReader(new MemoryStream(head), Encoding.UTF8);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
            lines.Add(line);
        return MailNotices.Begins(lines);
    }

    /// <summary>The mails of a file, one after the other.</summary>
    /// <param name="mails">Can seek, and is at its start.</param>
    public static IEnumerable<MailNotices> Read(Stream mails) => MailNotices.Read(AsBytes(mails));

    /// <summary>The first bytes of what cannot seek, at most this many.</summary>
    public static async Task<Stream> CopyAsync(Stream stream, int most, CancellationToken stop)
    {
        var copy = new MemoryStream();
        var buffer = new byte[HeadBytes * 16];
        while (copy.Length < most && await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, most - copy.Length)), stop) is > 0 and var read)
            await copy.WriteAsync(buffer.AsMemory(0, read), stop);
        copy.Position = 0;
        return copy;
    }

    // PowerShell's redirection writes UTF-16.
    static Stream AsBytes(Stream mails)
    {
        var (first, second) = (mails.ReadByte(), mails.ReadByte());
        mails.Position = 0;
        if ((first, second) is not ((0xFF, 0xFE) or (0xFE, 0xFF)))
            return mails;
        using var reader = new StreamReader(mails, Encoding.Unicode, true, leaveOpen: true);
        var text = new char[Math.Min(mails.Length / 2, MailReadingLimit)];
        return new MemoryStream(Encoding.UTF8.GetBytes(text, 0, reader.ReadBlock(text, 0, text.Length)));
    }

    const int MailReadingLimit = 32 * 1024 * 1024;
}
