namespace Mailflow.Pipeline;

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
