namespace Mailflow.Tail;

/// <summary>The bytes before the position have changed: the file was truncated, restored or rewritten.</summary>
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
