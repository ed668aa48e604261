namespace Mailflow.Analysis.Failures;

/// <summary>The side that is responsible for a failure.</summary>
public enum Fault
{
    Unknown,
    Ours,
    Theirs,
    Sender,
    Policy,
}
