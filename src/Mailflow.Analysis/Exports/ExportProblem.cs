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

    /// <summary>Failures or deferrals whose reason the export does not have: they are counted, with the cause unknown.</summary>
    NoReason,
}
