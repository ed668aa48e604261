using System.CommandLine;
using Mailflow.Configuration;
using Mailflow.Ledger;
using Mailflow.Printing;
using Mailflow.Privacy;
using Spectre.Console;

namespace Mailflow.Commands;

/// <summary>
/// <c>top [--url URL | --state FOLDER]</c>: verdict, open incidents, volumes and causes, live in a terminal; once, if the output is no terminal.
/// </summary>
static class TopCommand
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    /// <summary>Rates are of this time; a shorter one would jump with each commit.</summary>
    static readonly TimeSpan RateOf = TimeSpan.FromMinutes(1);

    /// <summary>Figures at a time.</summary>
    sealed record Sample(long At, IReadOnlyList<long> Outcomes);

    public static Command Make()
    {
        var url = new Option<string>("--url")
        {
            Description = $"Address of a running program. Default: {new MailflowOptions().Listen.ToString().TrimEnd('/')}.",
            HelpName = "url",
        }.NotEmpty(Settings.HttpUrlAllowed);
        var state = new Option<string>("--state") { Description = "Folder of a store (State:Folder), of a running or a stopped program.", HelpName = "folder" }
            .NotEmpty("a folder");
        var token = new Option<string>("--token-file") { Description = "The file that holds the token (Web:TokenFile), with --url.", HelpName = "file" }
            .NotEmpty("a file that holds the token");
        var command = new Command(
            "top",
            "Show verdict, open incidents, volumes and top causes, live until Ctrl-C; once, if the output is no terminal."
            + " Exit code 1: shown once, and an incident is open; 3: nothing can be read.")
        {
            url, state, token,
        };
        command.SetAction(async (parsed, stop) =>
        {
            // System.CommandLine handles Ctrl-C only after the action has returned its task.
            await Task.Yield();
            var (address, folder, file) = (parsed.GetValue(url), parsed.GetValue(state), parsed.GetValue(token));
            var target = Settings.HttpUrl(address ?? new MailflowOptions().Listen.ToString());
            var fault = (address, folder, file, target) switch
            {
                (not null, not null, _, _) => "--url and --state: expected one of them.",
                (_, not null, not null, _) => "--token-file and --state: a store needs no token.",
                (_, _, _, null) => $"--url {address}: expected an http or https URL, for example http://127.0.0.1:9464.",
                _ => null,
            };
            if (fault is not null)
            {
                await Terminal.TellAsync(fault);
                return ExitCode.Usage;
            }

            if (folder is not null)
                return await OfStoreAsync(folder, stop);
            var secret = file is null ? null : Settings.TokenOf((await File.ReadAllTextAsync(file, stop)).Trim());
            if (file is not null && secret is null)
            {
                await Terminal.TellAsync($"--token-file {file}: expected one line with a token of 16 to 256 printable characters, without spaces.");
                return ExitCode.Usage;
            }

            using var http = TopSource.Client(target!, secret);
            return await ShowAsync(() => TopSource.OfApiAsync(http, stop), Masking.Default.Text(target!.GetLeftPart(UriPartial.Authority)), stop);
        });
        return command;
    }

    static async Task<int> OfStoreAsync(string folder, CancellationToken stop)
    {
        if (GivenStore.Fault(folder, others: null) is { } fault)
        {
            await Terminal.TellAsync(fault);
            return ExitCode.Failure;
        }

        var path = Path.Combine(folder, Store.FileName);
        return await ShowAsync(
            () => Task.Run(() => TopSource.OfStore(path, TimeProvider.System.GetUtcNow()), stop), Masking.Default.Path(path), stop);
    }

    /// <summary>The first reading must succeed; later ones are tried again.</summary>
    static async Task<int> ShowAsync(Func<Task<TopFigures>> read, Masked from, CancellationToken stop)
    {
        var figures = await read();
        var console = Invocation.Output();
        if (Console.IsOutputRedirected || !console.Profile.Capabilities.Ansi)
        {
            console.Write(TopScreen.Of(figures, null, from, null));
            return figures.Incidents.Count > 0 ? ExitCode.BadNews : ExitCode.Good;
        }

        await console.Live(TopScreen.Of(figures, null, from, Masking.Default.Text("Ctrl-C ends.")))
            .Overflow(VerticalOverflow.Crop)
            .Cropping(VerticalOverflowCropping.Bottom)
            .StartAsync(context => RenewAsync(context, figures, read, from, stop));
        return ExitCode.Good;
    }

    static async Task RenewAsync(LiveDisplayContext context, TopFigures figures, Func<Task<TopFigures>> read, Masked from, CancellationToken stop)
    {
        var clock = TimeProvider.System;
        var samples = new Queue<Sample>();
        while (!stop.IsCancellationRequested)
        {
            samples.Enqueue(new(clock.GetTimestamp(), figures.Outcomes));
            while (samples.Count > 1 && clock.GetElapsedTime(samples.Peek().At) > RateOf)
                samples.Dequeue();
            await Task.Delay(Every, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var foot = Masking.Default.Text("Ctrl-C ends.");
            try
            {
                if (!stop.IsCancellationRequested)
                    figures = await read();
            }
            catch (Exception e) when (e is IOException or StoreException)
            {
                foot = Masking.Default.Path($"These figures are old. {e.Message}");
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
            }

            context.UpdateTarget(TopScreen.Of(figures, Rates(samples.Peek(), figures, clock), from, foot));
            context.Refresh();
        }
    }

    /// <summary>Copies per minute since a sample. A store that was begun anew has less than before.</summary>
    static List<double> Rates(Sample since, TopFigures now, TimeProvider clock)
    {
        var minutes = clock.GetElapsedTime(since.At).TotalMinutes;
        return [.. now.Outcomes.Zip(since.Outcomes, (n, before) => Math.Max(0, n - before) / minutes)];
    }
}
