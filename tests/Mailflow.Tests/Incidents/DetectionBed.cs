using System.Globalization;
using System.Threading.Channels;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Configuration;
using Mailflow.Incidents;
using Mailflow.Ledger;
using Mailflow.Pipeline;
using Mailflow.Tests.Ledger;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mailflow.Tests.Incidents;

/// <summary>A store with facts, and the stage that finds incidents in them. Its clock shows noon; rows have any time.</summary>
sealed class DetectionBed : IDisposable
{
    readonly ILogger _log;
    Detection _detection;
    long _end;

    public DetectionBed(ILogger? log = null)
    {
        _log = log ?? NullLogger.Instance;
        Ledger = new(log: log);
        _detection = Create();
    }

    public static DateTime Noon { get; } = LedgerBed.Noon.UtcDateTime;

    public LedgerBed Ledger { get; }

    /// <summary>What is unread.</summary>
    public List<UnreadRows> Unread { get; } = [new("root", true, null)];

    /// <summary>What holds outside the logs.</summary>
    public List<Signal> Now { get; } = [];

    public SimpleDetector Detector { get; private set; } = null!;

    /// <summary>Commits rows of some times: failures to domains, or, with a plus before the domain, successes.</summary>
    public async Task RowsAsync(params (DateTime At, string Domain)[] rows) => await Ledger.CommitAsync(await DeltaAsync(rows));

    public async Task<RowDelta> DeltaAsync(params (DateTime At, string Domain)[] rows)
    {
        var tally = await Ledger.Pool.RentAsync(TestContext.Current.CancellationToken);
        var block = tally.Sightings!;
        foreach (var (at, domain) in rows)
        {
            tally.AddRow(Ledger.Names.IndexOf("SMTP|FAIL"u8), at);
            if (domain.Length == 0)
                continue;
            var (name, second) = (block.NumberOf(domain.TrimStart('+')), (long)(at - DateTime.UnixEpoch).TotalSeconds);
            if (domain[0] == '+')
                block.Passages.Add(new((int)(second / 60), PassageKind.Sent, 0, 0, 0, name, 0, 0, 1, 1));
            else
                block.Sightings.Add(new(
                    second, SightingKind.Failed, Cause.NetworkFailure, Fault.Theirs, Permanence.Permanent, 0, 0, 0, name, 0, 0, 0, 0, 0, (uint)second, 1, 0));
        }

        return LedgerBed.Rows(tally, file: 1, offset: _end, end: _end += 100, readAt: Ledger.Clock.GetUtcNow());
    }

    /// <summary>Lets the stage work once, and commits what it found.</summary>
    /// <param name="lose">Whether the program is killed before the commit.</param>
    public async Task<IReadOnlyList<IncidentDelta>> StepAsync(bool lose = false)
    {
        var channel = Channel.CreateUnbounded<Delta>();
        await _detection.StepAsync(channel.Writer, TestContext.Current.CancellationToken);
        channel.Writer.Complete();
        var found = new List<IncidentDelta>();
        await foreach (var delta in channel.Reader.ReadAllAsync(TestContext.Current.CancellationToken))
            found.Add(Assert.IsType<IncidentDelta>(delta));
        if (lose)
            found.ForEach(Ledger.Pool.Return);
        else if (found.Count > 0)
            await Ledger.CommitAsync([.. found]);
        return found;
    }

    public void Restart()
    {
        _detection.Dispose();
        Ledger.Restart();
        _detection = Create();
    }

    /// <summary>The incidents of the store: place, when it opened and closed, and whether it was announced.</summary>
    public IEnumerable<string> Incidents
    {
        get
        {
            using var reader = Ledger.Store.OpenReader();
            return [.. EvidenceReader.Incidents(reader).Select(k => $"{k.Incident.Place.Name} {Clock(k.Incident.Opened)}-{Clock(k.Incident.Closed)} "
                + (k.Announced ? "announced" : "silent"))];
        }
    }

    /// <summary>What sinks are told.</summary>
    public IEnumerable<string> Events
    {
        get
        {
            using var reader = Ledger.Store.OpenReader();
            using var rows = new Statement(reader, "SELECT event, state FROM incident_events ORDER BY id");
            var all = new List<string>();
            while (rows.Step())
                all.Add($"{rows.Text(0)} {IncidentJsonState.ReadIncident(rows.Text(1))!.Place.Name}");
            return all;
        }
    }

    Detection Create() => new(
        Ledger.Store, Ledger.Pool, () => Unread, () => Ledger.Committer.Current.NewestEvent.Values is var rows && rows.Any() ? rows.Max() : null,
        new(_ => Now), new LedgerOptions().Keep, Ledger.Clock, _log, names => Detector = new(names));

    static string Clock(DateTime? time) => time?.ToString("HH:mm", CultureInfo.InvariantCulture) ?? "";

    public void Dispose()
    {
        _detection.Dispose();
        Ledger.Dispose();
    }
}
