using System.CommandLine;
using Mailflow.Ledger;
using Mailflow.Printing;
using Spectre.Console;

namespace Mailflow.Commands;

/// <summary>Parses and runs a command, and turns errors into a sentence and an exit code. Nothing is caught above this code.</summary>
static class Invocation
{
    /// <summary>Time limit for a command to stop after Ctrl-C or SIGTERM.</summary>
    static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(8);

    /// <summary>Standard output for people. A file or a pipe has no width, so lines there have up to 160 columns.</summary>
    public static IAnsiConsole Output()
    {
        var console = AnsiConsole.Console;
        if (Console.IsOutputRedirected)
            console.Profile.Width = 160;
        return console;
    }

    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        // A status text may begin with @. By default the parser would read it as the name of a file with arguments.
        var parsed = root.Parse(Misread.Usual(args), new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (Misread.Faults(parsed, args) is { Count: > 0 } faults)
        {
            foreach (var fault in faults)
                await Terminal.TellAsync(fault);
            await Terminal.TellAsync($"Try: mailflow {(parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ")}--help");
            return ExitCode.Usage;
        }

        try
        {
            var code = await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = StopDeadline });
            // Without arguments the help is shown; that is a usage error.
            return args.Length == 0 ? ExitCode.Usage : code;
        }
        catch (OperationCanceledException)
        {
            await Terminal.TellAsync("Stopped.");
            return ExitCode.Failure;
        }
        catch (Exception e) when (e is StoreException or FileNotFoundException or UnauthorizedAccessException or IOException)
        {
            await Terminal.TellAsync(e.Message);
            return ExitCode.Failure;
        }
#pragma warning disable CA1031 // The top of the program: an uncaught exception would print a stack trace and exit with another code.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await Terminal.TellAsync("Mailflow failed because of an internal error", e);
            return ExitCode.Failure;
        }
    }
}
