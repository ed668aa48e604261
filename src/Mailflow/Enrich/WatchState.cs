namespace Mailflow.Enrich;

/// <summary>The current results of the watch.</summary>
/// <param name="Round">The last round; null before the first, and where nothing is watched.</param>
/// <param name="LastSuccess">When each kind of check last had a definite result.</param>
/// <param name="ListErrors">Queries to each list without a usable answer, since the start.</param>
sealed record WatchState(WatchRound? Round, IReadOnlyDictionary<string, DateTimeOffset> LastSuccess, IReadOnlyDictionary<string, long> ListErrors)
{
    public static WatchState Nothing { get; } = new(
        null, new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal), new Dictionary<string, long>(StringComparer.Ordinal));

    /// <summary>The kinds of checks, as in labels.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["resolver", "address", "domain", "host"];
}
