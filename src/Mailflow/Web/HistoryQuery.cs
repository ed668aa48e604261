using Mailflow.Ledger;
using Mailflow.Privacy;
using Mailflow.Trace;

namespace Mailflow.Web;

/// <summary>What the answers of the history are made of.</summary>
sealed record HistorySource(Store Store, Func<Snapshot> Committed, Masking Masking, TimeProvider Clock)
{
    /// <summary>The end of a range without a given end: now, or the newest row of logs that ended more than a day ago.</summary>
    public DateTimeOffset End(DateTimeOffset now) =>
        Committed().NewestEvent.Values is var rows && rows.Any() && rows.Max() is var newest && newest < now.UtcDateTime.AddDays(-1)
            ? new(newest.AddSeconds(1), TimeSpan.Zero)
            : now;

    /// <summary>The 24 hours up to a time, in hours.</summary>
    public HistoryRange LastDay(DateTimeOffset end)
    {
        using var connection = Store.OpenReader();
        return new MailHistory(new StoreRollups(connection)).Read(end.UtcDateTime.AddDays(-1), end.UtcDateTime, TimeSpan.FromHours(1));
    }
}

/// <summary>A part of the history that is asked for: /history and /api/v1/history have the same parameters.</summary>
/// <param name="Range">The name of the range; null where its times are given.</param>
/// <param name="Ends">Whether the end is given.</param>
sealed record HistoryQuery(DateTime From, DateTime To, TimeSpan Step, string? Server, string? Connector, string? Range, bool Ends)
{
    const int MostText = 256;

    /// <summary>The ranges of the page, and their steps.</summary>
    public static IReadOnlyList<(string Name, TimeSpan Length)> Ranges { get; } =
    [
        ("1h", TimeSpan.FromHours(1)), ("6h", TimeSpan.FromHours(6)), ("24h", TimeSpan.FromDays(1)), ("7d", TimeSpan.FromDays(7)),
        ("30d", TimeSpan.FromDays(30)),
    ];

    public static IReadOnlyList<string> Steps { get; } = ["15m", "1h", "3h", "6h", "1d"];

    public static IReadOnlyList<ApiParameter> Parameters { get; } =
    [
        new("range", "How far back, instead of from; 24h if both are left out.", [.. Ranges.Select(r => r.Name)]),
        new("from", $"The start of the first step: {TraceTime.Allowed}. It is moved to the quarter of an hour, or to the hour where only hours are kept."),
        new("to", $"The end of the last step: {TraceTime.Allowed}. Now if it is left out, or the newest row if it is older than a day."),
        new("step", "The length of a step; about 100 steps if it is left out. At least 1h where only hours are kept, after 8 days.", Steps),
        new("server", "Only this server."),
        new("connector", "Only rows that name this connector; deliveries to mailboxes name none."),
        new("format", "The form of the answer.", ["json", "csv"]),
    ];

    public static HistoryQuery Of(IQueryCollection query, HistorySource source, TimeZoneInfo zone, List<string> faults)
    {
        foreach (var (name, _) in query)
            if (name != View.ZoneName && !Parameters.Any(p => p.Name == name))
                faults.Add($"{SearchInput.Short(name)} is not known. Expected: {string.Join(", ", Parameters.Select(p => p.Name))}.");
        var now = source.Clock.GetUtcNow();
        var values = new QueryValues(query, faults);
        var (range, since, until) = (values.Word("range", [.. Ranges.Select(r => r.Name)]), values.Time("from", now, zone), values.Time("to", now, zone));
        if (since is not null)
            range = null;
        else
            range ??= "24h";
        var to = until ?? source.End(now).UtcDateTime;
        var from = since ?? Start(to, Ranges.First(r => r.Name == range).Length);
        if (from >= to)
            faults.Add("from must be before to.");
        else if (to - from > TimeSpan.FromDays(366))
            faults.Add("from and to: expected a range of at most 366 days.");
        var step = values.Word("step", Steps) is { } word ? LengthOf(word) : StepOf(to - from);
        return new(from, to, step, values.Text("server", MostText), values.Text("connector", MostText), range, until is not null);
    }

    /// <summary>At most 130 steps in the range: 30 days have 120.</summary>
    public static TimeSpan StepOf(TimeSpan length) => Steps.Select(LengthOf).FirstOrDefault(s => length / s <= 130, TimeSpan.FromDays(1));

    /// <summary>The address with another value; null removes it.</summary>
    public string Url(string path, params ReadOnlySpan<(string Name, string? Value)> changes)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["range"] = Range,
            ["from"] = Range is null ? SearchUrl.Time(new(From)) : null,
            ["to"] = Ends ? SearchUrl.Time(new(To)) : null,
            ["server"] = Server,
            ["connector"] = Connector,
        };
        foreach (var (name, value) in changes)
            values[name] = value;
        var parts = values.Where(v => !string.IsNullOrEmpty(v.Value)).Select(v => $"{v.Key}={Uri.EscapeDataString(v.Value!)}").ToList();
        return parts.Count == 0 ? path : $"{path}?{string.Join('&', parts)}";
    }

    /// <summary>Full quarters of an hour up to the end.</summary>
    static DateTime Start(DateTime to, TimeSpan length)
    {
        var quarter = RollupTables.Quarter.Ticks;
        return new DateTime((to.Ticks + quarter - 1) / quarter * quarter, DateTimeKind.Utc) - length;
    }

    static TimeSpan LengthOf(string step) => TimeSpan.FromMinutes(int.Parse(step[..^1], System.Globalization.CultureInfo.InvariantCulture)
        * step[^1] switch { 'm' => 1, 'h' => 60, _ => 24 * 60 });
}
