using System.Diagnostics.CodeAnalysis;
using Mailflow.Analysis.Advising;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Printing;
using Mailflow.Privacy;

namespace Mailflow.Incidents;

/// <summary>Incidents as one JSON object. docs/incidents.md describes its keys, which do not change.</summary>
static class IncidentJson
{
    /// <param name="until">The end of what is known; null where no row was read.</param>
    public static void Write(IReadOnlyList<Incident> incidents, DateTime? until, Masking masking, Stream output)
    {
        using var json = new MaskedJson(output, masking);
        json.WriteStartObject();
        json.WriteStartArray("incidents");
        foreach (var incident in incidents)
            Write(json, incident, until ?? incident.LastFailure);
        json.WriteEndArray();
        Time(json, "until", until);
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    /// <summary>One incident as an object.</summary>
    public static void Write(MaskedJson json, Incident incident, DateTime until)
    {
        var masking = json.Masking;
        json.WriteStartObject();
        json.WriteString("id", masking.Text(incident.Id));
        json.WriteString("title", masking.Text(IncidentStory.Title(incident)));
        json.WriteString("summary", masking.Text(IncidentStory.Paragraph(incident, until)));
        json.WriteString("kind", Masked.Name(incident.Kind));
        json.WriteString("cause", masking.Text(incident.Cause.Name()));
        json.WriteString("sub_reason", masking.TextOrNull(incident.Sub));
        json.WriteString("fault", masking.Text(incident.Fault.Name()));
        json.WriteBoolean("probably_not_us", incident.NotUs);
        json.WriteStartObject("place");
        json.WriteString("kind", Masked.Name(incident.Place.Kind));
        json.WriteString("name", masking.Text(incident.Place.Name));
        json.WriteEndObject();
        Time(json, "first_failure", incident.FirstFailure);
        Time(json, "opened", incident.Opened);
        Time(json, "last_failure", incident.LastFailure);
        Time(json, "closed", incident.Closed);
        json.WriteString("verified", Masked.Name(incident.Verified));
        json.WriteNumber("proof_messages", incident.ProofMessages);
        Time(json, "proof_since", incident.ProofSince);
        json.WriteString("proof_connector", masking.Text(incident.ProofConnector));
        json.WriteString("severity", Masked.Name(incident.Severity));
        Extent(json, incident);
        Replies(json, incident);
        Texts(json, "evidence", incident.Evidence);
        Timeline(json, incident);
        Steps(json, incident);
        json.WriteEndObject();
    }

    static void Extent(MaskedJson json, Incident incident)
    {
        json.WriteNumber("messages", incident.Messages);
        json.WriteNumber("recipients", incident.Recipients);
        json.WriteNumber("failed", incident.Failed);
        json.WriteNumber("waiting", incident.Waiting);
        json.WriteNumber("late", incident.Late);
        if (incident.Share is { } share)
            json.WriteNumber("share", Math.Round(share, 4));
        else
            json.WriteNull("share");
        json.WriteNumber("relapses", incident.Relapses);
        Names(json, "domains", incident.Domains);
        Names(json, "senders", incident.Senders);
        Names(json, "servers", incident.Servers);
        Names(json, "connectors", incident.Connectors);
        Names(json, "next_hops", incident.Hops);
    }

    /// <summary>The advice, where a value that masking would change stays open: a masked address is no address, and a star could mean many.</summary>
    public static Advised Advice(Incident incident, Masking masking) => IncidentSteps.Of(incident, value => masking.Status(value) == value);

    static void Replies(MaskedJson json, Incident incident)
    {
        json.WriteStartArray("replies");
        foreach (var reply in incident.Replies)
        {
            json.WriteStartObject();
            json.WriteString("words", json.Masking.Status(reply.Words));
            json.WriteString("cause", json.Masking.Text(reply.Cause.Name()));
            json.WriteString("sub_reason", json.Masking.TextOrNull(reply.Sub));
            json.WriteNumber("recipients", reply.Recipients);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    static void Timeline(MaskedJson json, Incident incident)
    {
        json.WriteStartArray("timeline");
        foreach (var (at, says) in IncidentStory.Timeline(incident))
        {
            json.WriteStartObject();
            Time(json, "at", at);
            json.WriteString("says", json.Masking.Text(says));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    static void Steps(MaskedJson json, Incident incident)
    {
        var (masking, advised) = (json.Masking, Advice(incident, json.Masking));
        json.WriteString("advice", masking.Text(advised.Check));
        json.WriteStartArray("steps");
        foreach (var (purpose, command) in advised.Commands)
        {
            json.WriteStartObject();
            json.WriteString("purpose", masking.Text(purpose.Name()));
            json.WriteString("shell", masking.Text(command.Shell.Name()));
            json.WriteString("says", masking.Text(command.Says));
            json.WriteString("text", masking.Text(command.Text));
            json.WriteBoolean("changes", command.Changes is not null);
            json.WriteString("changes_what", masking.TextOrNull(command.Changes));
            json.WriteString("undo", masking.TextOrNull(command.Undo));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Texts(json, "for_support", IncidentStory.ForSupport(incident));
        json.WriteString("page", masking.Text(advised.Page));
    }

    static void Names(MaskedJson json, [ConstantExpected] string name, IReadOnlyList<NamedCount> counts)
    {
        json.WriteStartArray(name);
        foreach (var count in counts)
            json.WriteStringValue(json.Masking.Text(count.Name));
        json.WriteEndArray();
    }

    static void Texts(MaskedJson json, [ConstantExpected] string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(json.Masking.Status(text));
        json.WriteEndArray();
    }

    static void Time(MaskedJson json, [ConstantExpected] string name, DateTime? time)
    {
        if (time is { } some)
            json.WriteString(name, $"{new DateTimeOffset(DateTime.SpecifyKind(some, DateTimeKind.Utc)):yyyy-MM-ddTHH:mm:ssZ}");
        else
            json.WriteNull(name);
    }
}
