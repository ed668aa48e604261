using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Incidents;

/// <summary>An incident while it is followed.</summary>
sealed class Outage
{
    /// <summary>The most names in a list.</summary>
    const int Top = 10;

    readonly HashSet<uint> _messages = [];
    readonly List<IncidentMoment> _timeline = [];
    readonly List<string> _evidence = [];

    public Outage(IncidentKind kind, PlaceKey place, string placeName, CauseFamily family, long first, long opened)
    {
        (Kind, Place, Family, First, Last, Opened) = (kind, place, family, first, first, opened);
        var text = string.Create(CultureInfo.InvariantCulture, $"{kind}|{place.Kind}|{placeName}|{first}");
        Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 6));
    }

    public string Id { get; }

    public IncidentKind Kind { get; }

    public PlaceKey Place { get; set; }

    /// <summary>The next hop is a server of ours.</summary>
    public bool IsServer { get; set; }

    public CauseFamily Family { get; set; }

    /// <summary>Only a part of the mail at the place is hit: some domains, or a small share.</summary>
    public bool IsWide { get; set; }

    /// <summary>Seconds since 1970.</summary>
    public long First { get; set; }

    public long Opened { get; }

    public long Last { get; set; }

    public long? Closed { get; private set; }

    public long? Reopened { get; private set; }

    public Verified Verified { get; private set; }

    public int Relapses { get; private set; }

    public List<TroubleCase> Cases { get; } = [];

    public int Messages => _messages.Count;

    public bool Has(uint message) => _messages.Contains(message);

    /// <summary>The domains that are hit.</summary>
    public HashSet<int> Domains { get; } = [];

    /// <summary>Messages that reached the place since the last failure.</summary>
    public long Proof { get; private set; }

    public long ProofSince { get; private set; }

    int _proofConnector;

    /// <summary>Messages that reached the place since the first failure.</summary>
    public long Passed { get; set; }

    /// <summary>For a kind without cases: what was seen.</summary>
    public (Cause Cause, Fault Fault, string Says)? Seen { get; set; }

    public SignalKind? Signal { get; set; }

    public bool NotUs { get; set; }

    public IncidentSeverity Severity { get; set; }

    /// <summary>Changed since the changes were taken.</summary>
    public bool IsChanged { get; set; } = true;

    /// <summary>The recipients when it was last told that it grew.</summary>
    public int Told { get; set; }

    public bool IsOpen => Closed is null;

    public long Age(long now) => now - (Reopened ?? Opened);

    public void Add(TroubleCase trouble)
    {
        trouble.Outage = this;
        Cases.Add(trouble);
        _messages.Add(trouble.First.Message);
        if (trouble.First.Domain != 0)
            Domains.Add(trouble.First.Domain);
        First = Math.Min(First, trouble.Second);
        Failed(trouble.Newest.Second);
    }

    /// <summary>Something failed at this time, for the first time or again.</summary>
    public void Failed(long second)
    {
        IsChanged = true;
        if (second < Last)
            return;
        Last = second;
        if (second >= ProofSince)
            (Proof, ProofSince, _proofConnector) = (0, 0, 0);
    }

    /// <summary>Messages reached the place.</summary>
    public void Succeeded(long second, int messages, int connector)
    {
        Passed += messages;
        if (second < Last)
            return;
        if (Proof == 0)
            (ProofSince, _proofConnector) = (second, connector);
        else if (connector != _proofConnector)
            _proofConnector = 0;
        Proof += messages;
        IsChanged = true;
    }

    /// <summary>The share of the messages since the first failure that failed.</summary>
    public double Share => Messages / Math.Max(1.0, Messages + Passed - Proof);

    public void Close(long second, Verified how)
    {
        (Closed, Verified, IsChanged) = (second, how, true);
        Note(second, how switch
        {
            Verified.Delivered => $"Closed: verified, {Proof} messages got through.",
            Verified.SignalEnded => "Closed: it is over.",
            _ => "Closed: quiet, not verified.",
        });
    }

    /// <summary>Mail got through after it was closed as quiet.</summary>
    public void Verify()
    {
        (Verified, IsChanged) = (Verified.Delivered, true);
        Note(Math.Max(ProofSince, Closed ?? ProofSince), "Verified later: mail got through.");
    }

    public void Reopen(long second)
    {
        (Closed, Verified, Reopened, IsChanged) = (null, Verified.No, second, true);
        Relapses++;
        Note(second, "It failed again: reopened.");
    }

    public void Note(long second, string says)
    {
        if (_timeline.Count < 200)
            _timeline.Add(new(Time(second), says));
    }

    public void AddEvidence(string says)
    {
        if (_evidence.Count < 20 && !_evidence.Contains(says))
            _evidence.Add(says);
        IsChanged = true;
    }

    /// <summary>Takes the cases of another incident, which ends in this one.</summary>
    public void Take(Outage other)
    {
        foreach (var trouble in other.Cases)
            Add(trouble);
        foreach (var says in other._evidence)
            AddEvidence(says);
        Passed += other.Passed;
        other.Cases.Clear();
    }

    public Incident ToIncident(NameList names)
    {
        var (cause, sub, fault) = Judged(names);
        return new()
        {
            Id = Id,
            Kind = Kind,
            Cause = cause,
            Sub = sub,
            Fault = NotUs ? Fault.Theirs : fault,
            Place = new(IsServer ? PlaceKind.Server : Place.Kind, names[Place.Name]),
            FirstFailure = Time(First),
            Opened = Time(Opened),
            LastFailure = Time(Last),
            Closed = Closed is { } closed ? Time(closed) : null,
            Verified = Verified,
            ProofMessages = Proof,
            ProofSince = Proof > 0 ? Time(ProofSince) : null,
            ProofConnector = names[_proofConnector],
            Severity = Severity,
            Messages = Messages,
            Recipients = Cases.Count,
            Waiting = Cases.Count(c => c.IsWaiting),
            Failed = Cases.Count(c => c.Newest.Kind == SightingKind.Failed),
            Late = Cases.Count(c => c.IsDelivered || c.Newest.Kind == SightingKind.Late),
            // Of a wide one, only the mail to the domains that are hit is counted.
            Share = Cases.Count > 0 && Kind != IncidentKind.Account && !IsWide ? Share : null,
            Relapses = Relapses,
            NotUs = NotUs,
            Domains = Tops(names, c => c.First.Domain),
            Senders = Tops(names, c => c.First.Sender),
            Servers = Kind == IncidentKind.Silence && Place.Kind == PlaceKind.Server
                ? [new(names[Place.Name], 0)] : Tops(names, c => c.First.Server),
            Connectors = Tops(names, c => c.First.Connector),
            Hops = Tops(names, c => c.First.Hop),
            Replies = Replies(names),
            Evidence = [.. _evidence],
            Timeline = [.. _timeline],
        };
    }

    (Cause Cause, string? Sub, Fault Fault) Judged(NameList names)
    {
        if (Seen is { } seen)
            return (seen.Cause, null, seen.Fault);
        // What Exchange says when it gives up is not the cause, if the deferrals before name it.
        var judged = Cases.Select(c => c.First.Kind == SightingKind.Deferred && c.Newest.Cause == Cause.MessageExpired ? c.First : c.Newest).ToList();
        if (judged.Count == 0)
            return (Cause.Unknown, null, Fault.Unknown);
        var cause = Most(judged.Select(s => s.Cause), c => c == Cause.Unknown || c == Cause.Greylisted);
        // What refuses an address that is on a list says so in many ways.
        if (Place.Kind == PlaceKind.Egress && cause == Cause.RelayDenied && judged.Count(s => s.Cause == Cause.Blocklisted) * 4 >= judged.Count)
            cause = Cause.Blocklisted;
        var of = judged.Where(s => s.Cause == cause).ToList();
        var sub = Most(of.Select(s => s.Sub), s => s == 0);
        return (cause, sub == 0 ? null : SubAt(cause, names[sub]), FaultAt(Most(of.Select(s => s.Fault), f => f == Fault.Unknown)));
    }

    /// <summary>Where many domains reject the certificate of one server or address of ours, each reply speaks of the other side's.</summary>
    string SubAt(Cause cause, string sub) =>
        IsWide && Place.Kind is PlaceKind.Server or PlaceKind.Egress or PlaceKind.Organization && (cause, sub) is (Cause.TlsFailure, "certificate")
            ? "own-certificate" : sub;

    /// <summary>A server, database or connector of ours is our side, whatever a single reply says.</summary>
    Fault FaultAt(Fault judged) =>
        (IsServer || Place.Kind is PlaceKind.Server or PlaceKind.Database or PlaceKind.Connector or PlaceKind.Egress)
        && judged is Fault.Theirs or Fault.Unknown ? Fault.Ours : judged;

    /// <summary>The most frequent value; one of the last resort only if there is no other with a quarter of its number.</summary>
    static T Most<T>(IEnumerable<T> values, Func<T, bool> isLastResort)
        where T : notnull
    {
        var counts = values.CountBy(v => v).OrderByDescending(p => p.Value).ToList();
        var first = counts[0];
        if (!isLastResort(first.Key))
            return first.Key;
        var other = counts.Find(p => !isLastResort(p.Key) && p.Value * 4 >= first.Value);
        return other.Value > 0 ? other.Key : first.Key;
    }

    List<NamedCount> Tops(NameList names, Func<TroubleCase, int> of) =>
    [
        .. Cases.Select(of).Where(n => n != 0).CountBy(n => n).OrderByDescending(p => p.Value).ThenBy(p => names[p.Key], StringComparer.Ordinal).Take(Top)
            .Select(p => new NamedCount(names[p.Key], p.Value)),
    ];

    List<IncidentReply> Replies(NameList names) =>
    [
        .. Cases.Where(c => c.First.Words != 0).CountBy(c => (c.First.Words, c.First.Cause, c.First.Sub)).OrderByDescending(p => p.Value)
            .ThenBy(p => names[p.Key.Words], StringComparer.Ordinal).Take(5)
            .Select(p => new IncidentReply(names[p.Key.Words], p.Key.Cause, p.Key.Sub == 0 ? null : names[p.Key.Sub], p.Value)),
    ];

    public static DateTime Time(long second) => DateTime.UnixEpoch.AddSeconds(second);
}
