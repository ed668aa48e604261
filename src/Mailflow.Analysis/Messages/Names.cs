using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Snapshots;

namespace Mailflow.Analysis.Messages;

/// <summary>The names of outcomes, directions and reasons in labels, events and reports, allocated once.</summary>
public static class Names
{
    static readonly string[] Outcomes = Lower<Outcome>();
    static readonly string[] Directions = Lower<Direction>();
    static readonly string[] Noises = Lower<Noise>();
    static readonly string[] Reasons = Lower<Unreadable>();
    static readonly string[] Stages = Lower<Stage>();
    static readonly string[] ConnectionSources = Lower<ConnectionSource>();
    static readonly string[] ConnectionOutcomes = Lower<ConnectionOutcome>();
    static readonly string[] SmtpDirections = Lower<SmtpDirection>();
    static readonly string[] SmtpOutcomes = Lower<SmtpOutcome>();
    static readonly string[] SmtpStages = Lower<SmtpStage>();
    static readonly string[] TlsVersions = ["none", "ssl", "1.0", "1.1", "1.2", "1.3", "other"];
    static readonly string[] Snapshots = Lower<SnapshotKind>();
    static readonly string[] QueueKinds = Lower<QueueKind>();
    static readonly string[] QueueStatuses = Lower<QueueStatus>();
    static readonly string[] Problems = Lower<ExportProblem>();

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

    public static string Name(this ExportProblem problem) => Problems[(int)problem];

    static string[] Lower<T>()
        where T : struct, Enum =>
        [.. Enum.GetNames<T>().Select(Kebab)];

    /// <summary>TooFewColumns becomes too-few-columns.</summary>
    static string Kebab(string name) =>
        string.Concat(name.Select((c, i) => char.IsAsciiLetterUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
