using Mailflow.Analysis.Tracing;

namespace Mailflow.Trace;

/// <summary>The messages with the newest rows among all rows that are added, in any order. Memory is bounded by the limit.</summary>
/// <param name="limit">The number of messages that are wanted; one more is kept, to know that there is one.</param>
/// <param name="before">Only rows before this place are wanted.</param>
sealed class NewestMessages(int limit, RowPlace? before)
{
    readonly Dictionary<string, FoundMessage> _messages = new(StringComparer.OrdinalIgnoreCase);
    RowPlace? _floor;
    int _ranked;

    /// <summary>Whether there are more messages than the limit.</summary>
    public bool More => _messages.Count > limit;

    public void Add(List<TraceRow> rows)
    {
        foreach (var row in rows)
            Add(row);
    }

    /// <summary>Whether rows of this time or earlier cannot change the result.</summary>
    public bool HasEnough(DateTime bound)
    {
        if (_messages.Count <= limit)
            return false;
        if (_floor is null || _messages.Count >= _ranked + Math.Max(1, limit / 8))
            Rank();
        return bound < _floor!.Value.Time;
    }

    /// <summary>The messages, newest first, at most the limit.</summary>
    public List<FoundMessage> Take() => [.. Newest().Take(limit)];

    void Add(TraceRow row)
    {
        var place = RowPlace.Of(row);
        if ((before is { } end && !place.IsBefore(end)) || (_floor is { } floor && place.IsBefore(floor)))
            return;
        var hasId = row.NetworkMessageId.Length + row.MessageId.Length > 0;
        var key = row.NetworkMessageId.Length > 0 ? row.NetworkMessageId : row.MessageId.Length > 0 ? row.MessageId : $"{row.Server}\n{row.InternalId}";
        if (!_messages.TryGetValue(key, out var message))
            _messages.Add(key, message = new(place, row.MessageId, row.NetworkMessageId, row.Sender));
        message.Add(place, row, hasId ? FoundMessage.MostRows : FoundMessage.MostOrphans);
        if (_messages.Count > 2 * (limit + 1L))
            Rank();
    }

    void Rank()
    {
        var newest = Newest().Take(limit + 1).ToList();
        _floor = newest[^1].Newest;
        foreach (var (key, _) in _messages.Where(m => m.Value.Newest.IsBefore(_floor.Value)).ToList())
            _messages.Remove(key);
        _ranked = _messages.Count;
    }

    IEnumerable<FoundMessage> Newest() => _messages.Values.OrderByDescending(m => m.Newest, RowPlace.Order);
}

/// <summary>A message with a row that matches.</summary>
sealed class FoundMessage(RowPlace newest, string messageId, string networkId, string sender)
{
    /// <summary>Rows that are kept of a message, in case that the time is over before the others are found.</summary>
    public const int MostRows = 8;

    /// <summary>Rows that are kept of a message without any id: they cannot be found again.</summary>
    public const int MostOrphans = 1000;

    readonly List<TraceRow> _rows = [];

    /// <summary>Its newest row that matches.</summary>
    public RowPlace Newest { get; private set; } = newest;

    /// <summary>The time of its oldest row that matches, as far as rows were read.</summary>
    public DateTime Oldest { get; private set; } = newest.Time;

    public string MessageId => messageId;

    public string NetworkId => networkId;

    public string Sender => sender;

    /// <summary>Rows that match: the first ones that were found, and the newest.</summary>
    public IReadOnlyList<TraceRow> Rows => _rows;

    /// <param name="most">How many rows are kept.</param>
    public void Add(RowPlace place, TraceRow row, int most)
    {
        var isNewest = Newest.IsBefore(place);
        if (isNewest)
            Newest = place;
        if (place.Time < Oldest)
            Oldest = place.Time;
        if (_rows.Count < most)
            _rows.Add(row);
        else if (isNewest)
            _rows[^1] = row;
    }
}
