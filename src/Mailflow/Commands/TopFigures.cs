using System.Globalization;
using System.Text.Json;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Incidents;
using Mailflow.Ledger;
using Mailflow.Privacy;

namespace Mailflow.Commands;

/// <summary>How bad it is, as a colour.</summary>
enum TopLevel
{
    Good,
    Look,
    Fix,
}

/// <summary>An open incident.</summary>
sealed record TopIncident(Masked Severity, DateTimeOffset Since, long Recipients, Masked Side, Masked Title);

/// <summary>Failures of a cause in the last hour.</summary>
sealed record TopCause(long Count, Masked Cause, Masked TopDomain);

/// <summary>What <c>top</c> shows.</summary>
/// <param name="At">The end of what is known: the newest row; null where there is none.</param>
/// <param name="Outcomes">Delivered, sent, failed and deferred since the first row.</param>
sealed record TopFigures(
    TopLevel Level, Masked Verdict, Masked? Advice, DateTimeOffset? At, IReadOnlyList<long> Outcomes, IReadOnlyList<TopIncident> Incidents,
    IReadOnlyList<TopCause> Causes)
{
    /// <summary>The keys of the API, and the outcomes of the store.</summary>
    public static IReadOnlyList<string> OutcomeNames { get; } = ["delivered", "sent", "failed", "deferred"];

    /// <summary>From a store. Without a running program nobody judges the logs, so the verdict is about incidents only.</summary>
    public static TopFigures Of(StoreGlance glance, StoreIncidents stored, Masking masking)
    {
        var open = stored.Incidents.Where(i => i.Closed is null).OrderByDescending(i => i.Severity).ThenByDescending(i => i.Recipients).ToList();
        var verdict = open is [var worst, ..] ? $"{IncidentStory.Title(worst)}, since {IncidentStory.Time(worst.FirstFailure)}." : "No incident is open.";
        var ours = open.Any(i => i is { NotUs: false, Fault: not Fault.Theirs } && i.Severity > IncidentSeverity.Minor);
        return new(
            open.Count == 0 ? TopLevel.Good : ours ? TopLevel.Fix : TopLevel.Look,
            masking.Text(verdict),
            null,
            glance.Newest,
            [.. OutcomeNames.Select(o => glance.Outcomes.GetValueOrDefault(o))],
            [.. open.Select(i => new TopIncident(
                Masked.Name(i.Severity), Utc(i.FirstFailure), i.Recipients, masking.Text(Side(i.Fault.Name(), i.NotUs)),
                masking.Text(IncidentStory.Title(i))))],
            [.. glance.Causes.Select(c => new TopCause(c.Count, masking.Text(c.Cause.Name()), masking.Text(c.TopDomain)))]);
    }

    /// <summary>From /api/status and /api/v1/incidents?open=true. Members that are missing are shown as nothing: another version may answer.</summary>
    public static TopFigures Of(JsonElement status, JsonElement incidents, Masking masking)
    {
        var (verdict, totals) = (Member(status, "verdict"), Member(status, "totals"));
        return new(
            Text(verdict, "level") switch { "Good" => TopLevel.Good, "Fix" => TopLevel.Fix, _ => TopLevel.Look },
            masking.Text(Text(verdict, "sentence")),
            Text(verdict, "advice") is { Length: > 0 } advice ? masking.Text(advice) : null,
            Time(totals, "newest"),
            [.. OutcomeNames.Select(o => Number(totals, o))],
            [.. Items(incidents, "incidents").Where(i => Time(i, "closed") is null).Select(i => new TopIncident(
                masking.Text(Text(i, "severity")), Time(i, "first_failure") ?? default, Number(i, "recipients"),
                masking.Text(Side(Text(i, "fault"), Member(i, "probably_not_us").ValueKind == JsonValueKind.True)), masking.Text(Text(i, "title"))))],
            [.. Items(status, "causes").Select(c => new TopCause(Number(c, "count"), masking.Text(Text(c, "cause")), masking.Text(Text(c, "top_domain"))))
                .OrderByDescending(c => c.Count)]);
    }

    static string Side(string fault, bool notUs) => fault switch
    {
        _ when notUs => "remote side",
        "ours" => "our side",
        "theirs" => "remote side",
        "sender" => "sender",
        "policy" => "policy rule",
        _ => "unknown",
    };

    static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));

    static JsonElement Member(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var member) ? member : default;

    static string Text(JsonElement of, string name) => Member(of, name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";

    static long Number(JsonElement of, string name) =>
        Member(of, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var n) ? n : 0;

    static DateTimeOffset? Time(JsonElement of, string name) =>
        DateTimeOffset.TryParse(Text(of, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    static IEnumerable<JsonElement> Items(JsonElement of, string name) =>
        Member(of, name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray().AsEnumerable() : [];
}
