using System.Diagnostics.CodeAnalysis;
using Mailflow.Analysis.TrackingExports;
using Mailflow.Archives;
using Mailflow.Pipeline;
using Mailflow.Tail;

namespace Mailflow.Scan;

/// <summary>The files that a scan opens: a file, a stream, or the files in an archive. What cannot be opened is in the report.</summary>
[SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The caller gets it.")]
sealed class ScanSources(ScanReport report)
{
    /// <summary>Standard input, as a path.</summary>
    public const string StandardInput = "-";

    const string Nested = "an archive in an archive, which is not read: unpack it first";

    /// <summary>Exports of archives and streams are read after all logs, and are in memory until then.</summary>
    const long MostExports = 256 << 20;

    long _room = MostExports;

    /// <summary>What a found file holds. Each is closed by the caller; one that is not read is in the report.</summary>
    public IEnumerable<LogFile> Open(FoundFile found)
    {
        if (found.IsStream)
            return OfStream(found.Path);
        var file = LogFile.Alone(found.Path);
        try
        {
            file.Reading.Handle = FileOpener.Open(found.Path);
            return FileIdentity.KindOf(file) is { IsRead: true } kind ? OfArchive(file, kind) : [file];
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    IEnumerable<LogFile> OfStream(string path)
    {
        var bytes = new StreamBytes(
            () => path == StandardInput ? Console.OpenStandardInput() : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite),
            default, opensAgain: false);
        var file = Of(path, bytes);
        switch (FileIdentity.KindOf(file))
        {
            case { Unpack: { } unpack }:
                var part = new UnpackBudget(ArchiveLimits.Default, -1).Part();
                return [Of(path, new StreamBytes(() => new UnpackedText(unpack(new BytesStream(bytes)), part, -1, null), default, opensAgain: false))];
            case { } kind:
                file.Dispose();
                report.Unreadable(path, kind.IsRead ? $"a {kind.Name} archive is read from its end: give it as a file" : kind.MustBeUnpacked);
                return [];
            default:
                return [file];
        }
    }

    IEnumerable<LogFile> OfArchive(LogFile archive, ArchiveKind kind)
    {
        var (path, lastWrite) = (archive.Path, File.GetLastWriteTimeUtc(archive.Handle!));
        archive.Dispose();
        if (kind.Unpack is not null)
            return [Of(path, ArchivePath.OfOne(kind, path, lastWrite))];
        return Members(path, kind);
    }

    IEnumerable<LogFile> Members(string path, ArchiveKind kind)
    {
        using var listing = kind.List!(path, ArchiveLimits.Default);
        foreach (var member in listing.Members)
        {
            var name = $"{path}/{member.Name}";
            if (member.Refusal is { } why)
                report.Unreadable(name, why, member.Length);
            else
                yield return Of(name, new StreamBytes(member.Open, member.LastWrite));
        }
    }

    /// <summary>
    /// Puts an export of an archive or a stream into memory. In an archive it must have the name of an export: other large files are not unpacked.
    /// </summary>
    /// <param name="isStream">Whether the file is a stream, which has no name.</param>
    /// <returns>Why it is not read; null where it is read, or is none of these.</returns>
    public string? Keep(LogFile file, bool isStream)
    {
        if (file.Reading.Unpacked is not StreamBytes bytes || FileOpener.ReadTop(file.ReadAll).Header is not null
            || FileOpener.AssumedTop(file.ReadAll) is not null)
            return (file.Reading.Unpacked as StreamBytes)?.Fault is { } early && file.Length == 0 ? early.Message : null;
        if (!isStream && !IsExport(file.FileName) && !TrackingExport.Recognises(FileIdentity.HeadOf(file)))
            return bytes.Fault?.Message ?? NoLog.AtRest(FileIdentity.HeadOf(file));
        var text = new MemoryStream();
        var piece = new byte[64 << 10];
        while (bytes.Read(piece, text.Length) is > 0 and var n)
        {
            if (text.Length + n > _room)
                return $"an export in an archive or a stream is read in memory, at most {MostExports >> 20} MB in a scan: give it as a file";
            text.Write(piece, 0, n);
        }

        if (bytes.Fault is { } fault)
            return fault.Message;
        _room -= text.Length;
        file.Reading.Unpacked = new MemoryBytes(text.GetBuffer().AsMemory(0, (int)text.Length), bytes.LastWrite);
        bytes.Dispose();
        return null;
    }

    static bool IsExport(string name)
    {
        var dot = name.LastIndexOf('.');
        return FolderScan.IsExport(name) || (dot > 0 && ArchiveKind.IsNamed(name) && FolderScan.IsExport(name.AsSpan(0, dot)));
    }

    /// <summary>Why a file in an archive is not read, where it is an archive itself; otherwise null.</summary>
    public static string? NestedIn(LogFile file) => file.Reading.Unpacked is not null && FileIdentity.KindOf(file) is not null ? Nested : null;

    static LogFile Of(string path, LogBytes bytes)
    {
        var file = LogFile.Alone(path);
        file.Reading.Unpacked = bytes;
        return file;
    }
}
