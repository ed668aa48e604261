using Mailflow.Archives;
using Mailflow.Configuration;
using Mailflow.Tail;

namespace Mailflow.Scan;

/// <summary>Whether a scan reads an opened file. One that it does not read is in the report.</summary>
static class ScanOpening
{
    static readonly LogRoot Root = new("scan", "/", null);

    /// <summary>Identifies the file.</summary>
    /// <param name="isOther">Whether the file has a name that logs do not have: if it is no log either, it is only counted.</param>
    public static bool Open(LogFile file, FoundFile found, ScanSources sources, KnownFiles known, ScanReport report, bool isOther)
    {
        var unreadable = ScanSources.NestedIn(file) ?? sources.Keep(file, found.IsStream);
        if (unreadable is null)
        {
            file.Size = file.Length;
            unreadable = FileIdentity.Identify(file, Root, known, atRest: true).Refusal
                ?? (file.Tracked is null ? NoLog.AtRest(FileIdentity.HeadOf(file)) : null);
        }

        if (unreadable is not { } why)
            return true;
        var head = FileIdentity.HeadOf(file);
        if (file.Reading.Unpacked is null && head.Length > 0 && ArchiveKind.IsNamed(file.FileName) && ArchiveKind.Of(head) is null)
            report.Unreadable(file.Path, "it has the name of an archive, but not its first bytes: it is damaged or something else", found.Size);
        else if (isOther && !NoLog.LooksLikeLog(NameOf(file), head))
            report.OtherFiles++;
        else if (file.Reading.Unpacked is StreamBytes { Fault: not null } || ArchiveKind.Of(head) is not null)
            report.Unreadable(file.Path, why, found.Size);
        else
            report.LeftAlone.Add(new(file.Path, why, found.Size));
        return false;
    }

    /// <summary>The name of a text; the name of an archive that holds one ends with that of its kind.</summary>
    static string NameOf(LogFile file) =>
        file.Reading.Unpacked is not null && ArchiveKind.IsNamed(file.FileName) ? System.IO.Path.GetFileNameWithoutExtension(file.FileName) : file.FileName;

    /// <summary>Whether it is no copy of a log that was read.</summary>
    public static bool IsNew(LogFile file, FoundFile found, ScanTwins? twins, ScanReport report)
    {
        if (file.IsAssumed)
            report.Assumed.Add(file.Path);
        if (twins is null || found.IsStream)
            return true;
        if ((file.Reading.Unpacked is not null || !FolderScan.IsLog(file.FileName)) && twins.Find(file) is { } other)
        {
            report.LeftAlone.Add(new(file.Path, $"it has the same rows as {other}: they are counted once", found.Size));
            return false;
        }

        twins.Add(file);
        report.Uncompared = twins.Uncompared;
        return true;
    }
}
