using Mailflow.Analysis.Messages;

namespace Mailflow.Pipeline;

/// <summary>A stretch that cannot be read: a line that is too long, or NUL bytes. It counts as one unreadable line.</summary>
sealed class SkippedBlock(TrackedFile file, long offset, byte[] buffer, long end, long guard, long head, Unreadable reason)
    : LogBlock(file, offset, buffer, end, guard, head)
{
    public Unreadable Reason { get; } = reason;
}
