using System.Runtime.InteropServices;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>
/// The part of the store with the rejecting replies of SMTP sessions. Each server and direction has a ring of <see cref="Store.MaxReplies"/> ids:
/// the newest reply replaces the oldest, so the number is always bounded and need not be counted. Replies that an earlier version stored, before
/// there were rings, have lower ids.
/// </summary>
sealed class ReplyTables : IDisposable
{
    /// <summary>The first id of the first ring.</summary>
    const long FirstId = 1L << 40;

    /// <summary>Maximum pairs of server and direction; all further pairs share ring 0.</summary>
    const int MaxRings = 2000;

    /// <summary>Rows that one step of a sweep reads.</summary>
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
            INSERT OR REPLACE INTO smtp_refusals (id, session, server, direction, stage, time, cause, status, connector, remote, tls)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """);
        _saveRing = new(connection, """
            INSERT INTO refusal_rings (id, server, direction, next) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET next = excluded.next
            """);
        _below = new(connection, "SELECT id, time, server, direction FROM smtp_refusals WHERE id < ? ORDER BY id DESC LIMIT ?");
        _delete = new(connection, "DELETE FROM smtp_refusals WHERE id = ?");
        var rings = store.Load(
            "SELECT id, server, direction, next FROM refusal_rings",
            r => new Ring(r.GetInt64(0), r.GetString(1), r.GetString(2)) { Next = r.GetInt64(3), Saved = r.GetInt64(3) });
        foreach (var ring in rings)
            _rings[(ring.Server, ring.Direction)] = ring;
    }

    public void Write(string server, RejectingReply reply)
    {
        var ring = RingOf(server, reply.Direction.Name());
        _changed.Add(ring);
        var id = FirstId + (ring.Id * Store.MaxReplies) + (ring.Next % Store.MaxReplies);
        ring.Next++;
        _insert.Give(id).Give(reply.Session).Give(server).Give(ring.Direction).Give(reply.Stage.Name())
            .Give(new DateTimeOffset(reply.Time, TimeSpan.Zero).ToUnixTimeMilliseconds()).Give(reply.Diagnosis.Cause.Name()).Give(reply.Diagnosis.Text)
            .Give(reply.Connector).Give(reply.Remote).Give(reply.Tls.Name()).Run();
    }

    /// <summary>Writes the positions of the rings, before the transaction ends.</summary>
    public void WriteRings()
    {
        foreach (var ring in _changed)
            _saveRing.Give(ring.Id).Give(ring.Server).Give(ring.Direction).Give(ring.Next).Run();
    }

    /// <summary>The transaction was committed, or rolled back and will be retried.</summary>
    public void Ended(bool stored)
    {
        foreach (var ring in _changed)
            if (stored)
                ring.Saved = ring.Next;
            else
                ring.Next = ring.Saved;
        _changed.Clear();
    }

    /// <summary>
    /// Reads all replies in several steps, from the newest to the oldest, and deletes those that are too old. Of replies without a ring, it also
    /// deletes those above <see cref="Store.MaxReplies"/>.
    /// </summary>
    /// <returns>After each step, the number of deleted rows.</returns>
    public IEnumerable<int> Sweep(long before)
    {
        var counts = new Dictionary<(string, string), int>();
        var delete = new List<long>();
        var last = long.MaxValue;
        for (var looked = Part; looked == Part;)
        {
            delete.Clear();
            looked = 0;
            _below.Give(last).Give(Part);
            for (; _below.Step(); looked++)
            {
                last = _below.Number(0);
                var isOld = _below.Number(1) < before;
                if (isOld || (Count(counts) > Store.MaxReplies && last < FirstId))
                    delete.Add(last);
            }

            _below.Reset();
            if (delete.Count > 0)
            {
                using var transaction = _connection.BeginTransaction();
                foreach (var id in delete)
                    _delete.Give(id).Run();
                transaction.Commit();
            }

            yield return delete.Count;
        }
    }

    public void Dispose()
    {
        _insert.Dispose();
        _saveRing.Dispose();
        _below.Dispose();
        _delete.Dispose();
    }

    /// <summary>Counts the current row; returns the number of rows of its server and direction so far.</summary>
    int Count(Dictionary<(string, string), int> counts)
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
        var id = server.Length == 0 ? 0 : _rings.Values.Select(r => r.Id).DefaultIfEmpty(0).Max() + 1;
        return _rings[(server, direction)] = new(id, server, direction);
    }

    sealed class Ring(long id, string server, string direction)
    {
        public long Id => id;

        public string Server => server;

        public string Direction => direction;

        /// <summary>How many replies were written; the next position in the ring is this number modulo the size of the ring.</summary>
        public long Next { get; set; }

        /// <summary>The committed value of <see cref="Next"/>.</summary>
        public long Saved { get; set; }
    }
}
