using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Incidents;

/// <summary>What kind of thing an incident is.</summary>
public enum IncidentKind
{
    /// <summary>Recipients fail or are deferred.</summary>
    Failures,

    /// <summary>A place that always has mail has none.</summary>
    Silence,

    /// <summary>Mail takes much longer than usual.</summary>
    Slow,

    /// <summary>A sender sends much more than ever, and much of it fails: the account may be compromised.</summary>
    Account,

    /// <summary>A <see cref="SignalKind"/> without failures.</summary>
    Signal,
}

/// <summary>How bad an incident is.</summary>
public enum IncidentSeverity
{
    /// <summary>Few recipients, or a cause on the other side that concerns one domain.</summary>
    Minor,

    /// <summary>Many recipients or a considerable share of the traffic.</summary>
    Major,

    /// <summary>A large share of all mail, or a server, connector or database that is down.</summary>
    Critical,
}

/// <summary>How it is known that an incident is over.</summary>
public enum Verified
{
    /// <summary>It is open.</summary>
    No,

    /// <summary>Mail reached the same place over the same way: <see cref="Incident.ProofMessages"/>.</summary>
    Delivered,

    /// <summary>Nothing failed for a time, and nothing was sent there: not verified.</summary>
    Quiet,

    /// <summary>The signal said that it is over.</summary>
    SignalEnded,
}

/// <summary>A name and how many recipients.</summary>
public sealed record NamedCount(string Name, long Recipients);

/// <summary>A moment in the life of an incident.</summary>
/// <param name="Says">What happened, as a short sentence. Addresses are unmasked.</param>
public sealed record IncidentMoment(DateTime At, string Says);

/// <summary>A reply of an incident.</summary>
/// <param name="Words">The reply without what differs from message to message.</param>
/// <param name="Cause">Its cause.</param>
public sealed record IncidentReply(string Words, Cause Cause, string? Sub, long Recipients);

/// <summary>
/// One outage from its first failure to its recovery: failures of one cause at one place. Times are UTC and from the logs. Addresses are unmasked, as in
/// the log: what shows them masks them.
/// </summary>
public sealed record Incident
{
    /// <summary>12 hexadecimal digits from place, kind and first failure: the same logs give the same id.</summary>
    public required string Id { get; init; }

    public required IncidentKind Kind { get; init; }

    /// <summary>The cause of most recipients.</summary>
    public required Cause Cause { get; init; }

    /// <summary>The sub-reason of most recipients of this cause; null where there is none.</summary>
    public string? Sub { get; init; }

    public required Fault Fault { get; init; }

    public required IncidentPlace Place { get; init; }

    /// <summary>For silence and slowness: when it began.</summary>
    public required DateTime FirstFailure { get; init; }

    /// <summary>When there was enough evidence, in the time of the logs.</summary>
    public required DateTime Opened { get; init; }

    public required DateTime LastFailure { get; init; }

    /// <summary>Null while it is open.</summary>
    public DateTime? Closed { get; init; }

    public Verified Verified { get; init; }

    /// <summary>For <see cref="Verified.Delivered"/>: messages that reached the place since <see cref="ProofSince"/>.</summary>
    public long ProofMessages { get; init; }

    /// <summary>When the first message reached the place after the last failure.</summary>
    public DateTime? ProofSince { get; init; }

    /// <summary>The connector of the proof; empty where it is not known.</summary>
    public string ProofConnector { get; init; } = "";

    public required IncidentSeverity Severity { get; init; }

    /// <summary>Messages hit. At most <see cref="MostCounted"/> are told apart; then it is a lower bound.</summary>
    public long Messages { get; init; }

    /// <summary>Recipients hit, each message apart.</summary>
    public long Recipients { get; init; }

    /// <summary>Recipients that were deferred and have no end yet.</summary>
    public long Waiting { get; init; }

    /// <summary>Recipients that will not get the message.</summary>
    public long Failed { get; init; }

    /// <summary>Recipients that got the message late.</summary>
    public long Late { get; init; }

    /// <summary>The share of the mail to the place that was hit while it lasted, 0 to 1; null where it is not known.</summary>
    public double? Share { get; init; }

    /// <summary>How many times it came back after it was closed.</summary>
    public int Relapses { get; init; }

    /// <summary>Probably not our side: clean addresses of ours are deferred by one provider with no rise in our volume.</summary>
    public bool NotUs { get; init; }

    public IReadOnlyList<NamedCount> Domains { get; init; } = [];

    public IReadOnlyList<NamedCount> Senders { get; init; } = [];

    public IReadOnlyList<NamedCount> Servers { get; init; } = [];

    public IReadOnlyList<NamedCount> Connectors { get; init; } = [];

    public IReadOnlyList<NamedCount> Hops { get; init; } = [];

    /// <summary>The most frequent replies.</summary>
    public IReadOnlyList<IncidentReply> Replies { get; init; } = [];

    /// <summary>Signals at the same place while it lasted, and why the place was chosen.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    public IReadOnlyList<IncidentMoment> Timeline { get; init; } = [];

    /// <summary>More messages of one incident are counted as new ones.</summary>
    public const int MostCounted = 1_000_000;
}
