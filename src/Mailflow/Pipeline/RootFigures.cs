namespace Mailflow.Pipeline;

/// <summary>The totals of a root, updated when one of its files changes.</summary>
sealed class RootFigures
{
    /// <summary>No usual line is longer: a RECEIVE row with 5,000 recipients is shorter.</summary>
    const int MaxUnfinishedLine = BlockPool.BlockBytes;

    RootTotals _totals;

    /// <summary>Held while a file or the totals change.</summary>
    public Lock Gate { get; } = new();

    public RootTotals Totals
    {
        get
        {
            lock (Gate)
                return _totals;
        }
    }

    /// <summary>Adds or subtracts a file. The caller holds the lock.</summary>
    internal void Add(FileProgress file, int sign)
    {
        if (file.Standing == FileStanding.Absent)
            return;
        var rest = file.Standing == FileStanding.Ignored ? 0 : Math.Max(0, file.Size - file.Committed);
        _totals = new(
            _totals.Files + sign,
            _totals.Bytes + (sign * file.Size),
            _totals.UnreadBytes + (sign * rest),
            _totals.StuckBytes + (file.Offset > file.Committed || rest > MaxUnfinishedLine ? sign * rest : 0),
            _totals.UnreadFiles + (rest > 0 ? sign : 0),
            _totals.IgnoredFiles + (file.Standing == FileStanding.Ignored ? sign : 0),
            _totals.FailedFiles + (file.Standing == FileStanding.Failed ? sign : 0))
        {
            IgnoredBytes = _totals.IgnoredBytes + (file.Standing == FileStanding.Ignored ? sign * file.Size : 0),
        };
    }
}
