namespace Mailflow.Ledger;

/// <summary>Where the history comes from: the store (<see cref="StoreRollups"/>), or logs that were just read (<see cref="RollupSums"/>).</summary>
interface IRollups
{
    /// <summary>The start of the oldest row for this question, and the length of its rows: a quarter of an hour or an hour. Null without rows.</summary>
    (DateTime First, TimeSpan Step)? Begin(DateTime from, TimeSpan step);

    /// <summary>The servers that the history has, by name.</summary>
    IReadOnlyList<string> Servers();

    /// <summary>All facts of a server in a range, or of all servers together where its name is empty; in any order.</summary>
    /// <param name="step">The length of the rows, as <see cref="Begin"/> said.</param>
    IEnumerable<(DateTime At, RollupFact Fact, long Value)> Read(DateTime from, DateTime to, TimeSpan step, string server);
}
