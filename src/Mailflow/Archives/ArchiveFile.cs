namespace Mailflow.Archives;

/// <summary>Opens an archive, with the shares that do not block who writes or deletes it.</summary>
static class ArchiveFile
{
    const int BufferBytes = 64 << 10;

    public static FileStream Open(string path) =>
        new(path, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = BufferBytes });
}
