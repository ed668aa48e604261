namespace Mailflow.Ledger;

/// <summary>
/// Forgets the positions of files that have been gone for long: Exchange deletes its logs after a time, and their rows would pile up. Which files the store has is kept in memory,
/// so nothing is read for it, and what changes is written in small transactions.
/// </summary>
/// <remarks>An export that comes back is another one, or does not count twice: it is forgotten after an hour, since one comes every minute.</remarks>
sealed class Departures
{
    /// <summary>Files of one transaction.</summary>
    public const int Part = 500;

    static readonly TimeSpan ExportsAreKept = TimeSpan.FromHours(1);

    readonly Store _store;
    readonly Dictionary<long, Place> _files = [];

    public Departures(Store store)
    {
        _store = store;
        var roots = new Dictionary<string, string>(StringComparer.Ordinal);
        var files = store.Load(
            "SELECT id, root, records IS NOT NULL, gone FROM files",
            r => (r.GetInt64(0), r.GetString(1), r.GetBoolean(2), r.IsDBNull(3) ? (long?)null : r.GetInt64(3)));
        foreach (var (id, root, export, gone) in files)
        {
            // Thousands of files have a few roots.
            if (!roots.TryGetValue(root, out var one))
                roots.Add(root, one = root);
            _files[id] = new(one, export, gone);
        }
    }

    /// <summary>A block of a file was committed: the file is here.</summary>
    public void Seen(long id, string root, bool export) => _files[id] = new(root, export, null);

    /// <summary>Marks what is gone since when, and forgets what has been gone for long.</summary>
    /// <param name="present">The files that are in their folders now.</param>
    /// <param name="unseen">Roots whose folders nobody can look into: nothing is known of their files.</param>
    /// <param name="forgotten">Told the numbers that were forgotten, after each transaction.</param>
    /// <returns>After each transaction, how many files it changed.</returns>
    public IEnumerable<int> Retire(
        IReadOnlySet<long> present, IReadOnlySet<string> unseen, DateTimeOffset now, TimeSpan keep, Action<IReadOnlyList<long>> forgotten)
    {
        var (logs, exports) = ((now - keep).ToUnixTimeMilliseconds(), (now - ExportsAreKept).ToUnixTimeMilliseconds());
        var (gone, back, old) = (new List<long>(), new List<long>(), new List<long>());
        foreach (var (id, place) in _files)
        {
            if (unseen.Contains(place.Root))
                continue;
            if (present.Contains(id))
            {
                if (place.Gone is not null)
                    back.Add(id);
            }
            else if (place.Gone is not { } since)
            {
                gone.Add(id);
            }
            else if (since < (place.Export ? exports : logs))
            {
                old.Add(id);
            }
        }

        var time = now.ToUnixTimeMilliseconds();
        foreach (var part in gone.Chunk(Part))
            yield return Mark(part, time);
        foreach (var part in back.Chunk(Part))
            yield return Mark(part, null);
        foreach (var part in old.Chunk(Part))
        {
            // One that came back while others were forgotten stays.
            long[] forget = [.. part.Where(id => _files.TryGetValue(id, out var place) && place.Gone is not null)];
            _store.Forget(forget);
            foreach (var id in forget)
                _files.Remove(id);
            forgotten(forget);
            yield return forget.Length;
        }
    }

    int Mark(long[] ids, long? gone)
    {
        long[] marked = [.. ids.Where(id => _files.ContainsKey(id))];
        _store.Mark(marked, gone);
        foreach (var id in marked)
            _files[id] = _files[id] with { Gone = gone };
        return marked.Length;
    }

    /// <param name="Gone">Since when it is not in its folder, in milliseconds; null where it is there.</param>
    readonly record struct Place(string Root, bool Export, long? Gone);
}
