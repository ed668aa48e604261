namespace Mailflow.Analysis.Exports;

/// <summary>Problems of an export. A closed set, because it is a label.</summary>
public enum ExportProblem
{
    /// <summary>The file ends in the middle of a record.</summary>
    Truncated,

    /// <summary>A chunk of an .evtx file does not match its header; later chunks are read.</summary>
    CorruptChunk,

    /// <summary>One record cannot be read, or one cell has broken quotes; later records are read.</summary>
    CorruptRecord,

    /// <summary>The bytes are not UTF-8 or UTF-16 text.</summary>
    WrongEncoding,

    /// <summary>Neither CSV, JSON, XML, CLIXML nor .evtx, or without the expected objects.</summary>
    UnknownShape,

    /// <summary>An invalid time.</summary>
    BadTime,

    /// <summary>A date valid both as day/month and as month/day, and no other date in the file decides; the detail says whether it was used.</summary>
    AmbiguousTime,

    /// <summary>Times without a zone; reported once per file. They are read in the zone that was given.</summary>
    LocalTime,

    /// <summary>An invalid number.</summary>
    BadNumber,

    /// <summary>Required columns or elements are missing.</summary>
    MissingColumns,

    /// <summary>The XML has a DTD, which no export has; it is not processed.</summary>
    RefusedDtd,

    /// <summary>A record, text or name beyond the limits.</summary>
    TooLong,

    /// <summary>Objects nested beyond the limit.</summary>
    TooDeep,
}

/// <summary>One problem.</summary>
/// <param name="Record">The number of the record in the file, from 1; 0 for the file itself.</param>
public readonly record struct ExportFault(ExportProblem Reason, long Record, string Detail);

/// <summary>The problems of one export: all are counted, the first hundred are kept.</summary>
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

    /// <summary>For problems of the whole file: counted once.</summary>
    public void AddOnce(ExportProblem reason, long record, string detail)
    {
        if (Count(reason) == 0)
            Add(reason, record, detail);
    }
}
