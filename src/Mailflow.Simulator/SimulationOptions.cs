using System.Globalization;
using Mailflow.Analysis.Builds;

namespace Mailflow.Simulator;

/// <summary>The simulated version of Exchange: it determines the columns, the file names and the format of a status.</summary>
enum ExchangeVersion
{
    Exchange2007,
    Exchange2010,
    Exchange2013,
    Exchange2016,
    Exchange2019,
}

/// <summary>What to write, where and how fast. With <see cref="SizeBytes"/> everything is written at once, otherwise live.</summary>
sealed record SimulationOptions
{
    public required string Folder { get; init; }

    /// <summary>Rows a second in live mode.</summary>
    public double Rate { get; init; } = 100;

    /// <summary>Write as fast as possible until the files hold this many bytes, then stop; null for live mode.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>With <see cref="SizeBytes"/>: the mean time between two rows of the organisation.</summary>
    public TimeSpan RowEvery { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>A message without an end that has no row for this time, counted from the newest row, is lost.</summary>
    public TimeSpan Expiry { get; init; } = TimeSpan.FromDays(2);

    /// <summary>How often the rare scenarios occur, as a multiple of their usual weights: for tests.</summary>
    public double Rarely { get; init; } = 1;

    /// <summary>Whether the way of each message is written to journeys.jsonl.</summary>
    public bool Journeys { get; init; }

    /// <summary>The demo's story instead of all causes at once; null for the full variety.</summary>
    public DemoStory? Story { get; init; }

    /// <summary>How long live mode runs; null until it is cancelled.</summary>
    public TimeSpan? Duration { get; init; }

    public int Seed { get; init; } = 1;

    public string Server { get; init; } = "EX01";

    /// <summary>
    /// Mailbox servers: with more than one, EX01, EX02 ... and the Edge server EDGE01 write their own logs, each into a folder of its name.
    /// </summary>
    public int Servers { get; init; } = 1;

    /// <summary>The servers whose logs are written, Mailbox servers first.</summary>
    public IReadOnlyList<string> Written =>
        Servers > 1 ? [.. Enumerable.Range(1, Servers).Select(n => string.Create(CultureInfo.InvariantCulture, $"EX{n:00}")), "EDGE01"] : [Server];

    /// <summary>The folder of a server's logs.</summary>
    public string FolderOf(string server) => Servers > 1 ? Path.Combine(Folder, server) : Folder;

    public string Domain { get; init; } = "contoso.test";

    /// <summary>The time of the first row when everything is written at once. Fixed by default, so that a seed determines the bytes.</summary>
    public DateTimeOffset Start { get; init; } = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    /// <summary>When a file has reached this size, the next one is started.</summary>
    public long FileBytes { get; init; } = 10 * 1024 * 1024;

    public ExchangeVersion Version { get; init; } = ExchangeVersion.Exchange2019;

    /// <summary>The build in tracking logs; null for one of the version.</summary>
    public ExchangeBuild? Build { get; init; }

    /// <summary>Connectivity and SMTP protocol logs too, in folders below, and the session ids of sending in the tracking log.</summary>
    public bool AllLogs { get; init; }

    /// <summary>Whether the exports of queues and Windows events are written too, as the export task does.</summary>
    public bool Exports { get; init; }

    /// <summary>The interval in live mode. When everything is written at once, they are written at the end.</summary>
    public TimeSpan ExportEvery { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>LF line ends instead of the CRLF that Exchange writes.</summary>
    public bool Lf { get; init; }

    /// <summary>A byte order mark at the start of each new file, as Exchange writes.</summary>
    public bool Bom { get; init; } = true;

    /// <summary>These options so that the logs cover about this time: a row has about 640 bytes.</summary>
    public SimulationOptions Covering(TimeSpan time) => this with { RowEvery = time * (640.0 / SizeBytes!.Value) };
}

/// <summary>The progress of a simulation: complete rows and their bytes, written to a file or to a buffer.</summary>
readonly record struct SimulationProgress(long Rows, long Bytes, int Files);
