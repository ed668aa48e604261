using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Advising;

/// <summary>What is said about a diagnosis. Only here are retries mentioned: they are never promised for a message that was returned.</summary>
public static class AdviceText
{
    /// <summary>What to do first.</summary>
    public static string Check(this Advice advice, Permanence permanence) =>
        permanence == Permanence.Transient ? $"{advice.Check} {Retries}" : advice.Check;

    const string Retries = "The message is still in a queue: Exchange tries again until it expires.";
}
