using Mailflow.Tail;

namespace Mailflow.Exposition;

/// <summary>The state of one log folder: what its tailer sees, compared with what is committed.</summary>
/// <param name="UnreadBytes">Bytes that are not committed, without those of refused files.</param>
/// <param name="StuckBytes">Unread bytes that are more than an incomplete last line.</param>
/// <param name="FailedFiles">Files that cannot be read now.</param>
sealed record RootState(SourceStatus Status, long UnreadBytes, long StuckBytes, int UnreadFiles, int RefusedFiles, int FailedFiles)
{
    public static RootState Of(SourceStatus status) =>
        new(status, status.Totals.UnreadBytes, status.Totals.StuckBytes, status.Totals.UnreadFiles, status.Totals.IgnoredFiles, status.Totals.FailedFiles);
}
