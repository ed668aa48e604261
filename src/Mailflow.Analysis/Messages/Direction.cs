namespace Mailflow.Analysis.Messages;

/// <summary>The direction of a message, from the directionality column; Exchange 2007 has no such column.</summary>
public enum Direction
{
    Unknown,
    Originating,
    Incoming,
}
