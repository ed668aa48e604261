namespace Mailflow.Pipeline;

/// <summary>The sums over the files of one root.</summary>
/// <param name="UnreadBytes">Bytes that are not committed, without ignored files.</param>
/// <param name="StuckBytes">The part of the unread bytes that is more than an unfinished line at the end of a file.</param>
/// <param name="FailedFiles">Files that cannot be read at the moment.</param>
readonly record struct RootTotals(int Files, long Bytes, long UnreadBytes, long StuckBytes, int UnreadFiles, int IgnoredFiles, int FailedFiles)
{
    public long IgnoredBytes { get; init; }
}
