using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Mailflow.Privacy;

namespace Mailflow.Web;

/// <summary>What an agent against spam refused at a server, since the first agent log that was read.</summary>
sealed record AgentFigures(Masked Agent, Masked Cause, Masked Server, long Count)
{
    /// <summary>The most frequent first.</summary>
    public static IReadOnlyList<AgentFigures> Of(Snapshot committed, Func<string, Masked> masked) =>
    [
        .. committed.Cells.Of(Counters.AgentRefusals).Where(c => c.Value > 0).OrderByDescending(c => c.Value)
            .ThenBy(c => c.Key.Agent).ThenBy(c => c.Key.Cause).ThenBy(c => c.Key.Server.Value, StringComparer.Ordinal)
            .Select(c => new AgentFigures(masked(c.Key.Agent.Name()), masked(CauseWords.Title(c.Key.Cause)), masked(c.Key.Server.Value), c.Value)),
    ];
}
