namespace Mailflow.Pipeline;

/// <summary>
/// How far a file is read and committed. The tailer updates size and offset, the committer the committed offset; the totals of the root
/// change with them, so that they need not be summed over all files.
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

    /// <summary>The newest committed row since the start; default before the first, and the end of time for a log that is not a tracking log.</summary>
    public DateTime NewestRow { get; private set; }

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

    /// <summary>Identifies the file: its number in the store, and the offset up to which it is read and committed.</summary>
    public void Start(long id, long offset)
    {
        lock (figures.Gate)
        {
            figures.Add(this, -1);
            // Data that is read and not committed is in flight. A file that was not identified has none.
            if (id != Id || id == 0 || offset < _committed)
                _committed = offset;
            if (id != Id)
                NewestRow = default;
            (Id, _offset) = (id, offset);
            figures.Add(this, 1);
        }
    }

    /// <summary>The file is committed up to this offset. Ignored for another number: the block is from a file that was replaced.</summary>
    /// <param name="newest">The newest row of the block; default where it has none.</param>
    public void Commit(long id, long end, DateTime newest = default)
    {
        lock (figures.Gate)
        {
            if (id != Id)
                return;
            figures.Add(this, -1);
            _committed = end;
            if (newest > NewestRow)
                NewestRow = newest;
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
