namespace Mailflow.Analysis.Tracing;

/// <summary>The servers that wrote the rows of a message, and the ways between them that a receiving row confirms.</summary>
sealed class Hops
{
    readonly HashSet<string> _writers = new(StringComparer.Ordinal);
    readonly HashSet<(string From, string To)> _ways = [];

    public Hops(IReadOnlyList<TraceRow> rows)
    {
        foreach (var row in rows)
        {
            if (row.Server.Length > 0)
                _writers.Add(TrackedHop.ShortName(row.Server));
            if (row.Event == "RECEIVE" && row.Client.Name.Length > 0 && row.Server.Length > 0)
                _ways.Add((TrackedHop.ShortName(row.Client.Name), TrackedHop.ShortName(row.Server)));
        }
    }

    /// <summary>Whether a host has rows.</summary>
    public bool Wrote(string host) => host.Length > 0 && _writers.Contains(TrackedHop.ShortName(host));

    /// <summary>
    /// Whether a server has a row that says that it received the message from another. The name alone is not enough: a host outside may have the
    /// first label of one of ours.
    /// </summary>
    public bool Has(string from, string to) => _ways.Contains((TrackedHop.ShortName(from), TrackedHop.ShortName(to)));
}
