using System.Collections.Concurrent;
using Mailflow.Analysis.Tracing;
using Mailflow.Ledger;
using Microsoft.Data.Sqlite;

namespace Mailflow.Trace;

/// <summary>
/// The newest rows of messages on their way, as the store lists them: reading these rows finds the messages. They are rare, so a search without the list
/// reads all logs.
/// </summary>
sealed class ListedRows
{
    /// <summary>More are too many for a list.</summary>
    const int Most = 500_000;

    readonly ILookup<long, OpenCopy> _ofFile;
    readonly HashSet<(long File, long Offset)> _places;
    readonly ConcurrentDictionary<string, long> _files = new(StringComparer.Ordinal);

    ListedRows(IEnumerable<OpenCopy> copies)
    {
        var rows = copies.DistinctBy(c => (c.File, c.Offset)).ToList();
        _places = [.. rows.Select(c => (c.File, c.Offset))];
        _ofFile = rows.ToLookup(c => c.File);
    }

    /// <summary>
    /// The rows that answer a query; null where the index or a search does: an id, an address or a domain is found faster by the index.
    /// The server of a query is where the messages are.
    /// </summary>
    public static ListedRows? Of(SqliteConnection reader, TraceQuery query, TraceNotes notes)
    {
        if (query.Outcome is not (Fate.Pending or Fate.Deferred) || query.Probes is not null)
            return null;
        try
        {
            var page = OpenCopies.Read(reader, query.Server, take: Most);
            if (page.All > page.Copies.Count)
                notes.Add(FormattableString.Invariant($"{page.All:N0} recipients are on their way: only the {Most:N0} oldest are listed."));
            return new(page.Copies);
        }
        catch (Exception e) when (e is StoreException or SqliteException)
        {
            notes.Remark($"The list of messages on their way cannot be read ({e.Message.TrimEnd('.')}): all logs were searched for them.");
            return null;
        }
    }

    /// <summary>Whether a row is one of these. Its file was planned before.</summary>
    public bool Has(TraceRow row) => _files.TryGetValue(row.File, out var file) && _places.Contains((file, row.Offset));

    /// <summary>The parts with these rows: a part for each.</summary>
    public Func<TraceRoot, IEnumerable<TracePart>> Plan(TraceQuery query, TraceNotes notes) =>
        root => root.Files(notes).SelectMany(f => Parts(f, query));

    IEnumerable<TracePart> Parts(TraceFile file, TraceQuery query)
    {
        if (file.Known is not { } known || !_ofFile.Contains(known.Id))
            return [];
        _files[file.Path] = known.Id;
        // Where the columns changed inside of the file, only reading from its start tells them.
        if (known.HeaderOffset != 0)
            return [TraceFiles.All(file, query)];
        return _ofFile[known.Id].Where(c => query.Until is not { } until || c.Newest < until)
            .Select(c => new TracePart(file, c.Offset, known.Offset, c.Newest.AddMilliseconds(1)) { IsRow = true });
    }
}
