using System.CommandLine;
using Mailflow.Ledger;
using Mailflow.Printing;
using Spectre.Console;

namespace Mailflow.Commands;

/// <summary>Parses, runs, and turns what went wrong into a sentence and an exit code. This is the top: nothing is caught above it.</summary>
static class Invocation
{
    /// <summary>How long a command may take to stop after Ctrl-C or SIGTERM.</summary>
    static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(8);

    /// <summary>Standard output for a person. In a file or a pipe, where nobody says how wide a line may be, it is wide.</summary>
    public static IAnsiConsole Output()
    {
        var console = AnsiConsole.Console;
        if (Console.IsOutputRedirected)
            console.Profile.Width = 160;
        return console;
    }

    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        // A status text may begin with @, which would be a file of arguments.
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
            // The help is shown, and there was nothing to do.
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
#pragma warning disable CA1031 // The top: what is not caught here would print a stack and no exit code of ours.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await Terminal.TellAsync("Mailflow failed because of an internal error", e);
            return ExitCode.Failure;
        }
    }
}
