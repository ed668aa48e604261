using Mailflow.Analysis.TrackingExports;
using Mailflow.Pipeline;

namespace Mailflow.Ledger;

/// <summary>
/// The rows of exports of message tracking that were counted: exports overlap, because a task exports the last hours each hour, and a row counts once.
/// A row is remembered when it is read, and stored in the commit that counts it. Export workers share this.
/// </summary>
/// <param name="stored">Keys and files of earlier rows, the oldest first.</param>
sealed class SeenRows(IEnumerable<(long Key, long File)> stored)
{
    /// <summary>Recipients of rows that are remembered, with about 60 bytes each; a row that comes again after so many others is counted again.</summary>
    public const int Most = 1_000_000;

    readonly Lock _lock = new();
    readonly Dictionary<long, long> _files = [];
    readonly Queue<long> _order = new();
    bool _loaded;

    /// <summary>Takes the rows of a file that are in no other file.</summary>
    public Choice Of(TrackedFile file) => new(this, (file.Id << 20) | (uint)(file.Generation & 0xFFFFF));

    void Load()
    {
        if (_loaded)
            return;
        _loaded = true;
        foreach (var (key, file) in stored)
            Add(key, file);
    }

    void Add(long key, long file)
    {
        if (!_files.TryAdd(key, file))
            return;
        _order.Enqueue(key);
        if (_order.Count > Most)
            _files.Remove(_order.Dequeue());
    }

    bool Takes(long file, ReadOnlySpan<ulong> keys, List<(long Key, long File)> fresh)
    {
        lock (_lock)
        {
            Load();
            var isNew = keys.IsEmpty;
            foreach (var key in keys)
                isNew |= !_files.TryGetValue((long)key, out var owner) || owner == file;
            if (!isNew)
                return false;
            foreach (var key in keys)
                if (!_files.ContainsKey((long)key))
                {
                    Add((long)key, file);
                    fresh.Add(((long)key, file));
                }

            return true;
        }
    }

    /// <summary>Decides for one file.</summary>
    internal sealed class Choice(SeenRows seen, long file) : IRowChoice
    {
        readonly RowParts[] _all = new RowParts[1];
        List<(long Key, long File)> _fresh = [];

        public IReadOnlyList<RowParts> PartsFor(RowParts all)
        {
            _all[0] = all;
            return _all;
        }

        public bool Takes(RowParts parts, ReadOnlySpan<ulong> keys, bool hasReason) => seen.Takes(file, keys, _fresh);

        /// <summary>The keys since the last call.</summary>
        public IReadOnlyList<(long Key, long File)> TakeFresh()
        {
            var fresh = _fresh;
            _fresh = [];
            return fresh;
        }
    }
}
