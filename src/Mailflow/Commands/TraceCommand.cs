using System.CommandLine;
using System.Net;
using Mailflow.Analysis.Domains;
using Mailflow.Analysis.Tracing;
using Mailflow.Printing;
using Mailflow.Privacy;
using Mailflow.Trace;

namespace Mailflow.Commands;

/// <summary><c>trace PATH...</c>: finds messages in log files and tells their journey.</summary>
static class TraceCommand
{
    static readonly string[] Outcomes = ["delivered", "sent", "failed", "deferred", "pending", "dropped", "replaced"];

    public static Command Make()
    {
        var paths = new Argument<string[]>("path")
        {
            Description = "Message tracking logs, or folders with them. Wildcards are allowed.",
            Arity = ArgumentArity.OneOrMore,
        };
        var options = new TraceOptions();
        var command = new Command(
            "trace",
            "Find messages in message tracking logs, and show their way over all servers and the outcome for each recipient."
            + " Exit code 1: nothing found; 3: nothing could be read.")
        {
            paths,
        };
        foreach (var option in options.All)
            command.Add(option);
        command.SetAction(async (parsed, stop) =>
        {
            var faults = new List<string>();
            var query = options.Query(parsed, TimeProvider.System.GetUtcNow(), TimeZoneInfo.Local, faults);
            foreach (var fault in faults)
                await Terminal.TellAsync(fault);
            return faults.Count > 0 ? ExitCode.Usage : await RunAsync(parsed.GetValue(paths)!, query, options.Shown(parsed), stop);
        });
        return command;
    }

    static async Task<int> RunAsync(string[] paths, TraceQuery query, TraceShown shown, CancellationToken stop)
    {
        var incomplete = new List<string>();
        var files = TraceFiles.Find(paths, query.Since, incomplete);
        var search = new TraceSearch(Math.Clamp(Environment.ProcessorCount, 1, 16));
        var result = await ScanCommand.WithProgressAsync(
            progress => search.FindAsync(
                files, query, shown.Limit, progress is null ? null : new Forward(p => progress.Report(new(p.Done, p.Total, 0, files.Count))), stop));
        result = result with
        {
            Journeys = shown.Outcome is { } outcome
                ? [.. result.Journeys.Where(j => j.Recipients.Any(r => r.Fate == outcome && query.AsksFor(r.Address)))]
                : result.Journeys,
            Incomplete = [.. incomplete, .. result.Incomplete],
        };
        var mask = new TraceMask(shown.Masking, query.Asked);
        switch (shown.Format)
        {
            case "json":
                await using (var output = Console.OpenStandardOutput())
                    TraceJson.Write(result, mask, shown.Rows || result.Journeys.Count == 1, output);
                break;
            case "csv":
                TraceCsv.Write(result, mask, Console.Out);
                break;
            default:
                TraceText.Write(result, mask, shown.Rows, Invocation.Output());
                break;
        }

        foreach (var says in result.Incomplete)
            await Terminal.TellAsync(says);
        if (result.Journeys.Count > 0)
            return ExitCode.Good;
        return files.Count == 0 || (result.Searched.BytesRead == 0 && result.Incomplete.Count > 0) ? ExitCode.Failure : ExitCode.BadNews;
    }

    sealed class Forward(Action<(long Done, long Total)> report) : IProgress<(long Done, long Total)>
    {
        public void Report((long Done, long Total) value) => report(value);
    }

    /// <summary>How the result is shown.</summary>
    internal sealed record TraceShown(int Limit, Fate? Outcome, bool Rows, string Format, Masking Masking);

    /// <summary>The options of the command.</summary>
    internal sealed class TraceOptions
    {
        readonly Option<string> _messageId = Text("--message-id", "The Message-ID header, with or without angle brackets.", "id");
        readonly Option<string> _network = Text("--network-message-id", "Exchange's id of the message.", "id");
        readonly Option<string> _sender = Text("--sender", "Sender or return path: ann@contoso.com, or @contoso.com for the whole domain.", "address");
        readonly Option<string> _recipient = Text("--recipient", "A recipient, also one that was replaced: bob@fabrikam.com, or @fabrikam.com.", "address");
        readonly Option<string> _domain = Text("--domain", "A domain of the sender or of a recipient.", "domain");
        readonly Option<string> _server = Text("--server", "The server that wrote the rows.", "name");
        readonly Option<string> _since = Text("--since", $"Not earlier than: {TraceTime.Allowed}.", "time");
        readonly Option<string> _until = Text("--until", $"Earlier than: {TraceTime.Allowed}.", "time");
        readonly Option<string> _event = Text("--event", "A row with this event: RECEIVE, SEND, DELIVER, FAIL, ...", "name");
        readonly Option<string> _ip = Text("--ip", "An address of a client or server.", "address");
        readonly Option<string> _subject = Text("--subject", "A part of the subject, where the log has subjects.", "text");
        readonly Option<string?> _outcome = Checked.Word("--outcome", "Messages with a recipient of this outcome.", null, Outcomes);
        readonly Option<double?> _limit = Checked.Number("--limit", "The most messages, the newest.", 1, 100_000, 100);
        readonly Option<bool> _rows = new("--rows") { Description = "Also the rows of each message. A single message always has them." };
        readonly Option<string?> _format = Checked.Word("--format", "text, json or csv.", "text", "text", "json", "csv");
        readonly Option<string?> _addresses = Checked.Word(
            "--addresses", "How addresses are shown that were not asked for: masked or plain.", "masked", "masked", "plain");

        public IEnumerable<Option> All =>
        [
            _messageId, _network, _sender, _recipient, _domain, _server, _since, _until, _outcome, _event, _ip, _subject, _limit, _rows, _format, _addresses,
        ];

        public TraceShown Shown(ParseResult parsed) => new(
            (int)parsed.GetValue(_limit)!.Value,
            parsed.GetValue(_outcome) is { } word ? Enum.Parse<Fate>(word, ignoreCase: true) : null,
            parsed.GetValue(_rows),
            parsed.GetValue(_format)!,
            parsed.GetValue(_addresses) == "plain" ? Masking.Plain : Masking.Default);

        /// <param name="faults">Receives what is wrong with the values, each in a sentence.</param>
        public TraceQuery Query(ParseResult parsed, DateTimeOffset now, TimeZoneInfo zone, List<string> faults)
        {
            var domain = parsed.GetValue(_domain)?.TrimStart('@');
            if (domain is not null && DomainNames.Clean(domain) is null)
                faults.Add($"--domain {domain}: expected a domain, for example contoso.com.");
            IPAddress? ip = null;
            if (parsed.GetValue(_ip) is { } address && !IPAddress.TryParse(address, out ip))
                faults.Add($"--ip {address}: expected an IP address.");
            var query = new TraceQuery
            {
                MessageId = parsed.GetValue(_messageId),
                NetworkMessageId = parsed.GetValue(_network),
                Sender = parsed.GetValue(_sender),
                Recipient = parsed.GetValue(_recipient),
                Domain = domain,
                Server = parsed.GetValue(_server),
                Since = Time(_since),
                Until = Time(_until),
                Event = parsed.GetValue(_event),
                Ip = ip,
                Subject = parsed.GetValue(_subject),
            };
            if (!query.AsksForAnything && parsed.GetValue(_outcome) is null)
                faults.Add("Give at least one condition, for example --recipient bob@fabrikam.com, --message-id ID or --since 2h.");
            return query;

            DateTime? Time(Option<string> option)
            {
                if (parsed.GetValue(option) is not { } text)
                    return null;
                if (TraceTime.Read(text, now, zone) is { } time)
                    return time;
                faults.Add($"{option.Name} {text}: expected {TraceTime.Allowed}.");
                return null;
            }
        }

        static Option<string> Text(string name, string description, string help) =>
            new Option<string>(name) { Description = description, HelpName = help }.NotEmpty($"a value, for example {name} {help.ToUpperInvariant()}");
    }
}
