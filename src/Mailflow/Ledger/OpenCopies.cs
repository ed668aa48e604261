using Mailflow.Analysis.Messages;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>A copy of a message that is on its way.</summary>
/// <param name="Received">The time of its oldest row.</param>
/// <param name="Newest">The time of its newest row.</param>
/// <param name="Server">The server that wrote the newest row.</param>
/// <param name="NextHop">The server that it was handed over to; empty where it was not.</param>
/// <param name="File">The number of the file with the newest row, as in the table of files.</param>
/// <param name="Offset">Where that row starts. It may name other recipients, too.</param>
sealed record OpenCopy(DateTime Received, DateTime Newest, string Server, string NextHop, long File, long Offset);

/// <summary>A page of copies, the oldest first.</summary>
/// <param name="All">How many match on all pages.</param>
sealed record OpenCopyPage(IReadOnlyList<OpenCopy> Copies, long All);

/// <summary>The copies of messages on their way, as of the last commit. It reads the whole state, so it is for pages and commands.</summary>
static class OpenCopies
{
    /// <summary>Reads a page from the store.</summary>
    /// <param name="reader">A connection of its own, without a transaction.</param>
    /// <param name="server">The server; null: all.</param>
    /// <param name="nextHop">The next hop, empty for none; null: all.</param>
    /// <param name="skip">How many to skip.</param>
    /// <param name="take">How many to return at most.</param>
    public static OpenCopyPage Read(SqliteConnection reader, string? server = null, string? nextHop = null, int skip = 0, int take = 50)
    {
        var copies = Load(reader);
        var (least, all) = (new PriorityQueue<OpenCopy, long>(), 0L);
        var (serverIds, hopIds) = (Matching(copies.Names, server), Matching(copies.Names, nextHop));
        for (var part = 0; part < CopyTable.Parts; part++)
            foreach (ref var entry in copies.Table.Part(part))
            {
                if (entry.Key == 0 || entry.Kind != CopyKind.Open || !serverIds[entry.Server] || !hopIds[entry.Hop])
                    continue;
                all++;
                if (least.Count == (long)skip + take && least.TryPeek(out _, out var last) && -last <= entry.First)
                    continue;
                least.Enqueue(
                    new(
                        Copies.TimeOf(entry.First), Copies.TimeOf(entry.Newest), copies.Names[entry.Server], copies.Names[entry.Hop], entry.File,
                        entry.Offset),
                    -entry.First);
                if (least.Count > (long)skip + take)
                    least.Dequeue();
            }

        return new(
            [
                .. least.UnorderedItems.Select(i => i.Element).OrderBy(c => c.Received).ThenBy(c => c.File).ThenBy(c => c.Offset).Skip(skip).Take(take),
            ],
            all);
    }

    /// <summary>How many are on their way, by server and next hop, the most first.</summary>
    public static IReadOnlyList<(string Server, string NextHop, long Count)> Count(SqliteConnection reader) =>
        [.. Load(reader).Open.OrderByDescending(o => o.Count).ThenBy(o => o.Server, StringComparer.Ordinal).ThenBy(o => o.NextHop, StringComparer.Ordinal)];

    /// <summary>The newest lost copies, the newest first.</summary>
    public static IReadOnlyList<OpenCopy> Lost(SqliteConnection reader)
    {
        using var lost = new Statement(reader, """SELECT first, newest, server, next_hop, file, "offset" FROM lost_copies ORDER BY id DESC""");
        var copies = new List<OpenCopy>();
        while (lost.Step())
            copies.Add(new(Copies.TimeOf(lost.Number(0)), Copies.TimeOf(lost.Number(1)), lost.Text(2), lost.Text(3), lost.Number(4), lost.Number(5)));
        return copies;
    }

    /// <exception cref="StoreException">The state is damaged: the next start of <c>run</c> begins a new one.</exception>
    static Copies Load(SqliteConnection reader)
    {
        var copies = new Copies(int.MaxValue);
        // One moment for all tables.
        using (reader.BeginTransaction(deferred: true))
            if (CopyTables.Load(reader, copies) is { } fault)
                throw StoreException.Corrupt(reader.DataSource, fault);
        copies.Loaded([]);
        return copies;
    }

    static bool[] Matching(List<string> names, string? name) =>
        [.. names.Select(n => name is null || n.Equals(name, StringComparison.OrdinalIgnoreCase))];
}
