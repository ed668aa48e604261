using Mailflow.Privacy;

namespace Mailflow.Printing;

/// <summary>
/// Lines for a person, on standard error and standard output. Whatever stands in one, a file's name or what was typed, it stays one line, moves no cursor
/// and shows no address. Reports and events are written by their own.
/// </summary>
static class Terminal
{
    /// <summary>A sentence on standard error.</summary>
    public static Task TellAsync(string text, Masking? masking = null) => Console.Error.WriteLineAsync((masking ?? Masking.Default).Path(text).ToString());

    /// <summary>A line of an answer on standard output.</summary>
    public static Task AnswerAsync(string text) => Console.Out.WriteLineAsync(Masking.Default.Path(text).ToString());

    /// <summary>An exception that nobody expected, with its stack.</summary>
    public static Task TellAsync(string text, Exception fault) =>
        Console.Error.WriteLineAsync($"{Masking.Default.Path(text)}: {Printable.Fault(fault, Masking.Default)}");
}
