namespace Mailflow.Tail;

/// <summary>The bytes before the position are not those that were read: truncated, restored or written anew.</summary>
sealed class ReplacedException : Exception
{
    public ReplacedException()
        : base("The bytes before the position have changed.")
    {
    }

    public ReplacedException(string message)
        : base(message)
    {
    }

    public ReplacedException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
