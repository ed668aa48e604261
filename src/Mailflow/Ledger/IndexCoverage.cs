namespace Mailflow.Ledger;

/// <summary>How much of the tracking logs the index of traces covers.</summary>
/// <param name="Bytes">Bytes of the index in the store.</param>
/// <param name="Logs">Committed bytes of the tracking logs that are in their folders.</param>
/// <param name="Unindexed">Those of them that a trace must read.</param>
sealed record IndexCoverage(long Bytes, long Logs, long Unindexed)
{
    /// <summary>The same after some of it was built.</summary>
    public IndexCoverage Less(long bytes) => this with { Unindexed = Math.Max(0, Unindexed - bytes) };
}
