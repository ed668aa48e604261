namespace Mailflow.Analysis.Tracing.Index;

/// <summary>
/// What a row must have: all keys of one probe (<see cref="TraceKey"/>; 0: none). A row of a known message has both its ids, and two keys make
/// false hits rare.
/// </summary>
public readonly record struct KeyProbe(ulong A, ulong B = 0, ulong C = 0);
