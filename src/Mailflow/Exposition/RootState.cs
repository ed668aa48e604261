using Mailflow.Tail;

namespace Mailflow.Exposition;

/// <summary>One root: what its tailer sees, against what is committed.</summary>
/// <param name="UnreadBytes">Bytes that are not committed; those of refused files left out.</param>
/// <param name="StuckBytes">Those of them that cannot be only the unfinished line at a file's end.</param>
/// <param name="FailedFiles">Files that cannot be read at the moment.</param>
sealed record RootState(SourceStatus Status, long UnreadBytes, long StuckBytes, int UnreadFiles, int RefusedFiles, int FailedFiles)
{
    public static RootState Of(SourceStatus status) =>
        new(status, status.Totals.UnreadBytes, status.Totals.StuckBytes, status.Totals.UnreadFiles, status.Totals.IgnoredFiles, status.Totals.FailedFiles);
}
