namespace Mailflow.Archives;

/// <summary>Archives that stay open while a command runs: the list of an archive is not read again for each of its files. Used by several threads.</summary>
sealed class OpenArchives : IDisposable
{
    /// <summary>The most archives that are open and not in use.</summary>
    const int MostIdle = 8;

    readonly Lock _lock = new();

    /// <summary>The last one was used last.</summary>
    readonly List<Lent> _idle = [];

    bool _isClosed;

    /// <summary>An archive for its caller alone, until that closes it.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public Lent Lend(ArchiveKind kind, string path)
    {
        var file = new FileInfo(path);
        var state = (path, file.Exists ? file.Length : 0, file.LastWriteTimeUtc);
        lock (_lock)
            if (_idle.FindLastIndex(i => i.State == state) is >= 0 and var at)
            {
                var idle = _idle[at];
                _idle.RemoveAt(at);
                return idle;
            }

        return new(this, kind.List!(path, ArchiveLimits.Default), state);
    }

    void TakeBack(Lent archive)
    {
        Lent? gone = archive;
        lock (_lock)
            if (!_isClosed)
            {
                _idle.Add(archive);
                gone = _idle.Count > MostIdle ? _idle[0] : null;
                if (gone is not null)
                    _idle.RemoveAt(0);
            }

        gone?.Listing.Dispose();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            _idle.ForEach(i => i.Listing.Dispose());
            _idle.Clear();
        }
    }

    /// <summary>An archive that goes back when it is closed.</summary>
    internal sealed class Lent(OpenArchives owner, ArchiveListing listing, (string Path, long Length, DateTime LastWrite) state) : IDisposable
    {
        Dictionary<string, ArchiveMember>? _byName;

        public ArchiveListing Listing => listing;

        public (string Path, long Length, DateTime LastWrite) State => state;

        /// <summary>The file of this name, the first if there are several; null without one.</summary>
        public ArchiveMember? Find(string name)
        {
            if (_byName is null)
            {
                _byName = new(StringComparer.Ordinal);
                foreach (var member in listing.Members)
                    _byName.TryAdd(member.Name, member);
            }

            return _byName.GetValueOrDefault(name);
        }

        public void Dispose() => owner.TakeBack(this);
    }
}
