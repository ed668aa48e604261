using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO.Compression;

namespace Mailflow.Archives;

/// <summary>The files of a zip archive. .NET reads the list of all files at once and does not check their checksums: both are done here.</summary>
[SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The listing, or the stream, closes it.")]
static class ZipMembers
{
    /// <summary>The most bytes of the list of files.</summary>
    const long MostDirectory = 64L << 20;

    const int EndBytes = 22;

    /// <exception cref="ArchiveException">It is no zip archive, or damaged, or too large.</exception>
    public static ArchiveListing List(string path, ArchiveLimits limits)
    {
        var file = ArchiveFile.Open(path);
        ZipArchive? zip = null;
        try
        {
            CheckDirectory(file, limits);
            zip = new(file, ZipArchiveMode.Read);
            if (zip.Entries.Count > limits.Entries)
                throw TooMany(zip.Entries.Count, limits);
            var budget = new UnpackBudget(limits, file.Length);
            var listing = new ArchiveListing(zip.Entries.Where(e => !e.FullName.EndsWith('/')).Select(e => Of(e, budget.Part())), zip);
            zip = null;
            return listing;
        }
        catch (Exception e) when (ArchiveException.IsDamage(e))
        {
            zip?.Dispose();
            file.Dispose();
            throw ArchiveException.Damaged("it cannot be read as zip: it is damaged or cut off", e);
        }
        catch
        {
            zip?.Dispose();
            file.Dispose();
            throw;
        }
    }

    static ArchiveMember Of(ZipArchiveEntry entry, UnpackedPart part) =>
        new(entry.FullName.Replace('\\', '/'), entry.Length, entry.LastWriteTime.UtcDateTime, () => Open(entry, part))
        {
            Refusal = entry.IsEncrypted ? "it is encrypted: unpack it with its password first" : null,
        };

    static UnpackedText Open(ZipArchiveEntry entry, UnpackedPart part)
    {
        try
        {
            return new(entry.Open(), part, entry.Length, entry.Crc32);
        }
        catch (Exception e) when (ArchiveException.IsDamage(e))
        {
            throw ArchiveException.Damaged("it cannot be unpacked: it is damaged, or compressed in a way other than deflate", e);
        }
    }

    /// <summary>
    /// Finds the end record, and compares the size of the list that it states before the list is read:
    /// <code>
    /// PK 05 06  disks(4)  files on this disk(2)  files(2)  bytes of the list(4)  offset of the list(4)  length of the comment(2)  comment
    /// </code>
    /// </summary>
    static void CheckDirectory(FileStream file, ArchiveLimits limits)
    {
        var tail = new byte[(int)Math.Min(file.Length, EndBytes + ushort.MaxValue)];
        file.Seek(-tail.Length, SeekOrigin.End);
        file.ReadExactly(tail);
        file.Seek(0, SeekOrigin.Begin);
        if (tail.AsSpan().LastIndexOf("PK\x05\x06"u8) is not (>= 0 and var at) || tail.Length - at < EndBytes)
            throw new ArchiveException("it cannot be read as zip: its end is missing. It may be cut off, or still being written");
        var end = tail.AsSpan(at);
        var (count, offset) = (BinaryPrimitives.ReadUInt16LittleEndian(end[10..]), BinaryPrimitives.ReadUInt32LittleEndian(end[16..]));
        // Larger archives have these numbers elsewhere: then the bytes before the end are all that can be the list.
        var bytes = offset == uint.MaxValue ? BinaryPrimitives.ReadUInt32LittleEndian(end[12..]) : file.Length - tail.Length + at - offset;
        if (count != ushort.MaxValue && count > limits.Entries)
            throw TooMany(count, limits);
        if (bytes > MostDirectory && bytes != uint.MaxValue)
            throw new ArchiveException(string.Create(
                CultureInfo.InvariantCulture, $"its list of files has {bytes >> 20:N0} MB: at most {MostDirectory >> 20} MB are read. Unpack it first"));
    }

    static ArchiveException TooMany(int count, ArchiveLimits limits) =>
        new(string.Create(CultureInfo.InvariantCulture, $"it has {count:N0} files: at most {limits.Entries:N0} are read. Unpack it first"));
}
