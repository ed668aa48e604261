namespace Mailflow.Pipeline;

/// <summary>What the files of one root come to.</summary>
/// <param name="UnreadBytes">Bytes that are not committed; those of refused files left out.</param>
/// <param name="StuckBytes">Those of them that cannot be only the unfinished line at a file's end.</param>
/// <param name="FailedFiles">Files that cannot be read at the moment.</param>
readonly record struct RootTotals(int Files, long Bytes, long UnreadBytes, long StuckBytes, int UnreadFiles, int RefusedFiles, int FailedFiles);

/// <summary>Whether a file counts, and as what.</summary>
enum FileStanding : byte
{
    /// <summary>It does not count: not in its folder, or not known to be.</summary>
    Absent,
    Good,

    /// <summary>It cannot be read at the moment.</summary>
    Failed,

    /// <summary>It is left alone for good.</summary>
    Refused,
}

/// <summary>
/// How far a file is read and committed. The tailer changes it as it sees and reads, the committer as it commits; the totals of the root
/// change with it, so that nobody has to add up all files.
/// </summary>
class FileProgress(RootFigures figures)
{
    long _size;
    long _offset;
    long _committed;
    FileStanding _standing;

    /// <summary>Its number in the store; 0 while it is not identified.</summary>
    public long Id { get; private set; }

    /// <summary>Bytes, as last seen.</summary>
    public long Size
    {
        get => _size;
        set => Set(ref _size, value);
    }

    /// <summary>The next byte to read: the start of a line.</summary>
    public long Offset
    {
        get => _offset;
        set => Set(ref _offset, value);
    }

    public long Committed => _committed;

    public FileStanding Standing
    {
        get => _standing;
        set
        {
            if (value == _standing)
                return;
            lock (figures.Gate)
            {
                figures.Add(this, -1);
                _standing = value;
                figures.Add(this, 1);
            }
        }
    }

    /// <summary>It is this file of the store, read and committed up to there.</summary>
    public void Start(long id, long offset)
    {
        lock (figures.Gate)
        {
            figures.Add(this, -1);
            // What is read and not committed yet is on its way to the committer; of a file that is not identified nothing is.
            if (id != Id || id == 0 || offset < _committed)
                _committed = offset;
            (Id, _offset) = (id, offset);
            figures.Add(this, 1);
        }
    }

    /// <summary>What was read up to there is in the store. A block of the file that this one was before changes nothing.</summary>
    public void Commit(long id, long end)
    {
        lock (figures.Gate)
        {
            if (id != Id)
                return;
            figures.Add(this, -1);
            _committed = end;
            figures.Add(this, 1);
        }
    }

    void Set(ref long field, long value)
    {
        if (field == value)
            return;
        lock (figures.Gate)
        {
            figures.Add(this, -1);
            field = value;
            figures.Add(this, 1);
        }
    }
}

/// <summary>The totals of a root, renewed at each change of one of its files.</summary>
sealed class RootFigures
{
    /// <summary>A RECEIVE row with 5,000 recipients is shorter.</summary>
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

    /// <summary>Adds a file, or takes it away. The caller holds the lock.</summary>
    internal void Add(FileProgress file, int sign)
    {
        if (file.Standing == FileStanding.Absent)
            return;
        var rest = file.Standing == FileStanding.Refused ? 0 : Math.Max(0, file.Size - file.Committed);
        _totals = new(
            _totals.Files + sign,
            _totals.Bytes + (sign * file.Size),
            _totals.UnreadBytes + (sign * rest),
            _totals.StuckBytes + (file.Offset > file.Committed || rest > MaxUnfinishedLine ? sign * rest : 0),
            _totals.UnreadFiles + (rest > 0 ? sign : 0),
            _totals.RefusedFiles + (file.Standing == FileStanding.Refused ? sign : 0),
            _totals.FailedFiles + (file.Standing == FileStanding.Failed ? sign : 0));
    }
}
