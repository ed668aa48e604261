using System.Globalization;

namespace Mailflow.Simulator.Outages;

/// <summary>What to write: one scenario in front of normal mail.</summary>
sealed record OutageOptions(string Folder, OutageScenario Scenario)
{
    public const int UsualDays = 14, FewestDays = 12;

    public int Seed { get; init; } = 1;

    public int Days { get; init; } = UsualDays;

    public int Servers { get; init; } = 3;

    /// <summary>The first midnight: a Monday.</summary>
    public DateTimeOffset Start { get; init; } = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
}

/// <summary>
/// Writes the tracking logs of days with normal mail and one scenario, each server's in a folder of its own, and the incidents to truth.json.
/// The same options give the same bytes, and the same seed the same normal mail in all scenarios.
/// </summary>
static class OutageSimulation
{
    static readonly string[] Prefixes = ["MSGTRK", "MSGTRKMD", "MSGTRKMS"];

    public static OutageTruth Write(OutageOptions options)
    {
        var folders = Enumerable.Range(0, options.Servers).Select(n => Path.Combine(options.Folder, OutageWorld.ServerName(n))).ToArray();
        foreach (var folder in folders)
        {
            if (Directory.Exists(folder) && Directory.EnumerateFiles(folder, "MSGTRK*.LOG").Any())
                throw new IOException($"{folder} already holds tracking logs, and truth.json could not speak for them. Choose an empty folder.");
        }

        var start = options.Start.ToUnixTimeMilliseconds();
        var end = start + (options.Days * MailDay.DayMs);
        var world = new OutageWorld(new((ulong)options.Seed), options.Servers, options.Scenario.Relays);
        var story = new OutageStory(start);
        options.Scenario.Tell(new(world, story, options));
        var delivery = new OutageDelivery(world, story, end);
        var background = new OutageBackground(world, story, new(~(ulong)options.Seed));
        foreach (var mail in background.Mails(options.Days).Concat(story.Mails))
            delivery.Follow(mail);
        var rows = delivery.Rows;
        rows.Sort((one, other) => one.At != other.At ? one.At.CompareTo(other.At) : one.Order.CompareTo(other.Order));
        var truth = WriteRows(options, folders, world, story, rows.TakeWhile(row => row.At < end));
        truth.Save(options.Folder);
        return truth;
    }

    static OutageTruth WriteRows(OutageOptions options, string[] folders, OutageWorld world, OutageStory story, IEnumerable<OutageRow> rows)
    {
        var format = new SimulationOptions { Folder = options.Folder };
        Directory.CreateDirectory(options.Folder);
        var series = folders.Select(folder => Prefixes.Select(prefix => new LogWriter(
            format, folder, prefix, daily: false, TrackingColumns.LogType, TrackingColumns.Of(format.Version))).ToArray()).ToArray();
        var writer = new OutageRowWriter(world, TrackingColumns.BuildOf(format));
        var counts = new OutageCounts();
        foreach (var row in rows)
        {
            if (story.Unwritten.Contains(row.Server))
                continue;
            var log = series[row.Server][row.Family switch { RowFamily.Delivery => 1, RowFamily.Submission => 2, _ => 0 }];
            var at = row.At + story.Ahead.GetValueOrDefault(row.Server);
            writer.Write(log.Begin(at), row, at);
            log.End();
            counts.Add(row, at);
            foreach (var incident in story.Incidents)
                incident.Add(row, at);
        }
        foreach (var log in series.SelectMany(logs => logs))
            log.Dispose();
        return new()
        {
            Scenario = options.Scenario.Name,
            Seed = options.Seed,
            Days = options.Days,
            Servers = [.. Enumerable.Range(0, options.Servers).Select(OutageWorld.ServerName)],
            Finished = true,
            Rows = counts.Rows,
            Bytes = series.Sum(logs => logs.Sum(log => log.Bytes)),
            Files = series.Sum(logs => logs.Sum(log => log.Files)),
            Events = counts.Events,
            Messages = counts.Messages,
            Newest = DateTimeOffset.FromUnixTimeMilliseconds(counts.Newest).UtcDateTime,
            Incidents = [.. story.Incidents.Select(incident => incident.ToTruth())],
        };
    }
}

/// <summary>Counts of the written rows.</summary>
sealed class OutageCounts
{
    readonly Dictionary<(Source, EventId), long> _events = [];

    public long Rows { get; private set; }

    public long Newest { get; private set; }

    public SortedDictionary<string, long> Messages { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, long> Events => new(
        _events.ToDictionary(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key.Item1}|{pair.Key.Item2}").ToUpperInvariant(), pair => pair.Value,
            StringComparer.Ordinal),
        StringComparer.Ordinal);

    public void Add(OutageRow row, long at)
    {
        Rows++;
        Newest = Math.Max(Newest, at);
        _events[(row.Source, row.Event)] = _events.GetValueOrDefault((row.Source, row.Event)) + 1;
        if (OutcomeOf(row.Event) is { } outcome)
            Messages[outcome] = (Messages.TryGetValue(outcome, out var before) ? before : 0) + row.Recipients.Count;
    }

    static string? OutcomeOf(EventId id) => id switch
    {
        EventId.Deliver => "delivered",
        EventId.SendExternal => "sent",
        EventId.Send => "relayed",
        EventId.Fail => "failed",
        EventId.Defer => "deferred",
        _ => null,
    };
}
