namespace Mailflow.Analysis.Incidents;

/// <summary>
/// What a place is like: messages and troubles of the last day, and sums of the past. What belongs to incidents is taken out of the past, so
/// that an outage does not become normal.
/// </summary>
sealed class PlaceHistory
{
    /// <summary>The past loses half of its weight in this many minutes: 14 days.</summary>
    const double HalfLife = 14 * 24 * 60;

    /// <summary>More cases of one day than this are not needed to see that something is wrong.</summary>
    const int MostCases = 2000;

    RecentCounts _recent;
    double _messages;
    int _decayed;
    double[]? _troubles;
    RecentCounts[]? _recentTroubles;
    List<TroubleCase>? _cases;

    public PlaceHistory(int minute) => (_decayed, FirstMinute) = (minute, minute);

    public int FirstMinute { get; }

    /// <summary>The minute of the last success; 0: never.</summary>
    public int LastSuccess { get; private set; }

    /// <summary>The minute of the newest message.</summary>
    public int Newest { get; private set; }

    /// <summary>Successes ever, with the weight of the past.</summary>
    public double Successes { get; private set; }

    /// <summary>Troubles of the last day, oldest first.</summary>
    public IReadOnlyList<TroubleCase> Cases => _cases ?? [];

    /// <summary>Messages of the past, with their weights.</summary>
    public double Messages => _messages;

    public void AddSuccess(int minute, int messages)
    {
        Decay(minute);
        Newest = Math.Max(Newest, minute);
        _recent.Add(minute, messages);
        _messages += messages;
        Successes += messages;
        LastSuccess = Math.Max(LastSuccess, minute);
    }

    public void Add(TroubleCase trouble)
    {
        Decay(trouble.Minute);
        Newest = Math.Max(Newest, trouble.Minute);
        // The recipients of a message come together: it counts once.
        if (_cases is not [.., var last] || last.First.Message != trouble.First.Message || last.Family != trouble.Family)
        {
            if (trouble.Family != CauseFamily.Slow)
            {
                _recent.Add(trouble.Minute, 1);
                _messages++;
            }

            (_troubles ??= new double[CauseFamilies.Count])[(int)trouble.Family]++;
            (_recentTroubles ??= new RecentCounts[CauseFamilies.Count])[(int)trouble.Family].Add(trouble.Minute, 1);
        }

        _cases ??= new(1);
        if (_cases.Count > 0 && (_cases.Count >= MostCases || _cases[0].Minute <= trouble.Minute - RecentCounts.Kept))
            _cases.RemoveRange(0, Old(trouble.Minute - RecentCounts.Kept));
        _cases.Add(trouble);
    }

    /// <summary>Takes troubles of an incident out of the past.</summary>
    public void TakeOut(CauseFamily family, double troubles)
    {
        if (_troubles is null)
            return;
        var most = Math.Min(troubles, _troubles[(int)family]);
        _troubles[(int)family] -= most;
        _messages = Math.Max(0, _messages - most);
    }

    /// <summary>Messages in a time, in minutes: after the first, up to the second.</summary>
    public long Attempts(int after, int to) => _recent.Sum(after, to);

    /// <summary>Recipients with a trouble of a family in a time, in minutes: after the first, up to the second.</summary>
    public long Recent(CauseFamily family, int after, int to) => _recentTroubles is null ? 0 : _recentTroubles[(int)family].Sum(after, to);

    /// <summary>Troubles of a family in the past, with their weights.</summary>
    public double Troubles(CauseFamily family) => _troubles?[(int)family] ?? 0;

    /// <summary>How many of the oldest cases may go.</summary>
    int Old(int before)
    {
        var kept = _cases!.FindIndex(c => c.Minute > before);
        return kept < 0 ? _cases.Count : Math.Max(kept, _cases.Count >= MostCases ? MostCases / 4 : 0);
    }

    void Decay(int minute)
    {
        if (minute - _decayed < 60)
            return;
        var factor = Math.Pow(2, -(minute - _decayed) / HalfLife);
        _decayed = minute;
        _messages *= factor;
        Successes *= factor;
        for (var i = 0; i < (_troubles?.Length ?? 0); i++)
            _troubles![i] *= factor;
    }
}
