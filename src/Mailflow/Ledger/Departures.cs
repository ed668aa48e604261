using Mailflow.Analysis.Formats;

namespace Mailflow.Ledger;

/// <summary>
/// Deletes the positions of files that were deleted long ago: Exchange deletes its logs after a time, and their positions would accumulate.
/// The list of stored files is kept in memory, so nothing is read for it. Changes are written in small transactions.
/// </summary>
/// <remarks>
/// The position of an export is deleted one hour after its file, since a new export arrives every minute. If the file returns, it is a new
/// export, or its events are known and are not counted twice. An export of message tracking is kept as long as a log.
/// </remarks>
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
            $"SELECT id, root, records IS NOT NULL AND format IS NOT '{LogFormat.TrackingExport.Name}', gone FROM files",
            r => (r.GetInt64(0), r.GetString(1), r.GetBoolean(2), r.IsDBNull(3) ? (long?)null : r.GetInt64(3)));
        foreach (var (id, root, export, gone) in files)
        {
            // Thousands of files share a few roots: one string for each.
            if (!roots.TryGetValue(root, out var one))
                roots.Add(root, one = root);
            _files[id] = new(one, export, gone);
        }
    }

    /// <summary>A block of the file was committed, so the file is present.</summary>
    public void Seen(long id, string root, bool export) => _files[id] = new(root, export, null);

    /// <summary>Records since when files are missing, and deletes the positions of those that have been missing for long.</summary>
    /// <param name="present">The files that are in their folders now.</param>
    /// <param name="unseen">Roots whose folders cannot be listed: nothing is known about their files.</param>
    /// <param name="forgotten">Called after each transaction with the ids of the files whose positions were deleted.</param>
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
        // Of a log with a copy, rows are still found: its position and its index stay.
        var copied = old.Count == 0 ? [] : _store.Load("SELECT file FROM kept", r => r.GetInt64(0)).ToHashSet();
        foreach (var part in old.Where(id => !copied.Contains(id)).Chunk(Part))
        {
            // A file that has returned since the loop above is kept.
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

    /// <param name="Gone">Since when the file is missing, in milliseconds; null if it is present.</param>
    readonly record struct Place(string Root, bool Export, long? Gone);
}
