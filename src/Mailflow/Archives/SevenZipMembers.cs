using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using SharpCompress.Archives;
using SharpCompress.Archives.SevenZip;
using SharpCompress.Readers;

namespace Mailflow.Archives;

/// <summary>The files of a 7z archive. They are often compressed together, and one can only be unpacked after those before it.</summary>
[SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The listing, or the stream, closes it.")]
static class SevenZipMembers
{
    /// <exception cref="ArchiveException">It is no 7z archive, or damaged, or too large.</exception>
    public static ArchiveListing List(string path, ArchiveLimits limits)
    {
        try
        {
            var opened = new Opened(path, limits);
            return new(opened.Members(), opened);
        }
        catch (Exception e) when (ArchiveException.IsDamage(e))
        {
            throw Unreadable(e);
        }
    }

    static ArchiveException Unreadable(Exception e) => ArchiveException.Damaged("it cannot be read as 7z: it is encrypted, damaged or cut off", e);

    sealed class Opened : IDisposable
    {
        readonly string _path;
        readonly FileStream _file;
        readonly IArchive _archive;
        readonly UnpackBudget _budget;
        IReader? _reader;

        public Opened(string path, ArchiveLimits limits)
        {
            (_path, _file) = (path, ArchiveFile.Open(path));
            try
            {
                _archive = SevenZipArchive.OpenArchive(_file, new ReaderOptions());
                if (_archive.Entries.Count() is var count && count > limits.Entries)
                    throw new ArchiveException(string.Create(
                        CultureInfo.InvariantCulture, $"it has {count:N0} files: at most {limits.Entries:N0} are read. Unpack it first"));
                _budget = new(limits, _file.Length);
            }
            catch
            {
                _archive?.Dispose();
                _file.Dispose();
                throw;
            }
        }

        public IEnumerable<ArchiveMember> Members()
        {
            _reader = Guarded(_archive.ExtractAllEntries);
            for (var number = 0; Guarded(_reader.MoveToNextEntry); number++)
            {
                if (_reader.Entry.IsDirectory)
                    continue;
                var (entry, at, isFirst) = (_reader.Entry, number, true);
                yield return new((entry.Key ?? "").Replace('\\', '/'), entry.Size, entry.LastModifiedTime?.ToUniversalTime() ?? default, Open)
                {
                    Refusal = entry.IsEncrypted ? "it is encrypted: unpack it with its password first" : null,
                };

                Stream Open()
                {
                    if (!isFirst)
                        return Again(at, entry.Size, entry.Crc);
                    isFirst = false;
                    return new UnpackedText(Guarded(_reader.OpenEntryStream), _budget, entry.Size, CrcOf(entry.Crc));
                }
            }
        }

        /// <summary>Opens a file a second time: all before it that is compressed with it is unpacked again.</summary>
        UnpackedText Again(int number, long size, long crc)
        {
            var opened = new Opened(_path, ArchiveLimits.Default);
            opened._reader = Guarded(opened._archive.ExtractAllEntries);
            for (var at = 0; at <= number && Guarded(opened._reader.MoveToNextEntry); at++)
            {
            }

            return new(new Owned(Guarded(opened._reader.OpenEntryStream), opened), _budget, size, CrcOf(crc));
        }

        static uint? CrcOf(long crc) => crc == 0 ? null : unchecked((uint)crc);

        static T Guarded<T>(Func<T> call)
        {
            try
            {
                return call();
            }
            catch (Exception e) when (ArchiveException.IsDamage(e))
            {
                throw Unreadable(e);
            }
        }

        public void Dispose()
        {
            try
            {
                _reader?.Dispose();
                _archive.Dispose();
            }
            catch (Exception e) when (ArchiveException.IsDamage(e))
            {
                // A damaged archive was reported when it was read.
            }

            _file.Dispose();
        }
    }
}
