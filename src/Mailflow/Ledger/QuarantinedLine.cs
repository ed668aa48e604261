namespace Mailflow.Ledger;

/// <summary>A line that could not be read, and where it stands: the newest of them.</summary>
/// <param name="At">When it was met.</param>
/// <param name="Offset">Its first byte, from the start of the file.</param>
/// <param name="Length">In bytes.</param>
sealed record QuarantinedLine(DateTimeOffset At, string File, long Offset, long Length, string Reason);
