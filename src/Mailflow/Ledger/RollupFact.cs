using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;

namespace Mailflow.Ledger;

/// <summary>What a number of the history counts.</summary>
enum RollupKind
{
    /// <summary>Recipients by <see cref="Outcome"/>, which is the first number of a fact.</summary>
    Outcome,

    /// <summary>Failed recipients by <see cref="Cause"/> and <see cref="Fault"/>.</summary>
    Failure,

    /// <summary>Deferred recipients by <see cref="Cause"/> and <see cref="Fault"/>.</summary>
    Deferral,

    /// <summary>Rows by <see cref="Outcome"/> (delivered, sent) and bucket of <see cref="TimeCounts"/>.</summary>
    Time,

    /// <summary>The deepest that all queues of the server were together, in messages; a largest value, not a sum.</summary>
    Queue,
}

/// <summary>What is counted at one connector; it is empty for rows that name none. For queues of all servers together it is the server.</summary>
readonly record struct RollupFact(string Connector, RollupKind Kind, int A, int B)
{
    /// <summary>Adds a value to what is there.</summary>
    public long Join(long before, long value) => Kind == RollupKind.Queue ? Math.Max(before, value) : before + value;
}

/// <summary>A quarter of an hour, since 1970, and a server; an empty server is the sum of all.</summary>
readonly record struct RollupPlace(long Quarter, string Server);
