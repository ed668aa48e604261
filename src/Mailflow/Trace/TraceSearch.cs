using System.Text;
using Mailflow.Analysis.Tracing;
using Mailflow.Analysis.Tracing.Index;
using Mailflow.Archives;
using Mailflow.Keep;
using Mailflow.Pipeline;
using Mailflow.Tail;
using Microsoft.Win32.SafeHandles;

namespace Mailflow.Trace;

/// <summary>Says which parts of the logs may have rows of a query.</summary>
/// <param name="probes">A row that matches has all keys of one of these; null: any row may match.</param>
/// <returns>The parts of a root, called on a thread of the root.</returns>
delegate Func<TraceRoot, IEnumerable<TracePart>> TracePlan(TraceQuery query, IReadOnlyList<KeyProbe>? probes);

/// <summary>
/// A search. First the newest rows that match are found, until there are enough messages; then all rows of these messages, because a row about one recipient
/// does not tell the journey.
/// </summary>
/// <param name="plan">Which parts are read: all, or those of an index.</param>
sealed class TraceSearch(
    IReadOnlyList<TraceRoot> roots, TracePlan plan, SearchLimits limits, TimeProvider clock, TraceNotes notes, Func<string, SafeFileHandle>? open = null,
    OpenArchives? archives = null)
{
    /// <summary>Rows that are kept: about 1.5 KB each.</summary>
    const int MaxRows = 500_000;

    /// <summary>Messages whose rows are found at once.</summary>
    const int MaxMessages = 1000;

    /// <summary>Messages that are looked at for their outcome.</summary>
    const int MaxCandidates = 100_000;

    /// <summary>
    /// In a list, rows of a message are looked for this long before and after a row that matches: Exchange gives up after two days unless it was set
    /// otherwise, and then tells the sender. A single message is looked for in all logs.
    /// </summary>
    static readonly TimeSpan Lifetime = TimeSpan.FromDays(3);

    readonly Lock _lock = new();
    readonly OpenArchives _archives = archives ?? new();
    readonly Sweep _sweep = new(limits, clock, notes);
    readonly long _start = clock.GetTimestamp();
    long _bytesRead;
    long _blocksRead;
    int _rowsKept;

    /// <summary>Searches.</summary>
    /// <param name="limit">The most messages.</param>
    /// <param name="after">The last place of the page before.</param>
    /// <param name="progress">Told the bytes read and the bytes to read.</param>
    /// <param name="listed">The rows to begin with; null: those that match are searched. The message of such a row must have a row that matches.</param>
    public async Task<TraceResult> FindAsync(
        TraceQuery query, int limit, RowPlace? after, IProgress<(long Done, long Total)>? progress, CancellationToken stop, ListedRows? listed = null)
    {
        using var toClose = _archives;
        // The list was made for the server.
        if (listed is not null)
            query = query with { Server = null };
        Func<TraceRow, bool> isWanted = listed is null ? query.MatchesAll : listed.Has;
        var found = new SortedDictionary<RowPlace, Journey>(RowPlace.Order);
        var wanted = query.Outcome is null ? limit : Math.Min(MaxCandidates, 4 * limit);
        for (var before = after; ; wanted = Math.Min(MaxCandidates, 4 * wanted))
        {
            var newest = new NewestMessages(wanted, before);
            var sought = listed is null ? query : new();
            var within = before is { } end && (sought.Until is not { } until || until > end.Time) ? sought with { Until = end.Time.AddTicks(1) } : sought;
            var followed = new Followed();
            await ReadAsync(within, within.Probes, Add, newest.HasEnough, progress, stop, listed is null ? followed : null, listed: listed);
            var messages = newest.Take();
            var more = newest.More;
            foreach (var some in messages.Chunk(MaxMessages))
            {
                foreach (var journey in await JourneysAsync(some, followed, progress, stop))
                    if (journey.Rows.Where(isWanted).Select(RowPlace.Of).OrderDescending(RowPlace.Order).FirstOrDefault() is { File: not null } place
                        && (after is not { } shown || place.IsBefore(shown)) && query.Matches(journey)
                        && (listed is null || journey.Rows.Any(query.MatchesAll)))
                        found.TryAdd(place, journey);
                if (found.Count > limit && some[^1] != messages[^1])
                {
                    more = true;
                    break;
                }
            }

            if (found.Count >= limit || !more || _rowsKept >= MaxRows || _sweep.IsOver)
                return Result([.. found.Reverse()], limit, more);
            before = messages[^1].Newest;

            void Add(List<TraceRow> rows)
            {
                newest.Add(rows.FindAll(row => within.MatchesAll(row) && isWanted(row)));
                if (listed is null)
                    followed.Add(rows, within.MatchesAll);
            }
        }
    }

    TraceResult Result(List<KeyValuePair<RowPlace, Journey>> found, int limit, bool more)
    {
        more |= found.Count > limit;
        if (_rowsKept >= MaxRows)
            notes.Add(
                FormattableString.Invariant($"More than {MaxRows:N0} rows belong to these messages; the others are left out.")
                + " Narrow the search, for example with --since.");
        List<KeyValuePair<RowPlace, Journey>> shown = [.. found.Take(limit)];
        var files = roots.SelectMany(r => r.Listed).ToList();
        return new(
            [.. shown.Select(f => f.Value)], more,
            new(
                files.Sum(f => f.Size), files.Count, files.Sum(f => (f.Size + PartReading.PieceBytes - 1) / PartReading.PieceBytes), _blocksRead, _bytesRead,
                clock.GetElapsedTime(_start)),
            notes.All())
        {
            Remarks = notes.Remarks(),
            Next = more && shown.Count > 0 ? shown[^1].Key : null,
        };
    }

    async Task<IReadOnlyList<Journey>> JourneysAsync(
        FoundMessage[] messages, Followed followed, IProgress<(long Done, long Total)>? progress, CancellationToken stop)
    {
        var rows = messages.SelectMany(m => m.Rows).ToList();
        var ids = messages.SelectMany(m => new[] { m.NetworkId, m.MessageId }).Where(id => id.Length > 0).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (ids.Count > 0)
        {
            var query = new TraceQuery { Messages = ids };
            if (messages.Length > 1)
                query = query with { Since = Earlier(messages.Min(m => m.Oldest)), Until = Later(messages.Max(m => m.Newest.Time)) };
            var (found, isRead) = followed.Of(query);
            Keep(found);
            await ReadAsync(query, messages.Length > 1 ? Probes(messages) : query.Probes, Keep, _ => false, progress, stop, isRead: isRead);
        }

        return Journey.Group(rows);

        void Keep(List<TraceRow> some)
        {
            var room = Math.Max(0, MaxRows - _rowsKept);
            rows.AddRange(some.Take(room));
            _rowsKept += Math.Min(room, some.Count);
        }
    }

    /// <summary>
    /// Two keys of each message, which make false hits of an index rare: with one, 100 messages would have one in each second block, and with the sender,
    /// who writes many messages, in each third. A row with one of two ids is not asked for: Exchange writes both since 2013.
    /// </summary>
    static List<KeyProbe> Probes(FoundMessage[] messages)
    {
        var probes = new List<KeyProbe>();
        foreach (var message in messages)
        {
            var (id, network, sender) = (
                TraceKey.Message(Utf8(message.MessageId)), TraceKey.Network(Utf8(message.NetworkId)), TraceKey.Address(Utf8(message.Sender)));
            probes.Add(id != 0 && network != 0 ? new(network, id) : new(id != 0 ? id : network, sender));
        }

        return probes;

        static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
    }

    async Task ReadAsync(
        TraceQuery query, IReadOnlyList<KeyProbe>? probes, Action<List<TraceRow>> found, Func<DateTime, bool> isEnough,
        IProgress<(long Done, long Total)>? progress, CancellationToken stop, Followed? followed = null, Func<TracePart, bool>? isRead = null,
        ListedRows? listed = null)
    {
        var (done, total) = (0L, 0L);
        var reading = new PartReading(
            query, Opened, notes,
            rows =>
            {
                lock (_lock)
                    found(rows);
            },
            length =>
            {
                Interlocked.Add(ref _bytesRead, length);
                if (length > 0)
                    Interlocked.Increment(ref _blocksRead);
                progress?.Report((Interlocked.Add(ref done, length), Interlocked.Read(ref total)));
            },
            query.IsForText ? followed : null);
        var partsOf = listed?.Plan(query, notes) ?? plan(query, probes);
        await _sweep.RunAsync(
            roots,
            root =>
            {
                List<TracePart> list = [.. partsOf(root).Where(p => isRead?.Invoke(p) != true)];
                Interlocked.Add(ref total, list.Sum(p => p.Length));
                return list;
            },
            reading.Read,
            bound =>
            {
                if (query.Since is { } since && bound < since - TracePart.Skew)
                    return true;
                lock (_lock)
                    return isEnough(bound);
            },
            stop);
    }

    static DateTime Earlier(DateTime time) => time - DateTime.MinValue > Lifetime ? time - Lifetime : DateTime.MinValue;

    static DateTime Later(DateTime time) => DateTime.MaxValue - time > Lifetime ? time + Lifetime : DateTime.MaxValue;

    LogBytes Opened(string path) =>
        path.EndsWith(Keeper.Extension, StringComparison.Ordinal) ? KeptLog.Open(path)
            : ArchivePath.Open(path, _archives) ?? new FileBytes((open ?? FileOpener.Open)(path));
}
