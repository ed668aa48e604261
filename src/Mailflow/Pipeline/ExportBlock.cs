namespace Mailflow.Pipeline;

/// <summary>A whole export, for an export worker, which reads the open file and closes it.</summary>
/// <param name="records">Records of the export that are already committed: the worker skips them.</param>
sealed class ExportBlock(TrackedFile file, long offset, long end, WholeFile whole, long records) : Block(file, offset, end)
{
    public WholeFile Whole { get; } = whole;

    public long Records { get; } = records;
}
