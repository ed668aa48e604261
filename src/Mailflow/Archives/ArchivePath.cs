using Mailflow.Pipeline;

namespace Mailflow.Archives;

/// <summary>The path of a text in an archive: <c>logs/a.zip/MSGTRK1.LOG</c>, or <c>logs/MSGTRK1.LOG.gz</c>.</summary>
static class ArchivePath
{
    const int HeadBytes = 16;

    /// <summary>Opens the text; null where the path is not one in an archive.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static LogBytes? Open(string path, OpenArchives archives)
    {
        if (ArchiveOf(path) is not { } archive || KindOf(archive) is not { IsRead: true } kind)
            return null;
        var lastWrite = File.GetLastWriteTimeUtc(archive);
        if (kind.Unpack is null)
            return new StreamBytes(() => Member(archives.Lend(kind, archive), path[(archive.Length + 1)..]), lastWrite);
        return archive.Length == path.Length ? OfOne(kind, path, lastWrite) : null;
    }

    /// <summary>The text of an archive that holds one.</summary>
    public static StreamBytes OfOne(ArchiveKind kind, string path, DateTime lastWrite) =>
        new(
            () =>
            {
                var packed = ArchiveFile.Open(path);
                return new UnpackedText(kind.Unpack!(packed), new UnpackBudget(ArchiveLimits.Default, packed.Length).Part(), -1, null);
            },
            lastWrite);

    static ArchiveKind? KindOf(string archive)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        using var file = ArchiveFile.Open(archive);
        return ArchiveKind.Of(head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)]);
    }

    static Owned Member(OpenArchives.Lent archive, string name)
    {
        try
        {
            var member = archive.Find(name) ?? throw new ArchiveException($"{name} is not in the archive");
            if (member.Refusal is { } why)
                throw new ArchiveException(why);
            return new(member.Open(), archive);
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    /// <summary>The first part of a path that is a file with the name of an archive.</summary>
    static string? ArchiveOf(string path)
    {
        for (var end = path.IndexOf('/', 1); ; end = path.IndexOf('/', end + 1))
        {
            var part = end < 0 ? path : path[..end];
            if (ArchiveKind.IsNamed(part) && File.Exists(part))
                return part;
            if (end < 0)
                return null;
        }
    }
}

/// <summary>A stream that closes its archive with it.</summary>
sealed class Owned(Stream text, IDisposable archive) : ForwardStream
{
    bool _isDisposed;

    public override int Read(Span<byte> buffer) => text.Read(buffer);

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            text.Dispose();
            archive.Dispose();
        }

        base.Dispose(disposing);
    }
}
