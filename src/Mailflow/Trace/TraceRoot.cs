using Mailflow.Tail;

namespace Mailflow.Trace;

/// <summary>A folder or a file to search.</summary>
/// <param name="name">As messages name it.</param>
/// <param name="list">Lists its logs; called once, on a thread that can be given up.</param>
sealed class TraceRoot(string name, Func<TraceNotes, List<TraceFile>> list)
{
    List<TraceFile>? _files;

    public string Name => name;

    /// <summary>Whether it did not answer: it is not asked again.</summary>
    public bool IsLost { get; set; }

    /// <summary>Its logs, empty before they are listed.</summary>
    public IReadOnlyList<TraceFile> Listed => _files ?? [];

    public IReadOnlyList<TraceFile> Files(TraceNotes notes) => _files ??= list(notes);
}

/// <summary>What could not be searched, each in a sentence, and the files that were listed already.</summary>
sealed class TraceNotes
{
    /// <summary>Sentences that are kept: of 200,000 files that cannot be read, the first ones are named and the others counted.</summary>
    const int MaxSaid = 100;

    readonly Lock _lock = new();
    readonly List<string> _said = [];
    readonly List<string> _remarks = [];
    readonly HashSet<string> _known = new(StringComparer.Ordinal);
    readonly HashSet<(long, long)> _files = [];
    readonly HashSet<string> _paths = new(StringComparer.Ordinal);
    int _more;

    public void Add(string says)
    {
        lock (_lock)
        {
            if (_known.Count >= MaxSaid && !_known.Contains(says))
                _more++;
            else if (_known.Add(says))
                _said.Add(says);
        }
    }

    /// <summary>Adds what is of interest although everything was searched.</summary>
    public void Remark(string says)
    {
        lock (_lock)
            if (_remarks.Count < MaxSaid && !_remarks.Contains(says))
                _remarks.Add(says);
    }

    /// <summary>What is of interest although everything was searched, each in a sentence.</summary>
    public IReadOnlyList<string> Remarks()
    {
        lock (_lock)
            return [.. _remarks];
    }

    /// <summary>False where the file was listed before, by another name or in another root.</summary>
    public bool IsNew(FoundFile file)
    {
        lock (_lock)
            return file.Inode == 0 ? _paths.Add(file.Path) : _files.Add(file.Identity);
    }

    public IReadOnlyList<string> All()
    {
        lock (_lock)
            return _more == 0 ? [.. _said] : [.. _said, FormattableString.Invariant($"{_more:N0} more messages like these are left out.")];
    }
}
