namespace Mailflow.Enrich;

/// <summary>What the standing watch knows now.</summary>
/// <param name="Round">The last round; null before the first, and where nothing is watched.</param>
/// <param name="LastSuccess">When each kind of check last came to know something.</param>
/// <param name="ListErrors">Questions to each list that came to nothing, since the start.</param>
sealed record WatchState(WatchRound? Round, IReadOnlyDictionary<string, DateTimeOffset> LastSuccess, IReadOnlyDictionary<string, long> ListErrors)
{
    public static WatchState Nothing { get; } = new(null, new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal), new Dictionary<string, long>(StringComparer.Ordinal));

    /// <summary>The kinds of checks, as labels have them.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["resolver", "address", "domain", "host"];
}
