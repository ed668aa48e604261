using Mailflow.Privacy;

namespace Mailflow.Configuration;

/// <summary>Everything that can be set, checked. The keys, defaults and ranges are in <see cref="Settings"/>.</summary>
sealed record MailflowOptions
{
    public IReadOnlyList<LogRoot> Logs { get; init; } = [];

    /// <summary>Folder of the store and its lock.</summary>
    public string StateFolder { get; init; } = "";

    public Uri Listen { get; init; } = new("http://127.0.0.1:9464");

    /// <summary>Who may read what is listened for.</summary>
    public AccessOptions Access { get; init; } = new();

    /// <summary>The certificate for https; null: http.</summary>
    public CertificateFiles? Certificate { get; init; }

    /// <summary>Whether results of searches show addresses that were not asked for.</summary>
    public bool ShowAddresses { get; init; }

    /// <summary>The zone of times without one in exports of message tracking; null: UTC, which is reported for each export.</summary>
    public TimeZoneInfo? ExportZone { get; init; }

    public TailOptions Tail { get; init; } = new();

    public LedgerOptions Ledger { get; init; } = new();

    /// <summary>Whether an index for message traces is built.</summary>
    public bool TraceIndex { get; init; } = true;

    /// <summary>Whether incidents are looked for.</summary>
    public bool Incidents { get; init; } = true;

    /// <summary>Number of workers that parse and classify.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Maximum number of log bytes between tailers and readers.</summary>
    public long InFlightBytes { get; init; } = 16 * 1024 * 1024;

    public AddressPrivacy Addresses { get; init; } = AddressPrivacy.Masked;

    /// <summary>The file with the user's own rules for replies; null: none.</summary>
    public string? RulesFile { get; init; }

    /// <summary>Copies of tracking logs.</summary>
    public KeepOptions Keep { get; init; } = new();

    public SeqTarget? EventsSeq { get; init; }

    public EventFile? EventsFile { get; init; }

    public bool EventsConsole { get; init; }

    /// <summary>What DNS, blocklists and mail servers are queried for.</summary>
    public EnrichOptions Enrich { get; init; } = new();

    /// <summary>The mail server for notifications and reports.</summary>
    public MailTarget Mail { get; init; } = new();

    /// <summary>The receivers of notifications about incidents.</summary>
    public NotifyOptions Notify { get; init; } = new();

    /// <summary>The report on a schedule.</summary>
    public ReportOptions Report { get; init; } = new();

    public SeqTarget? LogSeq { get; init; }

    public OtlpTarget? Otlp { get; init; }

    /// <summary>How often metrics are pushed to the collector.</summary>
    public TimeSpan OtlpInterval { get; init; } = TimeSpan.FromSeconds(60);

    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}
