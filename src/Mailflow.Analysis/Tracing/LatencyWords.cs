namespace Mailflow.Analysis.Tracing;

/// <summary>The components of Exchange's latency tracker in words.</summary>
static class LatencyWords
{
    /// <summary>By the beginning of the component's name; the first that matches counts.</summary>
    static readonly (string Prefix, string Words)[] Table =
    [
        ("QDE", "waiting in the queue to {domain}"),
        ("QDI", "waiting in the queue to another server"),
        ("QDM", "waiting in the queue to the mailbox"),
        ("QSH", "waiting for the shadow copy"),
        ("QU", "waiting in the Unreachable queue"),
        ("QP", "waiting in the poison queue"),
        ("QS", "waiting in the Submission queue"),
        ("Q", "waiting in a queue"),
        ("DFR", "waiting after a deferral"),
        ("SMSMBX", "storing in the mailbox"),
        ("SDD", "storing in the mailbox"),
        ("SMSC", "connecting to the next server"),
        ("SMS", "sending by SMTP"),
        ("SMR", "receiving by SMTP"),
        ("CAT", "the categorizer: groups, rules and agents"),
        ("MTSS", "submitting from the mailbox"),
        ("SDS", "submitting from the mailbox"),
        ("SA", "submitting from the mailbox"),
        ("ES", "submitting from the mailbox"),
    ];

    /// <param name="row">The row that has the component; the queue is named by its recipients' domain.</param>
    public static string Of(string name, TraceRow row)
    {
        foreach (var (prefix, words) in Table)
            if (name.StartsWith(prefix, StringComparison.Ordinal))
                return words.Replace("{domain}", DomainOf(row), StringComparison.Ordinal);
        return $"other components ({name})";
    }

    static string DomainOf(TraceRow row)
    {
        var domains = row.Recipients.Select(r => r.Address[(r.Address.LastIndexOf('@') + 1)..].ToLowerInvariant())
            .Distinct(StringComparer.Ordinal).Take(2).ToList();
        return domains is [{ Length: > 0 } only] ? only : row.Remote.Name.Length > 0 ? row.Remote.Name : "other organisations";
    }
}
