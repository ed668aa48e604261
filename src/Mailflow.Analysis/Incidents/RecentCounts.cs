namespace Mailflow.Analysis.Incidents;

/// <summary>
/// Counts by minute of the last three days, and their sum over a time. Minutes nearly always come in order; a late one is added to its place.
/// </summary>
struct RecentCounts
{
    /// <summary>How long counts are kept, in minutes.</summary>
    public const int Kept = 3 * 24 * 60;

    /// <summary>For each minute with a count, the sum up to its end.</summary>
    (int Minute, long Sum)[]? _sums;

    int _first;
    int _end;

    /// <summary>The sum before the first of them.</summary>
    long _before;

    public void Add(int minute, int count)
    {
        _sums ??= new (int, long)[2];
        if (_end > _first && _sums[_end - 1].Minute >= minute)
        {
            AddLate(minute, count);
            return;
        }

        while (_first < _end && _sums[_first].Minute <= minute - Kept)
            _before = _sums[_first++].Sum;
        if (_end == _sums.Length)
            Room();
        _sums[_end] = (minute, (_end > _first ? _sums[_end - 1].Sum : _before) + count);
        _end++;
    }

    /// <summary>The sum of the minutes after <paramref name="after"/> up to <paramref name="to"/>.</summary>
    public readonly long Sum(int after, int to) => _end == _first || to <= after ? 0 : UpTo(to) - UpTo(after);

    readonly long UpTo(int minute)
    {
        if (_sums![_end - 1].Minute <= minute)
            return _sums[_end - 1].Sum;
        var (low, high) = (_first, _end - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_sums[middle].Minute <= minute)
                low = middle + 1;
            else
                high = middle;
        }

        return low == _first ? _before : _sums[low - 1].Sum;
    }

    /// <summary>A late count goes to the newest minute that is not newer; if all are newer, to the oldest.</summary>
    readonly void AddLate(int minute, int count)
    {
        var i = _end - 1;
        while (i > _first && _sums![i].Minute > minute)
            i--;
        for (; i < _end; i++)
            _sums![i].Sum += count;
    }

    void Room()
    {
        var count = _end - _first;
        var room = count * 2 <= _sums!.Length ? _sums : new (int, long)[_sums.Length * 2];
        Array.Copy(_sums, _first, room, 0, count);
        (_sums, _first, _end) = (room, 0, count);
    }
}
