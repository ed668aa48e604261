
namespace Mailflow.Analysis.Tracing;

/// <summary>
/// Collects what the rows of one message say about each recipient. The result does not depend on clocks: rows of one server are compared by time, rows of
/// different servers by what they say. An end wins over a step wherever it is; where there is no end, the recipient is on the server that did not hand it on.
/// </summary>
sealed class Fates(Hops hops, Judgements judgements)
{
    readonly Dictionary<string, Recipient> _places = new(StringComparer.OrdinalIgnoreCase);
    readonly List<Recipient> _all = [];

    /// <summary>Adds a row; rows come in the order of time.</summary>
    public void Add(RoledRow roled)
    {
        var (row, role, _) = roled;
        if (role.Place == Place.Shadow)
            return;
        switch (row.Event)
        {
            case "EXPAND" or "DUPLICATEEXPAND" or "RESOLVE" when row.Related.Length > 0:
                Replace(roled, Find(row.Related), row.Recipients.Select(r => r.Address));
                break;
            // Here the recipient is the address before, and the related one the address after: a mailbox that forwards and keeps a copy has a row
            // in which both are the same.
            case "REDIRECT" or "DUPLICATEREDIRECT" when row.Related.Length > 0:
                foreach (var before in row.Recipients)
                {
                    Find(before.Address).KeepsCopy |= before.Address.Equals(row.Related, StringComparison.OrdinalIgnoreCase);
                    Replace(roled, Find(before.Address), [row.Related]);
                }

                Find(row.Related).Add(roled, 0);
                return;
        }

        for (var i = 0; i < row.Recipients.Count; i++)
            if (row.Recipients[i].Address.Length > 0)
                Find(row.Recipients[i].Address).Add(roled with { Role = role.For(row, i) }, i);
    }

    /// <summary>The fates, in the order in which the rows first name the recipients.</summary>
    /// <param name="first">The right time of the first row.</param>
    public IReadOnlyList<RecipientFate> All(DateTime first)
    {
        var fates = new RecipientFate[_all.Count];
        for (var i = 0; i < fates.Length; i++)
            fates[i] = Of(_all[i], first);
        return fates;
    }

    Recipient Find(string address)
    {
        if (!_places.TryGetValue(address, out var recipient))
        {
            _places.Add(address, recipient = new(address));
            _all.Add(recipient);
        }

        return recipient;
    }

    /// <summary>An address that the directory has in the same form replaces nothing; a group may have no members.</summary>
    static void Replace(RoledRow roled, Recipient before, IEnumerable<string> after)
    {
        var others = after.Where(a => !a.Equals(before.Address, StringComparison.OrdinalIgnoreCase)).ToList();
        if (others.Count == 0 && roled.Row.Recipients.Count > 0)
            return;
        before.Replacing ??= roled;
        before.Became ??= new(StringComparer.OrdinalIgnoreCase);
        foreach (var address in others)
            before.Became.TryAdd(address, true);
    }

    RecipientFate Of(Recipient recipient, DateTime first)
    {
        var (deciding, fate, reply) = recipient.End is { } end ? (end.Roled, end.Role.End, ReplyOf(end))
            : recipient is { Replacing: { } replacing, KeepsCopy: false } ? (replacing, Fate.Replaced, "")
            : recipient.Where(hops) is not { } where ? ((RoledRow?)null, Fate.Pending, "")
            : where.Role.Place == Place.Delayed ? (where.Roled, Fate.Deferred, ReplyOf(where))
            : (where.Roled, Fate.Pending, "");
        var row = deciding?.Row;
        var judged = reply.Length == 0 && recipient.End is { } silent ? silent.Role.Reply : reply;
        return new(
            recipient.Address, fate, row?.Time, row?.Server ?? "", row is null ? "" : NextHop(row, fate), reply,
            fate is Fate.Failed or Fate.Deferred ? judgements.Of(judged, row!) : null, recipient.Became is null ? [] : [.. recipient.Became.Keys])
        {
            Took = deciding is { Time: var at } ? at > first ? at - first : TimeSpan.Zero : null,
            Until = fate == Fate.Deferred ? StepFacts.NextTry(row!) : null,
            By = fate is Fate.Dropped or Fate.Failed ? StepFacts.AgentOf(row!) : "",
            Awaits = fate == Fate.Pending && row?.Event == "INITMESSAGECREATED",
        };
    }

    static string NextHop(TraceRow row, Fate fate) => fate switch
    {
        Fate.Sent => row.Remote.ToString(),
        Fate.Pending when row.Event is "SEND" or "SENDEXTERNAL" or "SUBMIT" => row.Remote.ToString(),
        Fate.Deferred or Fate.Failed when row.Source is "SMTP" && !TrackedHop.Same(row.Remote.Name, row.Server) => row.Remote.ToString(),
        _ => "",
    };

    /// <summary>For a sent message the reply to the whole message, which has the remote server's number of it; else the state of the recipient.</summary>
    static string ReplyOf(Fact fact)
    {
        var status = fact.Row.Recipients.Count > fact.Index ? fact.Row.Recipients[fact.Index].Status : "";
        return fact.Role.End switch
        {
            Fate.Sent => TrackedHop.ReplyIn(fact.Row.Context) is { Length: > 0 } reply ? reply : status,
            Fate.Delivered => "",
            _ when status.Length > 0 => status,
            Fate.Failed => fact.Role.Reply.Length > 0 ? "" : fact.Row.Context,
            Fate.Dropped => "",
            _ => fact.Row.Context,
        };
    }

    /// <summary>What one row says about one recipient.</summary>
    /// <param name="Index">Its place in the row's list.</param>
    internal readonly record struct Fact(RoledRow Roled, int Index)
    {
        public TraceRow Row => Roled.Row;

        public RowRole Role => Roled.Role;
    }

    sealed class Recipient(string address)
    {
        /// <summary>The last fact of each server.</summary>
        readonly List<Fact> _last = new(2);
        List<TraceRow>? _received;
        string? _tookOver;
        Fact? _note;

        public string Address => address;

        public Fact? End { get; private set; }

        public RoledRow? Replacing { get; set; }

        public bool KeepsCopy { get; set; }

        public OrderedDictionary<string, bool>? Became { get; set; }

        public void Add(RoledRow roled, int index)
        {
            var fact = new Fact(roled, index);
            var (row, role, _) = roled;
            if (role.Place == Place.Ends)
            {
                if (End is not { } end || (role.End, role.Rank).CompareTo((end.Role.End, end.Role.Rank)) > 0)
                    End = fact;
            }
            else if (role.Place == Place.Note)
            {
                _note = fact;
            }
            else
            {
                var place = _last.FindIndex(l => l.Row.Server.Equals(row.Server, StringComparison.OrdinalIgnoreCase));
                if (place < 0)
                    _last.Add(fact);
                else
                    _last[place] = fact;
                if (row.Event == "RECEIVE" && row.Client.Name.Length > 0)
                    (_received ??= []).Add(row);
                else if (row is { Event: "RESUBMIT", Source: not "AGENT" })
                    _tookOver = row.Server;
            }
        }

        /// <summary>
        /// Where it is: on a server that did not hand it on and from which no other server received it. After a failover that is the server that took
        /// over. If all handed it on, it is on its way to the one that has no row.
        /// </summary>
        public Fact? Where(Hops hops)
        {
            if (_last.Count <= 1)
                return _last.Count == 1 ? _last[0] : _note;
            return _last
                .OrderByDescending(f => f.Role.Place != Place.Leaves)
                .ThenByDescending(f => f.Role.Place == Place.Leaves ? !hops.Wrote(f.Row.Remote.Name) : !WentOn(f.Row.Server))
                .ThenByDescending(f => _tookOver is not null && TrackedHop.Same(f.Row.Server, _tookOver))
                .ThenByDescending(f => f.Roled.Time)
                .ThenBy(f => f.Row.Server, StringComparer.OrdinalIgnoreCase)
                .First();
        }

        bool WentOn(string server) =>
            _received is not null && _received.Exists(r => TrackedHop.Same(r.Client.Name, server) && !TrackedHop.Same(r.Server, server));
    }
}
