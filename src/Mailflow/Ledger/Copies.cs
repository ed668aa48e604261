using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Tracing;
using Mailflow.Metrics;
using Mailflow.Pipeline;

namespace Mailflow.Ledger;

/// <summary>What is on its way at one server.</summary>
/// <param name="Count">Copies that were received and have no end, at this server or handed over by it to one whose logs are read.</param>
/// <param name="Since">When the oldest of them was received.</param>
/// <param name="Elsewhere">Copies that it handed to servers whose logs are not read: nothing says how they ended.</param>
sealed record CopiesAtServer(string Server, long Count, DateTime? Since, long Elsewhere);

/// <summary>A copy that was lost: no row for longer than any message lives, and no end.</summary>
readonly record struct LostCopy(long Newest, long First, string Server, string NextHop, long File, long Offset);

/// <summary>
/// Which copies of messages are on their way. The result does not depend on the order in which rows are read: an end wins, of the steps the newest.
/// </summary>
/// <remarks>
/// A closed copy is kept as long as an older row of it may still be read: until the floor, a time before all unread rows, has passed it. A row older
/// than the floor opens no copy, because its end may be forgotten. All times are milliseconds since year 1.
/// </remarks>
/// <param name="most">Entries; beyond it the oldest are only counted.</param>
/// <param name="stored">Whether changes are kept for the store.</param>
sealed class Copies(int most, bool stored = true)
{
    /// <summary>
    /// A message that the same server received this often is in a loop. Exchange's connectors reject a message at its 12th or 5th local hop
    /// (Set-ReceiveConnector -MaxLocalHopCount) and at any 60th (-MaxHopCount).
    /// </summary>
    public const int LoopsAt = 5;

    /// <summary>Exchange gives up at the expiry, and its row may come a little later.</summary>
    public static readonly TimeSpan LostAfter = TimeSpan.FromHours(1);

    /// <summary>Lost copies that are listed.</summary>
    public const int MaxLost = 1000;

    /// <summary>Changes whose places are brought into the cache together.</summary>
    public const int Together = 16;

    /// <summary>Open copies by server and next hop.</summary>
    readonly long[][] _open = new long[CopyEntry.MaxName + 1][];

    /// <summary>The oldest row of the open copies by server; 0: none.</summary>
    readonly long[] _oldest = new long[CopyEntry.MaxName + 1];
    readonly HashSet<int> _servers = [];
    readonly Dictionary<string, int> _ids = new(StringComparer.OrdinalIgnoreCase);
    readonly List<ulong> _changed = [];
    readonly SeenKeys _received = new();

    /// <summary>Whether a next hop is a server whose logs are read; true for none.</summary>
    readonly bool[] _followed = new bool[CopyEntry.MaxName + 1];
    (int Servers, int Names) _followedFor;
    bool _oldestMayBeLater;

    public CopyTable Table { get; } = new();

    /// <summary>Names of servers and next hops, by number; 0 is none.</summary>
    public List<string> Names { get; } = [""];

    /// <summary>How many names are stored.</summary>
    public int NamesStored { get; private set; } = 1;

    /// <summary>Keys of entries that are not stored yet, some more than once.</summary>
    public ReadOnlySpan<ulong> Changed => CollectionsMarshal.AsSpan(_changed);

    /// <summary>Lost copies that are not stored yet.</summary>
    public List<LostCopy> Lost { get; } = [];

    /// <summary>Rows older than this open nothing.</summary>
    public long Floor => Table.Floor;

    /// <summary>Open copies without a row since this time were dropped, because there were too many.</summary>
    public long FoldedBefore { get; private set; }

    /// <summary>How many they were.</summary>
    public long Folded { get; private set; }

    /// <summary>Since when copies are followed; 0: since the first row.</summary>
    public long Since { get; set; }

    public bool HasChanges => _changed.Count > 0 || Lost.Count > 0;

    /// <summary>Called with the server for each message that is in a loop.</summary>
    public Action<string>? Looping { get; set; }

    /// <summary>Called with the server for each copy that was lost.</summary>
    public Action<string>? LostAt { get; set; }

    /// <summary>Copies on their way, by server and next hop.</summary>
    public IEnumerable<(string Server, string NextHop, long Count)> Open =>
        from server in Enumerable.Range(0, Names.Count)
        where _open[server] is not null
        from hop in Enumerable.Range(0, _open[server].Length)
        where _open[server][hop] > 0
        select (Names[server], Names[hop], _open[server][hop]);

    /// <summary>Adds what a block says.</summary>
    /// <param name="label">The server, as a label.</param>
    public void Take(RowDelta rows, string label)
    {
        var changes = rows.Tally.Copies;
        if (changes.Count == 0)
            return;
        if (Table.Count + changes.Count > most)
            Fold();
        var server = NameId(label);
        _servers.Add(server);
        Span<int> hops = changes.Hops <= 256 ? stackalloc int[changes.Hops] : new int[changes.Hops];
        for (var i = 1; i < hops.Length; i++)
            hops[i] = NameId(changes.HopName(i));
        Follow();
        for (var all = changes.All; all.Length > 0;)
        {
            var some = all[..Math.Min(Together, all.Length)];
            Table.Touch(some);
            foreach (ref readonly var change in some)
                Take(change, server, hops[change.Hop], (uint)rows.File.Id, rows.Offset + change.Offset);
            all = all[some.Length..];
        }

        var ofServer = changes.Received.Count > 0 ? CopyKey.OfServer(label) : 0;
        foreach (var (key, milliseconds) in changes.Received)
            Receive(CopyKey.Of(key, ofServer), milliseconds, label);
    }

    /// <summary>Only messages that come back have an entry. What was received before a restart is not known: then a loop is found one receipt later.</summary>
    void Receive(ulong key, long time, string label)
    {
        if (!_received.Add(key) || time < Floor)
            return;
        ref var entry = ref Table.FindOrAdd(key, out var isNew);
        if (isNew || entry.IsDead(Floor))
            (entry.Span, entry.File) = (1, 0);
        entry.Set(CopyChange.WhenOf(isNew ? time : Math.Max(entry.Newest, time), false, CopyKind.Received));
        Change(ref entry);
        if (++entry.Span == LoopsAt)
            Looping?.Invoke(label);
    }

    void Take(in CopyChange change, int server, int hop, uint file, long offset)
    {
        var isLate = change.Newest < Floor;
        var isNew = false;
        ref var entry = ref isLate ? ref Table.Find(change.Key) : ref Table.FindOrAdd(change.Key, out isNew);
        if (isLate ? Unsafe.IsNullRef(ref entry) || entry.IsDead(Floor) : isNew || entry.IsDead(Floor))
        {
            if (isLate)
                return;
            entry.Set(change.When);
            entry.Span = change.Span;
            entry.Put(file, offset, server, hop);
            if (change.Kind == CopyKind.Open)
                Count(entry, 1);
        }
        else if (entry.Kind == CopyKind.Open)
        {
            Count(entry, -1);
            var first = Math.Min(entry.First, change.Newest - change.Span);
            if (IsNewer(change, file, offset, entry))
            {
                entry.Set(CopyChange.WithKind(change.When, CopyKind.Open));
                entry.Put(file, offset, server, hop);
            }

            entry.Span = (uint)Math.Min(uint.MaxValue, entry.Newest - first);
            entry.Set(CopyChange.WithKind(entry.When, change.Kind));
            if (change.Kind == CopyKind.Open)
                Count(entry, 1);
        }
        else if (change.Newest > entry.Newest)
        {
            entry.Set(CopyChange.WithKind(change.When, CopyKind.Ended));
        }
        else
        {
            return;
        }

        Change(ref entry);
    }

    static bool IsNewer(in CopyChange change, uint file, long offset, in CopyEntry entry)
    {
        var (time, known) = (CopyChange.WithKind(change.When, CopyKind.Open), CopyChange.WithKind(entry.When, CopyKind.Open));
        return time != known ? time > known : file != entry.File ? file > entry.File : offset > entry.Offset;
    }

    void Change(ref CopyEntry entry)
    {
        if (entry.IsChanged || !stored)
            return;
        entry.IsChanged = true;
        _changed.Add(entry.Key);
    }

    void Count(in CopyEntry entry, int sign)
    {
        var (server, hop) = (entry.Server, entry.Hop);
        ref var counts = ref _open[server];
        if (counts is null || counts.Length <= hop)
            Array.Resize(ref counts, Math.Min(CopyEntry.MaxName + 1, Math.Max(Names.Count + 16, hop + 1)));
        counts[hop] += sign;
        if (!_followed[hop])
            return;
        ref var oldest = ref _oldest[server];
        if (sign < 0)
            _oldestMayBeLater |= entry.First <= oldest;
        else if (oldest == 0 || entry.First < oldest)
            oldest = entry.First;
    }

    /// <summary>Finds out which next hops are servers whose logs are read: their rows will say how a copy ended.</summary>
    void Follow()
    {
        if (_followedFor == (_servers.Count, Names.Count))
            return;
        _followedFor = (_servers.Count, Names.Count);
        for (var hop = 0; hop < Names.Count; hop++)
        {
            var before = _followed[hop];
            _followed[hop] = hop == 0 || _servers.Contains(hop)
                || (_ids.TryGetValue(ShortName(Names[hop]), out var server) && _servers.Contains(server));
            _oldestMayBeLater |= before != _followed[hop];
        }
    }

    static string ShortName(string host) => host.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? host[..dot] : host;

    int NameId(string name)
    {
        if (_ids.TryGetValue(name, out var id))
            return id;
        if (Names.Count == CopyEntry.MaxName)
            return name == Label.Other ? AddName(name) : NameId(Label.Other);
        if (Names.Count > CopyEntry.MaxName)
            return _ids.GetValueOrDefault(Label.Other);
        return AddName(name);
    }

    int AddName(string name)
    {
        var id = Names.Count;
        Names.Add(name);
        _ids[name] = id;
        return id;
    }

    /// <summary>Too many: what is dead is dropped, then the oldest fifth.</summary>
    void Fold()
    {
        for (var part = 0; part < CopyTable.Parts; part++)
            Table.Drop(part, e => e.IsDead(Floor));
        if (Table.Count <= most / 10 * 9)
            return;
        var times = new List<long>();
        // Each part is a random sample.
        foreach (ref var entry in Table.Part(0))
            if (entry.Key != 0)
                times.Add(entry.Newest);
        for (var part = 1; part < CopyTable.Parts && times.Count < 4096; part++)
            foreach (ref var entry in Table.Part(part))
                if (entry.Key != 0)
                    times.Add(entry.Newest);
        times.Sort();
        FoldedBefore = Table.Floor = Math.Max(Floor, times[times.Count / 5] + 1);
        for (var part = 0; part < CopyTable.Parts; part++)
        {
            foreach (ref var entry in Table.Part(part))
                if (entry.Key != 0 && entry.Kind == CopyKind.Open && entry.Newest < FoldedBefore)
                {
                    Count(entry, -1);
                    Folded++;
                }

            Table.Drop(part, e => e.Newest < FoldedBefore);
        }
    }

    /// <summary>All rows before this time are read.</summary>
    public void Raise(long floor) => Table.Floor = Math.Max(Floor, floor);

    /// <summary>Finds the oldest copy of each server, and counts copies without a row since a time as lost.</summary>
    /// <param name="lostBefore">The time; 0: none are.</param>
    public void Survey(long lostBefore = 0)
    {
        Follow();
        Array.Clear(_oldest);
        _oldestMayBeLater = false;
        for (var part = 0; part < CopyTable.Parts; part++)
        {
            var lost = false;
            foreach (ref var entry in Table.Part(part))
            {
                if (entry.Key == 0 || entry.Kind != CopyKind.Open)
                    continue;
                ref var oldest = ref _oldest[entry.Server];
                if (entry.Newest < lostBefore)
                {
                    lost = true;
                    Lose(entry);
                }
                else if (_followed[entry.Hop] && (oldest == 0 || entry.First < oldest))
                {
                    oldest = entry.First;
                }
            }

            if (lost)
                Table.Drop(part, e => e.Kind == CopyKind.Open && e.Newest < lostBefore);
        }
    }

    void Lose(in CopyEntry entry)
    {
        _open[entry.Server][entry.Hop]--;
        if (stored)
            _changed.Add(entry.Key);
        // Nothing is known about a copy at a server whose logs are not read.
        if (!_followed[entry.Hop])
            return;
        LostAt?.Invoke(Names[entry.Server]);
        Lost.Add(new(entry.Newest, entry.First, Names[entry.Server], Names[entry.Hop], entry.File, entry.Offset));
        if (Lost.Count > 2 * MaxLost)
            Lost.RemoveRange(0, MaxLost);
    }

    /// <summary>Whether <see cref="Survey"/> would change the oldest copies.</summary>
    public bool NeedsSurvey => _oldestMayBeLater;

    /// <summary>What is on its way at each server that wrote rows.</summary>
    public ImmutableArray<CopiesAtServer> ByServer()
    {
        Follow();
        return [.. _servers.Select(At).OrderBy(s => s.Server, StringComparer.Ordinal)];
    }

    CopiesAtServer At(int server)
    {
        var (here, elsewhere) = (0L, 0L);
        for (var hop = 0; hop < (_open[server]?.Length ?? 0); hop++)
            if (_followed[hop])
                here += _open[server][hop];
            else
                elsewhere += _open[server][hop];
        return new(Names[server], here, here > 0 && _oldest[server] > 0 ? TimeOf(_oldest[server]) : null, elsewhere);
    }

    public static DateTime TimeOf(long milliseconds) => new(milliseconds * TimeSpan.TicksPerMillisecond, DateTimeKind.Utc);

    public static long MillisecondsOf(DateTime time) => time.Ticks / TimeSpan.TicksPerMillisecond;

    /// <summary>Called after the commit.</summary>
    public void Stored()
    {
        _changed.Clear();
        Lost.Clear();
        NamesStored = Names.Count;
    }

    /// <summary>Begins again without any entry: copies are followed from this time on.</summary>
    public void Restart(long since)
    {
        for (var part = 0; part < CopyTable.Parts; part++)
            Table.Drop(part, _ => true);
        Names.RemoveRange(1, Names.Count - 1);
        _ids.Clear();
        NamesStored = 1;
        (FoldedBefore, Folded) = (0, 0);
        Since = Table.Floor = since;
    }

    /// <summary>Restores a stored name.</summary>
    public void LoadName(string name)
    {
        AddName(name);
        NamesStored = Names.Count;
    }

    /// <summary>Restores what was folded.</summary>
    public void Load(long floor, long foldedBefore, long folded)
    {
        Table.Floor = Math.Max(Floor, floor);
        (FoldedBefore, Folded) = (Math.Max(FoldedBefore, foldedBefore), Math.Max(Folded, folded));
    }

    /// <summary>Called when everything is loaded: drops what is dead or folded, and counts.</summary>
    public void Loaded(IEnumerable<string> servers)
    {
        foreach (var server in servers)
            _servers.Add(NameId(server));
        Follow();
        for (var part = 0; part < CopyTable.Parts; part++)
        {
            Table.Drop(part, e => e.IsDead(Math.Max(Floor, 1)) || e.Newest < FoldedBefore);
            foreach (ref var entry in Table.Part(part))
                if (entry.Key != 0 && entry.Kind == CopyKind.Open)
                {
                    _servers.Add(entry.Server);
                    Count(entry, 1);
                }
        }

        Survey();
    }
}
