namespace Mailflow.Analysis.Advising;

/// <summary>What a command is for, in the order in which commands are shown.</summary>
public enum Purpose
{
    Look,
    Fix,
    Verify,
}

/// <summary>The names of purposes.</summary>
public static class PurposeNames
{
    /// <summary>The name in JSON.</summary>
    public static string Name(this Purpose purpose) => purpose switch
    {
        Purpose.Look => "look",
        Purpose.Fix => "fix",
        _ => "verify",
    };

    /// <summary>The heading of a group.</summary>
    public static string Title(this Purpose purpose) => purpose switch
    {
        Purpose.Look => "To look",
        Purpose.Fix => "To change, once the cause is clear",
        _ => "To verify",
    };
}
