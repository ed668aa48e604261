using Mailflow.Archives;

namespace Mailflow.Tail;

/// <summary>Describes a file without a log header, from its first bytes.</summary>
static class NoLog
{
    /// <summary>Parts of the names of logs and their copies.</summary>
    static readonly string[] Names = [".log.", "MSGTRK", "CONNECTLOG", "SEND20", "RECV20", "AgentLog"];

    /// <summary>Files that are still being copied: they get another name when they are complete.</summary>
    static readonly string[] Temporary = [".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".new"];

    /// <summary>Whether a file has the name of an archive, or of a copy of a log.</summary>
    public static bool IsNamedLike(ReadOnlySpan<char> fileName)
    {
        foreach (var end in Temporary)
            if (fileName.EndsWith(end, StringComparison.OrdinalIgnoreCase))
                return false;
        if (ArchiveKind.IsNamed(fileName))
            return true;
        foreach (var name in Names)
            if (fileName.Contains(name, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    /// <summary>How many bytes are needed for that.</summary>
    public const int HeadLength = 4096;

    /// <summary>Null where it is not compressed.</summary>
    public static string? Compressed(ReadOnlySpan<byte> head) =>
        ArchiveKind.Of(head)?.MustBeUnpacked;

    /// <summary>Whether a file that is not read may be a log or an archive of logs: it is named in reports. Other files of a folder are only counted.</summary>
    public static bool LooksLikeLog(string fileName, ReadOnlySpan<byte> head) =>
        FolderScan.IsLog(fileName)
        || IsNamedLike(fileName)
        || ArchiveKind.Of(head) is not null
        || head.IndexOf("#Fields:"u8) >= 0
        || head.IndexOf("#Software: Microsoft Exchange"u8) >= 0;

    /// <summary>Null where the format is not known.</summary>
    public static string? Says(ReadOnlySpan<byte> head) =>
        Compressed(head) ?? head switch
        {
            [not 0, 0, not 0, 0, ..] or [0, not 0, 0, not 0, ..] => "it is UTF-16 without a byte order mark. Save it with one, or as UTF-8",
            _ when head.Contains((byte)'\r') && !head.Contains((byte)'\n') && head.Contains((byte)'#') => "its lines end with CR only; Exchange writes CR LF",
            _ => null,
        };

    /// <summary>The same for a file that is no longer written: `run` would wait for a header, a scan reports that there is none.</summary>
    public static string AtRest(ReadOnlySpan<byte> head) =>
        Says(head) ?? (head switch
        {
            [] => "it is empty",
            _ when !head.ContainsAnyExcept((byte)0) => "it contains only NUL bytes, probably after a power loss",
            _ when !head.ContainsAnyExcept("\r\n\0"u8) => "it contains only empty lines",
            _ when head.TrimStart("\uFEFF\r\n\0"u8) is [(byte)'#', ..] => "its header is incomplete: the line #Fields: is missing or cut off",
            _ => "no #Fields: header: not an Exchange log",
        });
}
