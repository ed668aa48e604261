namespace Mailflow.Pipeline;

/// <summary>What the files of one root come to.</summary>
/// <param name="UnreadBytes">Bytes that are not committed; those of refused files left out.</param>
/// <param name="StuckBytes">Those of them that cannot be only the unfinished line at a file's end.</param>
/// <param name="FailedFiles">Files that cannot be read at the moment.</param>
readonly record struct RootTotals(int Files, long Bytes, long UnreadBytes, long StuckBytes, int UnreadFiles, int IgnoredFiles, int FailedFiles);
