namespace Mailflow.Exposition;

/// <summary>What was searched for.</summary>
readonly record struct SearchKind(string Value);

/// <summary>How a search ended.</summary>
readonly record struct SearchResult(string Value);

/// <summary>Searches of messages since the start of the process: who reads the mail of others must be seen.</summary>
sealed class SearchCounts
{
    /// <summary>What can be searched for; `message` is the page of one message, `filters` a list without a text.</summary>
    public static readonly string[] Kinds = ["address", "domain", "message-id", "network-message-id", "ip", "words", "filters", "message"];

    /// <summary>`busy`: refused, because too many searches ran. `refused`: the search was not understood.</summary>
    public static readonly string[] Results = ["found", "nothing", "incomplete", "busy", "refused", "failed"];

    readonly long[] _counts = new long[Kinds.Length * Results.Length];

    public void Add(string kind, string result) => Interlocked.Increment(ref _counts[Place(kind, result)]);

    public IEnumerable<(string Kind, string Result, long Times)> All =>
        from kind in Kinds
        from result in Results
        select (kind, result, Interlocked.Read(ref _counts[Place(kind, result)]));

    static int Place(string kind, string result) => (Array.IndexOf(Kinds, kind) * Results.Length) + Array.IndexOf(Results, result);
}
