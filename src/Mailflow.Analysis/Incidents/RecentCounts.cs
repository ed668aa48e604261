namespace Mailflow.Analysis.Incidents;

/// <summary>
/// Counts by minute of the last three days, and their sum over a time. Minutes nearly always come in order; a late one is added to its place.
/// </summary>
struct RecentCounts
{
    /// <summary>How long counts are kept, in minutes.</summary>
    public const int Kept = 3 * 24 * 60;

    (int Minute, int Count)[]? _counts;
    int _first;
    int _end;

    public void Add(int minute, int count)
    {
        _counts ??= new (int, int)[2];
        if (_end > _first && _counts[_end - 1].Minute >= minute)
        {
            AddLate(minute, count);
            return;
        }

        while (_first < _end && _counts[_first].Minute <= minute - Kept)
            _first++;
        if (_end == _counts.Length)
            Room();
        _counts[_end++] = (minute, count);
    }

    /// <summary>The sum of the minutes after <paramref name="after"/> up to <paramref name="to"/>.</summary>
    public readonly long Sum(int after, int to)
    {
        long sum = 0;
        for (var i = _end - 1; i >= _first && _counts![i].Minute > after; i--)
            sum += _counts[i].Minute <= to ? _counts[i].Count : 0;
        return sum;
    }

    /// <summary>A late count goes to the newest minute that is not newer; if all are newer, to the oldest.</summary>
    readonly void AddLate(int minute, int count)
    {
        var i = _end - 1;
        while (i > _first && _counts![i].Minute > minute)
            i--;
        _counts![i].Count += count;
    }

    void Room()
    {
        var count = _end - _first;
        var room = count * 2 <= _counts!.Length ? _counts : new (int, int)[_counts.Length * 2];
        Array.Copy(_counts, _first, room, 0, count);
        (_counts, _first, _end) = (room, 0, count);
    }
}
