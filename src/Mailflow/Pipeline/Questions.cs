namespace Mailflow.Pipeline;

/// <summary>The queries about a failure, and their possible results: closed sets, because they are labels.</summary>
static class Questions
{
    public const string Dns = "dns";
    public const string Blocklist = "blocklist";
    public const string SenderAuth = "sender-auth";
    public const string Tls = "tls";

    public const string Timeout = "timeout";
    public const string Skipped = "skipped";
    public const string Unknown = "unknown";

    public static IReadOnlyList<(string Question, IReadOnlyList<string> Verdicts)> All { get; } =
    [
        (Dns, ["resolves", "nxdomain", "nodata", "null-mx", "no-address", "disagree", "servfail", "bogus", "refused", "unusable", Timeout, Skipped]),
        (Blocklist, ["listed", "not-listed", Unknown, Timeout, Skipped]),
        (SenderAuth, ["good", "trouble", Unknown, Timeout, Skipped]),
        (Tls, ["required", "optional", Unknown, Timeout, Skipped]),
    ];
}
