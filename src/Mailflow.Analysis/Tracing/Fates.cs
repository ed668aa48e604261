using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Tracing;

/// <summary>Collects what the rows of one message say about each recipient.</summary>
sealed class Fates
{
    readonly Dictionary<string, int> _places = new(StringComparer.OrdinalIgnoreCase);
    readonly List<RecipientFate> _fates = [];

    /// <summary>THE table of events: what each means for the recipients that its row names. Others say nothing about them.</summary>
    /// <remarks>Microsoft, "Event types in the message tracking log". Shadow copies (HA*) are copies, not the message.</remarks>
    static readonly Dictionary<string, Fate> Meanings = new(StringComparer.Ordinal)
    {
        ["RECEIVE"] = Fate.Pending,
        ["SUBMIT"] = Fate.Pending,
        ["RESUBMIT"] = Fate.Pending,
        ["SEND"] = Fate.Pending,
        ["TRANSFER"] = Fate.Pending,
        ["EXPAND"] = Fate.Pending,
        ["REDIRECT"] = Fate.Pending,
        ["RESOLVE"] = Fate.Pending,
        ["INITMESSAGECREATED"] = Fate.Pending,
        ["MODERATORAPPROVE"] = Fate.Pending,
        ["PROCESS"] = Fate.Pending,
        ["SUPPRESSED"] = Fate.Dropped,
        ["DEFER"] = Fate.Deferred,
        ["SUBMITDEFER"] = Fate.Deferred,
        ["DROP"] = Fate.Dropped,
        ["BADMAIL"] = Fate.Dropped,
        ["POISONMESSAGE"] = Fate.Dropped,
        ["FAIL"] = Fate.Failed,
        ["SUBMITFAIL"] = Fate.Failed,
        ["DELIVERFAIL"] = Fate.Failed,
        ["MODERATORREJECT"] = Fate.Failed,
        ["MODERATIONEXPIRE"] = Fate.Failed,
        ["MODERATORSALLNDR"] = Fate.Failed,
        ["SENDEXTERNAL"] = Fate.Sent,
        ["DELIVER"] = Fate.Delivered,
        ["DUPLICATEDELIVER"] = Fate.Delivered,
    };

    /// <summary>Events that replace an address (related-recipient-address) by the row's recipients.</summary>
    static readonly HashSet<string> Replacing = ["EXPAND", "DUPLICATEEXPAND", "REDIRECT", "DUPLICATEREDIRECT", "RESOLVE"];

    public void Add(TraceRow row)
    {
        var replaces = Replacing.Contains(row.Event) && row.Related.Length > 0;
        if (replaces)
            Replace(row);
        if (!Meanings.TryGetValue(row.Event, out var fate))
            return;
        if (row.Event == "SEND" && TrackedHop.IsOutside(row))
            fate = Fate.Sent;
        foreach (var recipient in row.Recipients)
            if (recipient.Address.Length > 0)
                Add(row, recipient, fate);
    }

    public IReadOnlyList<RecipientFate> All() => _fates;

    void Add(TraceRow row, TraceRecipient recipient, Fate fate)
    {
        var hop = fate == Fate.Sent || (row.Event == "SEND" && fate == Fate.Pending) ? row.Remote.ToString() : "";
        var reply = recipient.Status.Length > 0 ? recipient.Status : fate is Fate.Failed or Fate.Deferred ? row.Context : "";
        var said = new RecipientFate(
            recipient.Address, fate, row.Time, row.Server, hop, reply, fate is Fate.Failed or Fate.Deferred ? Diagnosis.Of(reply) : null, []);
        if (!_places.TryGetValue(recipient.Address, out var place))
        {
            _places.Add(recipient.Address, _fates.Count);
            _fates.Add(said);
            return;
        }

        var known = _fates[place];
        if (Wins(fate, known.Fate))
            _fates[place] = said with { Became = known.Became };
    }

    // Rows come in the order of time: the first end counts; of delays and steps, which come and go, the last.
    static bool Wins(Fate fate, Fate known) =>
        known <= Fate.Deferred ? fate != Fate.Replaced || known <= Fate.Replaced : fate > known;

    void Replace(TraceRow row)
    {
        List<string> became = [.. row.Recipients.Select(r => r.Address).Where(a => !a.Equals(row.Related, StringComparison.OrdinalIgnoreCase))];
        // A mailbox that forwards and keeps a copy stays a recipient.
        if (became.Count == 0)
            return;
        if (!_places.TryGetValue(row.Related, out var place))
        {
            _places.Add(row.Related, place = _fates.Count);
            _fates.Add(new(row.Related, Fate.Replaced, row.Time, row.Server, "", "", null, became));
            return;
        }

        var known = _fates[place];
        var all = known.Became.Union(became, StringComparer.OrdinalIgnoreCase).ToList();
        _fates[place] = known.Fate <= Fate.Replaced
            ? known with { Fate = Fate.Replaced, At = row.Time, Server = row.Server, NextHop = "", Reply = "", Diagnosis = null, Became = all }
            : known with { Became = all };
    }
}
