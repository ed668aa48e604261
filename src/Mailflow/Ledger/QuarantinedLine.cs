namespace Mailflow.Ledger;

/// <summary>A line that could not be read, and its position.</summary>
/// <param name="At">When it was read.</param>
/// <param name="Offset">Its first byte, from the start of the file.</param>
/// <param name="Length">In bytes.</param>
sealed record QuarantinedLine(DateTimeOffset At, string File, long Offset, long Length, string Reason);
