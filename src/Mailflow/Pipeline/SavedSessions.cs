namespace Mailflow.Pipeline;

/// <summary>The SMTP sessions that were open at an offset, as they are stored.</summary>
sealed record SavedSessions(long Offset, ReadOnlyMemory<byte> State);
