namespace Mailflow.Analysis.Exports;

/// <summary>What can be wrong with an export. Closed: it is a label.</summary>
public enum ExportProblem
{
    /// <summary>The file ends in the middle of something.</summary>
    Truncated,

    /// <summary>A chunk of an .evtx file is not what its header says; the chunks after it are read.</summary>
    CorruptChunk,

    /// <summary>One record cannot be read, or one cell has broken quotes; the records after it are read.</summary>
    CorruptRecord,

    /// <summary>The bytes are no text in UTF-8 or UTF-16.</summary>
    WrongEncoding,

    /// <summary>Neither CSV, JSON, XML, CLIXML nor .evtx, or nothing of what was looked for.</summary>
    UnknownShape,

    /// <summary>A time that is none.</summary>
    BadTime,

    /// <summary>A date that is valid both as day/month and as month/day, and nothing else in the file decides; the detail says whether it was read.</summary>
    AmbiguousTime,

    /// <summary>Times without a zone; said once for a file, they are read in the zone that was given.</summary>
    LocalTime,

    /// <summary>A number that is none.</summary>
    BadNumber,

    /// <summary>Columns or elements that are needed are not there.</summary>
    MissingColumns,

    /// <summary>The XML has a DTD, which no export has; it is not read.</summary>
    RefusedDtd,

    /// <summary>A record, a text or a name beyond the limits.</summary>
    TooLong,

    /// <summary>Objects in objects beyond the limits.</summary>
    TooDeep,
}

/// <summary>One thing that was wrong.</summary>
/// <param name="Record">The number of the record in the file, from 1; 0 where it is the file itself.</param>
public readonly record struct ExportFault(ExportProblem Reason, long Record, string Detail);

/// <summary>What was wrong with one export: everything counted, the first hundred named.</summary>
public sealed class ExportProblems
{
    public const int MaxKept = 100;
    const int MaxDetail = 200;

    readonly long[] _counts = new long[Enum.GetValues<ExportProblem>().Length];
    readonly List<ExportFault> _first = [];

    public IReadOnlyList<ExportFault> First => _first;

    public long Total => _counts.Sum();

    public long Count(ExportProblem reason) => _counts[(int)reason];

    public void Add(ExportProblem reason, long record, string detail)
    {
        _counts[(int)reason]++;
        if (_first.Count < MaxKept)
            _first.Add(new(reason, record, detail.Length > MaxDetail ? detail[..MaxDetail] : detail));
    }

    /// <summary>For what is true of the whole file: it is counted once.</summary>
    public void AddOnce(ExportProblem reason, long record, string detail)
    {
        if (Count(reason) == 0)
            Add(reason, record, detail);
    }
}
