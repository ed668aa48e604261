using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using SharpCompress.Archives;
using SharpCompress.Archives.SevenZip;
using SharpCompress.Common;
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

    [SuppressMessage("Usage", "CA2213:Disposable fields should be disposed", Justification = "Who opened the text closes it.")]
    sealed class Opened : IDisposable
    {
        readonly FileStream _file;
        readonly IArchive _archive;
        readonly UnpackBudget _budget;
        readonly List<IEntry> _entries;
        readonly Dictionary<IEntry, UnpackedPart> _parts;

        /// <summary>The entries that the reader did not reach.</summary>
        readonly HashSet<IEntry> _ahead = [];

        IReader? _reader;

        /// <summary>The text of the entry that the reader is at.</summary>
        UnpackedText? _text;

        public Opened(string path, ArchiveLimits limits)
        {
            _file = ArchiveFile.Open(path);
            try
            {
                _archive = SevenZipArchive.OpenArchive(_file, new ReaderOptions());
                if (_archive.Entries.Count() is var count && count > limits.Entries)
                    throw new ArchiveException(string.Create(
                        CultureInfo.InvariantCulture, $"it has {count:N0} files: at most {limits.Entries:N0} are read. Unpack it first"));
                _budget = new(limits, _file.Length);
                _entries = [.. _archive.Entries];
                _parts = _entries.ToDictionary(e => e, _ => _budget.Part());
            }
            catch
            {
                _archive?.Dispose();
                _file.Dispose();
                throw;
            }
        }

        /// <summary>Listed without unpacking. One text is open at a time: who opens the next one has read the one before.</summary>
        public IEnumerable<ArchiveMember> Members() =>
            _entries.Where(e => !e.IsDirectory).Select(e =>
                new ArchiveMember((e.Key ?? "").Replace('\\', '/'), e.Size, e.LastModifiedTime?.ToUniversalTime() ?? default, () => Open(e))
                {
                    Refusal = e.IsEncrypted ? "it is encrypted: unpack it with its password first" : null,
                });

        /// <summary>Unpacks what is before the file and compressed with it, within the budget. For a file before the last one, that is done again.</summary>
        Unowned Open(IEntry entry)
        {
            if (_reader is null || !_ahead.Contains(entry))
                Begin();
            while (Next())
                if (ReferenceEquals(_reader.Entry, entry))
                    return new(_text!);
            throw new ArchiveException("it is damaged: its list has a file that is not found");
        }

        [MemberNotNull(nameof(_reader))]
        void Begin()
        {
            _reader?.Cancel();
            (_reader, _text) = (Guarded(_archive.ExtractAllEntries), null);
            _ahead.UnionWith(_entries);
        }

        /// <summary>Moves to the next file. The library would unpack the rest of this one without a limit.</summary>
        bool Next()
        {
            Skip();
            if (!Guarded(_reader!.MoveToNextEntry))
                return false;
            var entry = _reader.Entry;
            _ahead.Remove(entry);
            if (!entry.IsDirectory)
                _text = new(Guarded(_reader.OpenEntryStream), _parts[entry], entry.Size, CrcOf(entry.Crc));
            return true;
        }

        void Skip()
        {
            if (_text is not { } text)
                return;
            try
            {
                text.CopyTo(Stream.Null);
            }
            catch (ArchiveException) when (!_budget.IsSpent)
            {
                // It is damaged: who reads it sees that.
            }

            text.Dispose();
            _text = null;
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
                _reader?.Cancel();
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

    /// <summary>A text that is not closed by who reads it: its rest is skipped within the budget when the next one is opened.</summary>
    sealed class Unowned(UnpackedText text) : ForwardStream
    {
        public override int Read(Span<byte> buffer) => text.Read(buffer);
    }
}
