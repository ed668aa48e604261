using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Ledger;
using Mailflow.Printing;
using Mailflow.Privacy;

namespace Mailflow.Ship;

/// <summary>Writes what happened to an incident as one line of CLEF. Every field is in docs/events.md. Addresses are masked.</summary>
sealed class IncidentEventJson(Masking masking) : IDisposable
{
    public const string Template = "Incident {Incident} {Happened}: {Title}";

    const int MaxText = 512;
    const int MaxNames = 10;

    readonly MaskedJson _json = new(new ArrayBufferWriter<byte>(), masking);

    /// <summary>32 hexadecimal digits: the same each time the event is sent.</summary>
    public static string EventId(StoredHappening happened) =>
        Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes($"{happened.Incident.Id}|{happened.Event}|{happened.At.Ticks}|{happened.Id}")));

    /// <summary>Appends one line, with its LF.</summary>
    public void Write(StoredHappening happened, IBufferWriter<byte> output)
    {
        var incident = happened.Incident;
        _json.Reset(output);
        _json.WriteStartObject();
        _json.WriteString("@t", happened.At);
        _json.WriteString("@mt", masking.Text(Template));
        _json.WriteString("@l", masking.Text(happened.Event == "closed" || incident.Severity == IncidentSeverity.Minor ? "Information" : "Warning"));
        _json.WriteString("EventId", masking.Text(EventId(happened)));
        _json.WriteString("Outcome", masking.Text("incident"));
        _json.WriteString("Happened", masking.Text(happened.Event));
        _json.WriteString("Incident", masking.Text(incident.Id));
        _json.WriteString("Title", masking.Status(IncidentStory.Title(incident)).Start(MaxText));
        _json.WriteString("Kind", masking.Text(incident.Kind.Name()));
        _json.WriteString("Cause", masking.Text(incident.Cause.Name()));
        if (incident.Sub is { } sub)
            _json.WriteString("SubReason", masking.Text(sub).Start(MaxText));
        _json.WriteString("Fault", masking.Text(incident.Fault.Name()));
        _json.WriteString("Severity", masking.Text(incident.Severity.Name()));
        _json.WriteString("PlaceKind", masking.Text(incident.Place.Kind.Name()));
        _json.WriteString("Place", masking.Text(incident.Place.Name).Start(MaxText));
        _json.WriteString("FirstFailure", incident.FirstFailure);
        _json.WriteString("Opened", incident.Opened);
        _json.WriteString("LastFailure", incident.LastFailure);
        if (incident.Closed is { } closed)
        {
            _json.WriteString("Closed", closed);
            _json.WriteString("Verified", masking.Text(incident.Verified.Name()));
        }

        _json.WriteNumber("Messages", incident.Messages);
        _json.WriteNumber("Recipients", incident.Recipients);
        _json.WriteNumber("Waiting", incident.Waiting);
        Names("Domains", incident.Domains);
        Names("Servers", incident.Servers);
        _json.WriteEndObject();
        _json.Flush();
        output.Write("\n"u8);
    }

    public void Dispose() => _json.Dispose();

    void Names([ConstantExpected] string name, IReadOnlyList<NamedCount> counts)
    {
        if (counts.Count == 0)
            return;
        _json.WriteStartArray(name);
        foreach (var count in counts.Take(MaxNames))
            _json.WriteStringValue(masking.Text(count.Name).Start(MaxText));
        _json.WriteEndArray();
    }
}
