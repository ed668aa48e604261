using Mailflow.Incidents;
using Mailflow.Ledger;
using Mailflow.Privacy;
using Mailflow.Trace;

namespace Mailflow.Web;

/// <summary>What the answer is made of.</summary>
sealed record IncidentsNow(Func<Snapshot> Committed, Masking Masking, TimeProvider Clock);

/// <summary>/api/v1/incidents: open incidents, and those that ended last, with the same answer as <c>mailflow incidents --format json</c>.</summary>
static class IncidentApi
{
    public const string List = "/api/v1/incidents";

    public static IReadOnlyList<ApiParameter> Parameters { get; } =
    [
        new("open", "Whether only open incidents are shown.", ["true", "false"]),
        new("since", $"Incidents that are open or ended not earlier than: {TraceTime.Allowed}."),
    ];

    public static async Task ListAsync(HttpContext http, IncidentsNow now)
    {
        var faults = new List<string>();
        foreach (var (name, _) in http.Request.Query)
            if (!Parameters.Any(p => p.Name == name))
                faults.Add($"{SearchInput.Short(name)} is not known. Expected: {string.Join(", ", Parameters.Select(p => p.Name))}.");
        var values = new QueryValues(http.Request.Query, faults);
        var open = values.Flag("open");
        var since = values.Time("since", now.Clock.GetUtcNow(), now.Clock.LocalTimeZone);
        if (faults.Count > 0)
        {
            await MessageApi.FaultAsync(http, 400, string.Join(' ', faults));
            return;
        }

        var committed = now.Committed();
        DateTime? newest = committed.NewestEvent.Values.Any() ? committed.NewestEvent.Values.Max() : null;
        var shown = committed.Incidents.Select(k => k.Incident).Where(i => i.Closed is not { } closed || (!open && (since is null || closed >= since)));
        using var output = new MemoryStream();
        IncidentJson.Write([.. shown], newest, now.Masking, output);
        await MessageApi.WriteAsync(http, 200, output.ToArray());
    }
}
