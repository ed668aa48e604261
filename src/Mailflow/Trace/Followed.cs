using Mailflow.Analysis.Tracing;

namespace Mailflow.Trace;

/// <summary>
/// Messages whose other rows are found while rows that match are still looked for: parts that are read after their ids are known need not be read again.
/// Of many messages hardly a part has been read with all ids, so only a few are followed. Used by several threads.
/// </summary>
sealed class Followed
{
    const int MaxIds = 100;
    const int MaxRows = 50_000;

    readonly Lock _lock = new();
    readonly Dictionary<string, int> _ids = new(StringComparer.OrdinalIgnoreCase);
    readonly Dictionary<(TraceFile File, long Start, long End), int> _read = [];
    readonly List<TraceRow> _rows = [];
    TraceQuery? _query;
    bool _ended;

    /// <summary>Learns the ids of rows that match, and keeps all rows.</summary>
    public void Add(List<TraceRow> rows, Func<TraceRow, bool> matches)
    {
        lock (_lock)
        {
            if (_ended)
                return;
            var count = _ids.Count;
            foreach (var row in rows.Where(matches))
                foreach (var id in (string[])[row.MessageId, row.NetworkMessageId])
                    if (id.Length > 0)
                        _ids.TryAdd(id, _ids.Count);
            if (_ids.Count > count)
                _query = null;
            _rows.AddRange(rows);
            if (_ids.Count <= MaxIds && _rows.Count <= MaxRows)
                return;
            _ended = true;
            _rows.Clear();
            _read.Clear();
        }
    }

    /// <summary>Asks for all rows of the messages that are known; null where none is.</summary>
    /// <param name="known">How many ids are known.</param>
    public TraceQuery? Query(out int known)
    {
        lock (_lock)
        {
            known = _ended ? 0 : _ids.Count;
            return known == 0 ? null : _query ??= new() { Messages = _ids.Keys.ToHashSet(StringComparer.OrdinalIgnoreCase) };
        }
    }

    /// <summary>A part was read to its end for the ids that were known.</summary>
    public void WasRead(TracePart part, int known)
    {
        lock (_lock)
            if (!_ended)
                _read[(part.File, part.Start, part.End)] = known;
    }

    /// <summary>The rows that were found of some messages, and whether a part has no others of them.</summary>
    public (List<TraceRow> Rows, Func<TracePart, bool> IsRead) Of(TraceQuery messages)
    {
        lock (_lock)
        {
            if (_ended || messages.Messages is not { } ids || !ids.All(_ids.ContainsKey))
                return ([], _ => false);
            var needed = ids.Max(id => _ids[id]) + 1;
            var read = _read.Where(r => r.Value >= needed).Select(r => r.Key).ToHashSet();
            return ([.. _rows.Where(messages.MatchesAll)], part => read.Contains((part.File, part.Start, part.End)));
        }
    }
}
