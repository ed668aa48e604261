namespace Mailflow.Keep;

/// <summary>A log cannot be read. It is no fault of the folder of copies, which is reported differently.</summary>
sealed class LogReadException : Exception
{
    public LogReadException()
    {
    }

    public LogReadException(string message)
        : base(message)
    {
    }

    public LogReadException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Reads from a log.</summary>
    /// <exception cref="LogReadException">That failed.</exception>
    public static T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LogReadException(e.Message, e);
        }
    }
}
