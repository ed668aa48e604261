using System.CommandLine;
using System.Net;
using Mailflow.Analysis.Domains;
using Mailflow.Analysis.Tracing;
using Mailflow.Privacy;
using Mailflow.Trace;

namespace Mailflow.Commands;

/// <summary>How the result of <c>trace</c> is shown.</summary>
sealed record TraceShown(int Limit, bool Rows, string Format, Masking Masking);

/// <summary>The options of <c>trace</c>.</summary>
sealed class TraceOptions
{
    static readonly string[] Outcomes = ["delivered", "sent", "failed", "deferred", "pending", "dropped"];

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
    readonly Option<string> _state = new Option<string>("--state")
    {
        Description = "Folder of a store (State:Folder), of a running or a stopped program. Default without a path: the default state folder.",
        HelpName = "folder",
    }.NotEmpty("a folder");

    readonly Option<bool> _rows = new("--rows") { Description = "Also the rows of each message. A single message always has them." };
    readonly Option<string?> _format = Checked.Word("--format", "text, json or csv.", "text", "text", "json", "csv");
    readonly Option<string?> _addresses = Checked.Word(
        "--addresses", "How addresses are shown that you did not search for: masked or plain.", "masked", "masked", "plain");

    public IEnumerable<Option> All =>
    [
        _messageId, _network, _sender, _recipient, _domain, _server, _since, _until, _outcome, _event, _ip, _subject, _limit, _rows, _format, _addresses,
        _state,
    ];

    public string? StateOf(ParseResult parsed) => parsed.GetValue(_state);

    public TraceShown Shown(ParseResult parsed) => new(
        (int)parsed.GetValue(_limit)!.Value,
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
            Outcome = parsed.GetValue(_outcome) is { } word ? Enum.Parse<Fate>(word, ignoreCase: true) : null,
        };
        if (!query.AsksForAnything && query.Outcome is null)
            faults.Add("Give at least one condition, for example --recipient ADDRESS, --message-id ID or --since 2h.");
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
