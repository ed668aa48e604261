using System.Diagnostics.CodeAnalysis;
using Mailflow.Archives;
using Mailflow.Pipeline;
using Mailflow.Scan;
using Mailflow.Tail;

namespace Mailflow.Trace;

/// <summary>The tracking logs in archives, and copies of logs under other names, for a search without a store.</summary>
[SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The bytes close their handle.")]
static class PackedLogs
{
    const int HeadBytes = 16;

    /// <summary>The logs that a file holds: itself, or the files in it if it is an archive.</summary>
    /// <param name="isNamed">Whether the path was given: then it is searched whatever its name.</param>
    public static IReadOnlyList<TraceFile> In(FoundFile file, bool isNamed, OpenArchives archives, TraceNotes notes)
    {
        try
        {
            var kind = ArchiveKind.IsNamed(file.Path) ? KindOf(file.Path) : null;
            if (kind?.List is not null)
            {
                using var archive = archives.Lend(kind, file.Path);
                return [.. archive.Listing.Members.Where(m => IsLog(m.Name) && IsReadable(m, file.Path, notes))
                    .Select(m => Of($"{file.Path}/{m.Name}", Math.Max(0, m.Length)))];
            }

            if (kind is { IsRead: false })
                notes.Add($"{file.Path} is not searched: {kind.MustBeUnpacked}.");
            return kind is { IsRead: false } ? []
                : kind is not null ? [Of(file.Path, file.Size)]
                : isNamed || IsLog(file.Path) ? [new(file.Path, file.Size, file.LastWrite, null)]
                : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            notes.Add($"{file.Path} cannot be read: {e.Message.TrimEnd('.')}.");
            return [];
        }

        TraceFile Of(string path, long size) => new(path, size, file.LastWrite, null) { IsPacked = true };
    }

    /// <summary>The files without those that are the start of another one: a log and its copy in an archive.</summary>
    public static List<TraceFile> WithoutCopies(List<TraceFile> files, OpenArchives archives, TraceNotes notes)
    {
        if (!files.Exists(f => !FolderScan.IsLog(f.Path) || f.IsPacked))
            return files;
        var copies = new HashSet<TraceFile>();
        foreach (var same in files.GroupBy(f => ExchangeName.Of(Path.GetFileName(f.Path)).ToString(), StringComparer.OrdinalIgnoreCase)
            .Where(g => g.Key.Length > 0))
        {
            // The copies come last.
            List<TraceFile> some = [.. same.OrderBy(f => f.IsPacked || !FolderScan.IsLog(f.Path))];
            for (var i = 1; i < some.Count; i++)
                if ((some[i].IsPacked || !FolderScan.IsLog(some[i].Path)) && some.Take(i).Any(s => !copies.Contains(s) && IsCopy(some[i], s, archives, notes)))
                    copies.Add(some[i]);
        }

        return [.. files.Where(f => !copies.Contains(f))];
    }

    static bool IsCopy(TraceFile file, TraceFile of, OpenArchives archives, TraceNotes notes)
    {
        try
        {
            using var mine = ArchivePath.Open(file.Path, archives) ?? new FileBytes(FileOpener.Open(file.Path));
            using var other = ArchivePath.Open(of.Path, archives) ?? new FileBytes(FileOpener.Open(of.Path));
            return ScanTwins.Shared(mine.ReadAll, other.ReadAll) is { IsAll: true };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            notes.Add($"{file.Path} cannot be read: {e.Message.TrimEnd('.')}.");
            return false;
        }
    }

    static bool IsLog(string name) => FolderScan.IsLog(name) || !ExchangeName.Of(Path.GetFileName(name)).IsEmpty;

    static bool IsReadable(ArchiveMember member, string archive, TraceNotes notes)
    {
        if (member.Refusal is { } why)
            notes.Add($"{archive}/{member.Name} cannot be read: {why}.");
        return member.Refusal is null;
    }

    static ArchiveKind? KindOf(string path)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        using var file = ArchiveFile.Open(path);
        return ArchiveKind.Of(head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)]);
    }
}
