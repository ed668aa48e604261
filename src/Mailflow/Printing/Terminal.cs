using Mailflow.Privacy;

namespace Mailflow.Printing;

/// <summary>
/// Lines on standard error and standard output for people to read. Control characters are escaped and addresses are masked, because a line may contain
/// file names and typed text. Reports and events have their own writers.
/// </summary>
static class Terminal
{
    /// <summary>A sentence on standard error.</summary>
    public static Task TellAsync(string text, Masking? masking = null) => Console.Error.WriteLineAsync((masking ?? Masking.Default).Path(text).ToString());

    /// <summary>A line of an answer on standard output.</summary>
    public static Task AnswerAsync(string text) => Console.Out.WriteLineAsync(Masking.Default.Path(text).ToString());

    /// <summary>An unexpected exception with its stack trace.</summary>
    public static Task TellAsync(string text, Exception fault) =>
        Console.Error.WriteLineAsync($"{Masking.Default.Path(text)}: {Printable.Fault(fault, Masking.Default)}");
}
