using Mailflow.Analysis.Tracing;

namespace Mailflow.Trace;

/// <summary>What a search read.</summary>
/// <param name="Bytes">Bytes of the files.</param>
/// <param name="Blocks">Parts of the files: those of the index, or pieces of 256 KB.</param>
/// <param name="BlocksRead">Those that were read; a part may be read twice: for the rows that match, and for the other rows of their messages.</param>
/// <param name="BytesRead">Bytes that were read.</param>
sealed record Searched(long Bytes, int Files, long Blocks, long BlocksRead, long BytesRead, TimeSpan Took);

/// <summary>Where a row is, in the order of times; equal times in the order of files.</summary>
readonly record struct RowPlace(DateTime Time, string File, long Offset)
{
    /// <summary>Oldest first.</summary>
    public static IComparer<RowPlace> Order { get; } = Comparer<RowPlace>.Create(Compare);

    public static RowPlace Of(TraceRow row) => new(row.Time, row.File, row.Offset);

    /// <summary>Whether it is older than another place.</summary>
    public bool IsBefore(RowPlace other) => Compare(this, other) < 0;

    static int Compare(RowPlace a, RowPlace b) =>
        a.Time != b.Time ? a.Time.CompareTo(b.Time)
        : string.CompareOrdinal(a.File, b.File) is var order && order != 0 ? order
        : a.Offset.CompareTo(b.Offset);
}

/// <summary>The result of a search.</summary>
/// <param name="Journeys">The messages; the one with the newest row that matches is first.</param>
/// <param name="More">Whether there are older messages than these.</param>
/// <param name="Incomplete">What could not be searched, each in a sentence.</param>
sealed record TraceResult(IReadOnlyList<Journey> Journeys, bool More, Searched Searched, IReadOnlyList<string> Incomplete)
{
    /// <summary>What is of interest although everything was searched, each in a sentence.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>Where the next page begins; null without one.</summary>
    public RowPlace? Next { get; init; }
}
