namespace Mailflow.Archives;

/// <summary>A kind of compressed file or archive.</summary>
sealed class ArchiveKind
{
    /// <summary>THE table of kinds: how each is recognised, and what reads it. A kind without a reader is named and not read.</summary>
    public static IReadOnlyList<ArchiveKind> All { get; } =
    [
        new("gzip", [0x1F, 0x8B, 8], ".gz", ".gzip") { Unpack = GzipText.Open },
        new("zstd", [0x28, 0xB5, 0x2F, 0xFD], ".zst", ".zstd") { Unpack = ZstdText.Open },
        new("zip", [(byte)'P', (byte)'K', 3, 4], ".zip") { List = ZipMembers.List },
        new("zip", [(byte)'P', (byte)'K', 5, 6], ".zip") { List = ZipMembers.List },
        new("7z", [(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C], ".7z") { List = SevenZipMembers.List },
        new("bzip2", [(byte)'B', (byte)'Z', (byte)'h'], ".bz2"),
        new("xz", [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0], ".xz"),
        new("rar", [(byte)'R', (byte)'a', (byte)'r', (byte)'!', 0x1A, 7], ".rar"),
        new("cab", [(byte)'M', (byte)'S', (byte)'C', (byte)'F', 0, 0, 0, 0], ".cab"),
    ];

    readonly byte[] _mark;
    readonly string[] _extensions;

    ArchiveKind(string name, byte[] mark, params string[] extensions) => (Name, _mark, _extensions) = (name, mark, extensions);

    public string Name { get; }

    /// <summary>Unpacks a kind that holds one text, from its start to its end; null for other kinds.</summary>
    public Func<Stream, Stream>? Unpack { get; private init; }

    /// <summary>Lists a kind that holds files; null for other kinds.</summary>
    public Func<string, ArchiveLimits, ArchiveListing>? List { get; private init; }

    public bool IsRead => Unpack is not null || List is not null;

    /// <summary>Why a file of this kind is not read.</summary>
    public string MustBeUnpacked => $"it is compressed ({Name}) and must be unpacked first";

    /// <summary>By the first bytes; null for a file that is not compressed.</summary>
    public static ArchiveKind? Of(ReadOnlySpan<byte> head)
    {
        foreach (var kind in All)
            if (head.StartsWith(kind._mark))
                return kind;
        return null;
    }

    /// <summary>Whether a file has a name of an archive.</summary>
    public static bool IsNamed(ReadOnlySpan<char> fileName)
    {
        foreach (var kind in All)
            foreach (var extension in kind._extensions)
                if (fileName.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
                    return true;
        return false;
    }
}
