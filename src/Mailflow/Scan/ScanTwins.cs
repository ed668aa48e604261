using System.Diagnostics.CodeAnalysis;
using Mailflow.Archives;
using Mailflow.Pipeline;
using Mailflow.Tail;

namespace Mailflow.Scan;

/// <summary>
/// Logs that are there twice: as a file and in an archive, or under another name. Their bytes decide: one begins with all of the other. Two files that
/// Exchange named differently are two logs, whatever is in them.
/// </summary>
[SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The bytes close their handle.")]
sealed class ScanTwins : IDisposable
{
    /// <summary>Logs with one header that are compared, at most.</summary>
    public const int MostCompared = 8;

    const int PieceBytes = 64 << 10;

    readonly OpenArchives _archives = new();

    /// <summary>The paths of logs that were read, by header and name: the name that Exchange gave, "" for none, null for any.</summary>
    readonly Dictionary<(long Header, string? Name), List<string>> _read = [];

    /// <summary>Logs that were read and are not compared with those that follow: there are more with their header.</summary>
    public int Uncompared { get; private set; }

    /// <summary>Remembers a log that is read.</summary>
    public void Add(LogFile file)
    {
        if (file.Tracked is not { Format.IsExport: false } tracked)
            return;
        foreach (var name in (string?[])[NameOf(file), null])
        {
            if (!_read.TryGetValue((tracked.HeaderHash, name), out var paths))
                _read.Add((tracked.HeaderHash, name), paths = []);
            if (paths.Count < MostCompared)
                paths.Add(file.Path);
            else if (name is not null)
                Uncompared++;
        }
    }

    /// <summary>Compares an identified file with the logs that were read. If one of them is the start of the file, the file is read from there on.</summary>
    /// <returns>The path of the log that the file is a copy of, or of a part of; null where it is read.</returns>
    public string? Find(LogFile file)
    {
        if (file.Tracked is not { Format.IsExport: false } tracked)
            return null;
        var name = NameOf(file);
        var paths = name.Length == 0 ? Of(null) : Of(name).Concat(Of(""));
        foreach (var path in paths)
        {
            if (Shared(file, path) is not { } shared)
                continue;
            if (shared.IsAll)
                return path;
            // Nothing of the file is read twice; of UTF-16, where that is not tried, all of it is.
            if (tracked.Encoding == TextEncoding.Utf8)
                FileIdentity.Continue(file, NextLine(file, shared.Length));
            return null;
        }

        return null;

        IEnumerable<string> Of(string? of) => _read.GetValueOrDefault((tracked.HeaderHash, of)) ?? [];
    }

    /// <summary>The length of the shorter of two files, and whether that is all of the file, if the other begins with it; otherwise null.</summary>
    (long Length, bool IsAll)? Shared(LogFile file, string path)
    {
        using var other = ArchivePath.Open(path, _archives) ?? new FileBytes(FileOpener.Open(path));
        return Shared(file.ReadAll, other.ReadAll);
    }

    /// <summary>The same for what two functions read.</summary>
    public static (long Length, bool IsAll)? Shared(FileOpener.ReadBytes file, FileOpener.ReadBytes other)
    {
        var (mine, theirs) = (new byte[PieceBytes], new byte[PieceBytes]);
        for (var offset = 0L; ; offset += PieceBytes)
        {
            var (a, b) = (file(mine, offset), other(theirs, offset));
            var shared = Math.Min(a, b);
            if (!mine.AsSpan(0, shared).SequenceEqual(theirs.AsSpan(0, shared)))
                return null;
            if (shared < PieceBytes)
                return (offset + shared, a == shared);
        }
    }

    /// <summary>The start of the first line that is not read: a last line without a line end was read if it was whole.</summary>
    static long NextLine(LogFile file, long offset)
    {
        var bytes = new byte[PieceBytes];
        var start = Math.Max(0, offset - (PieceBytes / 2));
        var text = bytes.AsSpan(0, file.ReadAll(bytes, start));
        var at = (int)(offset - start);
        if (text[at..].StartsWith("\r\n"u8))
            return offset + 2;
        return text[at..].StartsWith("\n"u8) ? offset + 1 : start + text[..at].LastIndexOf((byte)'\n') + 1;
    }

    public void Dispose() => _archives.Dispose();

    static string NameOf(LogFile file) => ExchangeName.Of(file.FileName).ToString().ToUpperInvariant();
}
