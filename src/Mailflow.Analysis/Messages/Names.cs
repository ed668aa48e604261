using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Snapshots;

namespace Mailflow.Analysis.Messages;

/// <summary>The names that labels, events and reports give to outcomes, directions and reasons: written once, never allocated again.</summary>
public static class Names
{
    static readonly string[] Outcomes = Lower<Outcome>();
    static readonly string[] Directions = Lower<Direction>();
    static readonly string[] Noises = Lower<Noise>();
    static readonly string[] Reasons = Lower<Unreadable>();
    static readonly string[] Stages = Lower<Stage>();
    static readonly string[] Snapshots = Lower<SnapshotKind>();
    static readonly string[] QueueKinds = Lower<QueueKind>();
    static readonly string[] QueueStatuses = Lower<QueueStatus>();
    static readonly string[] Problems = Lower<ExportProblem>();

    public static string Name(this Outcome outcome) => Outcomes[(int)outcome];

    public static string Name(this Direction direction) => Directions[(int)direction];

    public static string Name(this Noise noise) => Noises[(int)noise];

    public static string Name(this Unreadable reason) => Reasons[(int)reason];

    public static string Name(this Stage stage) => Stages[(int)stage];

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
