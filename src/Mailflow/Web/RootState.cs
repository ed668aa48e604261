using Mailflow.Ledger;
using Mailflow.Tail;

namespace Mailflow.Web;

/// <summary>One root: what its tailer sees, against what is committed.</summary>
/// <param name="UnreadBytes">Bytes that are not committed; those of refused files left out.</param>
/// <param name="StuckBytes">Those of them that cannot be only the unfinished line at a file's end.</param>
/// <param name="FailedFiles">Files that cannot be read at the moment.</param>
sealed record RootState(SourceStatus Status, long UnreadBytes, long StuckBytes, int UnreadFiles, int RefusedFiles, int FailedFiles)
{
    /// <summary>A RECEIVE row with 5,000 recipients is shorter.</summary>
    const int MaxUnfinishedLine = BlockPool.BlockBytes;

    public static RootState Of(SourceStatus status, Snapshot committed)
    {
        var (bytes, stuck, unread, refused, failed) = (0L, 0L, 0, 0, 0);
        foreach (var file in status.Files)
        {
            if (file.Refused)
            {
                refused++;
                continue;
            }

            if (file.Problem is not null)
                failed++;
            var offset = committed.Offsets.GetValueOrDefault(file.Id);
            var rest = Math.Max(0, file.Size - offset);
            bytes += rest;
            if (file.Offset > offset || rest > MaxUnfinishedLine)
                stuck += rest;
            if (rest > 0)
                unread++;
        }

        return new(status, bytes, stuck, unread, refused, failed);
    }
}
