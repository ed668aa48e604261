using Mailflow.Analysis.Builds;
using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Snapshots;

namespace Mailflow.Analysis.Messages;

/// <summary>The names of outcomes, directions and reasons in labels, events and reports, allocated once.</summary>
public static class Names
{
    static readonly string[] Outcomes = KebabCase.NamesOf<Outcome>();
    static readonly string[] Directions = KebabCase.NamesOf<Direction>();
    static readonly string[] Noises = KebabCase.NamesOf<Noise>();
    static readonly string[] Reasons = KebabCase.NamesOf<Unreadable>();
    static readonly string[] Stages = KebabCase.NamesOf<Stage>();
    static readonly string[] ConnectionSources = KebabCase.NamesOf<ConnectionSource>();
    static readonly string[] ConnectionOutcomes = KebabCase.NamesOf<ConnectionOutcome>();
    static readonly string[] SmtpDirections = KebabCase.NamesOf<SmtpDirection>();
    static readonly string[] SmtpOutcomes = KebabCase.NamesOf<SmtpOutcome>();
    static readonly string[] SmtpStages = KebabCase.NamesOf<SmtpStage>();
    static readonly string[] TlsVersions = ["none", "ssl", "1.0", "1.1", "1.2", "1.3", "other"];
    static readonly string[] Snapshots = KebabCase.NamesOf<SnapshotKind>();
    static readonly string[] QueueKinds = KebabCase.NamesOf<QueueKind>();
    static readonly string[] QueueStatuses = KebabCase.NamesOf<QueueStatus>();
    static readonly string[] UpdateStates = KebabCase.NamesOf<UpdateState>();
    static readonly string[] SupportStates = KebabCase.NamesOf<SupportState>();
    static readonly string[] Agents = KebabCase.NamesOf<TransportAgent>();
    static readonly string[] Problems = KebabCase.NamesOf<ExportProblem>();

    public static string Name(this Outcome outcome) => Outcomes[(int)outcome];

    public static string Name(this Direction direction) => Directions[(int)direction];

    public static string Name(this Noise noise) => Noises[(int)noise];

    public static string Name(this Unreadable reason) => Reasons[(int)reason];

    public static string Name(this Stage stage) => Stages[(int)stage];

    public static string Name(this ConnectionSource source) => ConnectionSources[(int)source];

    public static string Name(this ConnectionOutcome outcome) => ConnectionOutcomes[(int)outcome];

    public static string Name(this SmtpDirection direction) => SmtpDirections[(int)direction];

    public static string Name(this SmtpOutcome outcome) => SmtpOutcomes[(int)outcome];

    public static string Name(this SmtpStage stage) => SmtpStages[(int)stage];

    public static string Name(this TlsVersion version) => TlsVersions[(int)version];

    public static string Name(this SnapshotKind kind) => Snapshots[(int)kind];

    public static string Name(this QueueKind kind) => QueueKinds[(int)kind];

    public static string Name(this QueueStatus status) => QueueStatuses[(int)status];

    public static string Name(this TransportAgent agent) => Agents[(int)agent];

    public static string Name(this ExportProblem problem) => Problems[(int)problem];

    public static string Name(this UpdateState state) => UpdateStates[(int)state];

    public static string Name(this SupportState state) => SupportStates[(int)state];
}
