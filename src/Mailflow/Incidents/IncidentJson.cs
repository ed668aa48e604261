using System.Diagnostics.CodeAnalysis;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Printing;
using Mailflow.Privacy;

namespace Mailflow.Incidents;

/// <summary>Incidents as one JSON object. docs/incidents.md describes its keys, which do not change.</summary>
static class IncidentJson
{
    public static void Write(IReadOnlyList<Incident> incidents, Masking masking, Stream output)
    {
        using var json = new MaskedJson(output, masking);
        json.WriteStartObject();
        json.WriteStartArray("incidents");
        foreach (var incident in incidents)
            Write(json, incident);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    static void Write(MaskedJson json, Incident incident)
    {
        var masking = json.Masking;
        json.WriteStartObject();
        json.WriteString("id", masking.Text(incident.Id));
        json.WriteString("title", masking.Text($"{incident.Cause.Name()} at {incident.Place.Name}"));
        json.WriteString("kind", Masked.Name(incident.Kind));
        json.WriteString("cause", masking.Text(incident.Cause.Name()));
        json.WriteString("sub_reason", masking.TextOrNull(incident.Sub));
        json.WriteString("fault", masking.Text(incident.Fault.Name()));
        json.WriteStartObject("place");
        json.WriteString("kind", Masked.Name(incident.Place.Kind));
        json.WriteString("name", masking.Text(incident.Place.Name));
        json.WriteEndObject();
        Time(json, "first_failure", incident.FirstFailure);
        Time(json, "opened", incident.Opened);
        Time(json, "last_failure", incident.LastFailure);
        if (incident.Closed is { } closed)
            Time(json, "closed", closed);
        else
            json.WriteNull("closed");
        json.WriteString("verified", Masked.Name(incident.Verified));
        json.WriteString("severity", Masked.Name(incident.Severity));
        json.WriteNumber("messages", incident.Messages);
        json.WriteNumber("recipients", incident.Recipients);
        Names(json, "domains", incident.Domains);
        Names(json, "servers", incident.Servers);
        Texts(json, "evidence", incident.Evidence);
        Texts(json, "steps", []);
        json.WriteEndObject();
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

    static void Time(MaskedJson json, [ConstantExpected] string name, DateTime time) =>
        json.WriteString(name, $"{new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)):yyyy-MM-ddTHH:mm:ssZ}");
}
