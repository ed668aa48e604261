using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>The data of a failure that a DNS query about it needs.</summary>
/// <param name="SubReason">The kind of the cause; for blocklisted, mostly the zone of the list. Empty if it is not known.</param>
sealed record Unasked(long Id, DateTimeOffset Time, Cause Cause, string SubReason, string Domain, string Sender, string Status, string RemoteAddress);

/// <summary>Events without a query so far, in order. One instance, used by one thread at a time.</summary>
sealed class Unanswered : IDisposable
{
    /// <summary>The name of this position in the table of the sinks' cursors; no sink can have this name.</summary>
    public const string Cursor = "(answers)";

    readonly SqliteConnection _reader;
    readonly SqliteCommand _read;

    public Unanswered(Store store)
    {
        _reader = store.OpenReader();
        _read = _reader.CreateCommand();
        _read.CommandText = "SELECT id, time, cause, reason, domain, sender, status, remote_address FROM events WHERE id > $after ORDER BY id LIMIT $count";
        _read.Parameters.Add(new SqliteParameter { ParameterName = "$after" });
        _read.Parameters.Add(new SqliteParameter { ParameterName = "$count" });
        using var start = _reader.CreateCommand();
        start.CommandText = "SELECT coalesce((SELECT last_id FROM cursors WHERE sink = $cursor), (SELECT min(id) - 1 FROM events), 0)";
        start.Parameters.AddWithValue("$cursor", Cursor);
        Last = (long)start.ExecuteScalar()!;
    }

    /// <summary>The last event that was read.</summary>
    public long Last { get; private set; }

    public List<Unasked> Read(int count)
    {
        _read.Parameters[0].Value = Last;
        _read.Parameters[1].Value = count;
        var events = new List<Unasked>();
        using (var row = _read.ExecuteReader())
            while (row.Read())
                events.Add(new(
                    row.GetInt64(0),
                    DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)),
                    CauseTable.TryParse(row.GetString(2), out var cause) ? cause : Cause.Unknown,
                    KindOf(row.GetString(3)),
                    row.Kept(4, KeptText.Address),
                    row.Kept(5, KeptText.Address),
                    row.Kept(6, KeptText.Status),
                    row.GetString(7)));
        Last = events.Count > 0 ? events[^1].Id : Last;
        return events;
    }

    /// <summary>The kind in a <see cref="Reason"/>: the text after the first slash.</summary>
    static string KindOf(string reason)
    {
        var slash = reason.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? "" : reason[(slash + 1)..];
    }

    public void Dispose()
    {
        _read.Dispose();
        _reader.Dispose();
    }
}
