using System.Runtime.InteropServices;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>
/// The part of the store that holds what SMTP sessions were refused. Each server and direction has a ring of <see cref="Store.MaxReplies"/> ids: the newest takes the place of the
/// oldest, so that the bound holds at each moment and nothing needs to be counted. Refusals of a store from before the rings have lower ids.
/// </summary>
sealed class ReplyTables : IDisposable
{
    /// <summary>The first id of the first ring.</summary>
    const long FirstId = 1L << 40;

    /// <summary>Beyond so many servers and directions, the rest share ring 0.</summary>
    const int MaxRings = 2000;

    /// <summary>Rows that one part of a sweep looks at.</summary>
    public const int Part = 2000;

    readonly SqliteConnection _connection;
    readonly Statement _insert;
    readonly Statement _saveRing;
    readonly Statement _below;
    readonly Statement _delete;
    readonly Dictionary<(string Server, string Direction), Ring> _rings = [];
    readonly HashSet<Ring> _changed = [];

    public ReplyTables(Store store, SqliteConnection connection)
    {
        _connection = connection;
        _insert = new(connection, """
            INSERT OR REPLACE INTO smtp_refusals (id, session, server, direction, stage, time, cause, status, connector, remote, tls) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """);
        _saveRing = new(connection, "INSERT INTO refusal_rings (id, server, direction, next) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET next = excluded.next");
        _below = new(connection, "SELECT id, time, server, direction FROM smtp_refusals WHERE id < ? ORDER BY id DESC LIMIT ?");
        _delete = new(connection, "DELETE FROM smtp_refusals WHERE id = ?");
        foreach (var ring in store.Load("SELECT id, server, direction, next FROM refusal_rings", r => new Ring(r.GetInt64(0), r.GetString(1), r.GetString(2)) { Next = r.GetInt64(3), Saved = r.GetInt64(3) }))
            _rings[(ring.Server, ring.Direction)] = ring;
    }

    public void Write(string server, RejectingReply refusal)
    {
        var ring = RingOf(server, refusal.Direction.Name());
        _changed.Add(ring);
        _insert.Give(FirstId + (ring.Id * Store.MaxReplies) + (ring.Next++ % Store.MaxReplies)).Give(refusal.Session).Give(server).Give(ring.Direction).Give(refusal.Stage.Name())
            .Give(new DateTimeOffset(refusal.Time, TimeSpan.Zero).ToUnixTimeMilliseconds()).Give(refusal.Diagnosis.Cause.Name()).Give(refusal.Diagnosis.Text)
            .Give(refusal.Connector).Give(refusal.Remote).Give(refusal.Tls.Name()).Run();
    }

    /// <summary>Writes how far the rings are, before the transaction ends.</summary>
    public void WriteRings()
    {
        foreach (var ring in _changed)
            _saveRing.Give(ring.Id).Give(ring.Server).Give(ring.Direction).Give(ring.Next).Run();
    }

    /// <summary>The transaction is in the store, or it is taken back and will be tried again.</summary>
    public void Ended(bool stored)
    {
        foreach (var ring in _changed)
            if (stored)
                ring.Saved = ring.Next;
            else
                ring.Next = ring.Saved;
        _changed.Clear();
    }

    /// <summary>Looks through all refusals, a part at a time from the newest to the oldest, and deletes what is too old, and of those from before the rings what is too much.</summary>
    /// <returns>After each part, how many rows it deleted.</returns>
    public IEnumerable<int> Sweep(long before)
    {
        var counts = new Dictionary<(string, string), int>();
        var (go, last) = (new List<long>(), long.MaxValue);
        for (var looked = Part; looked == Part;)
        {
            go.Clear();
            looked = 0;
            _below.Give(last).Give(Part);
            for (; _below.Step(); looked++)
            {
                last = _below.Number(0);
                if (_below.Number(1) < before || (CountOf(counts) is var count && count > Store.MaxReplies && last < FirstId))
                    go.Add(last);
            }

            _below.Reset();
            if (go.Count > 0)
            {
                using var transaction = _connection.BeginTransaction();
                foreach (var id in go)
                    _delete.Give(id).Run();
                transaction.Commit();
            }

            yield return go.Count;
        }
    }

    public void Dispose()
    {
        _insert.Dispose();
        _saveRing.Dispose();
        _below.Dispose();
        _delete.Dispose();
    }

    int CountOf(Dictionary<(string, string), int> counts)
    {
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, (_below.Text(2), _below.Text(3)), out _);
        return ++count;
    }

    Ring RingOf(string server, string direction)
    {
        if (_rings.TryGetValue((server, direction), out var ring))
            return ring;
        if (_rings.Count >= MaxRings)
            (server, direction) = ("", "");
        if (_rings.TryGetValue((server, direction), out ring))
            return ring;
        return _rings[(server, direction)] = new(server.Length == 0 ? 0 : _rings.Values.Select(r => r.Id).DefaultIfEmpty(0).Max() + 1, server, direction);
    }

    sealed class Ring(long id, string server, string direction)
    {
        public long Id => id;

        public string Server => server;

        public string Direction => direction;

        /// <summary>How many were written; the place of the next in the ring is what is left by its length.</summary>
        public long Next { get; set; }

        public long Saved { get; set; }
    }
}
