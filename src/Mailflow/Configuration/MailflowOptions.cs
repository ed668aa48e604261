using Mailflow.Enrich;
using Mailflow.Ledger;
using Mailflow.Tail;

namespace Mailflow.Configuration;

/// <summary>How addresses leave the program: in events, on the page and in reports.</summary>
enum AddressPrivacy
{
    /// <summary>First letter and domain: <c>j***@contoso.com</c>.</summary>
    Masked,

    /// <summary>A hash with a key of this installation: equal addresses stay equal, and cannot be looked up.</summary>
    Hashed,

    /// <summary>As the log has them.</summary>
    Plain,
}

/// <summary>A Seq server and how to get in.</summary>
/// <param name="ApiKey">Secret: never in a log, a label or on the page.</param>
sealed record SeqTarget(Uri Url, string? ApiKey)
{
    /// <summary>Without the key.</summary>
    public override string ToString() => Url.ToString();
}

/// <summary>An OpenTelemetry collector.</summary>
/// <param name="Url">The part before <c>/v1/metrics</c> and <c>/v1/logs</c>.</param>
/// <param name="Header">Sent with each request; its value is secret.</param>
sealed record OtlpTarget(Uri Url, (string Name, string Value)? Header = null)
{
    public Uri Endpoint(string path) => new($"{Url.ToString().TrimEnd('/')}/{path}");

    /// <summary>Without the header, and without what may be secret in the URL.</summary>
    public override string ToString() => Url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');
}

/// <summary>Events to a file of JSON lines, rolled by size.</summary>
sealed record EventFile(string Path, long MaxBytes, int Keep);

/// <summary>Everything that can be set, checked. The keys, defaults and ranges are in <see cref="Settings"/>.</summary>
sealed record MailflowOptions
{
    public IReadOnlyList<LogRoot> Logs { get; init; } = [];

    /// <summary>Holds the store and its lock.</summary>
    public string StateFolder { get; init; } = "";

    public Uri Listen { get; init; } = new("http://127.0.0.1:9464");

    public TailOptions Tail { get; init; } = new();

    public LedgerOptions Ledger { get; init; } = new();

    /// <summary>Workers that parse and classify.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Bytes of log between tailers and readers at the most.</summary>
    public long InFlightBytes { get; init; } = 16 * 1024 * 1024;

    public AddressPrivacy Addresses { get; init; } = AddressPrivacy.Masked;

    public SeqTarget? EventsSeq { get; init; }

    public EventFile? EventsFile { get; init; }

    public bool EventsConsole { get; init; }

    /// <summary>What is asked of DNS, blocklists and mail servers.</summary>
    public EnrichOptions Enrich { get; init; } = new();

    public SeqTarget? LogSeq { get; init; }

    public OtlpTarget? Otlp { get; init; }

    /// <summary>How often metrics are pushed there.</summary>
    public TimeSpan OtlpInterval { get; init; } = TimeSpan.FromSeconds(60);

    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}
