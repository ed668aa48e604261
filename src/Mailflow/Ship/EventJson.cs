using System.Buffers;
using System.Text.Json;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Ledger;
using Mailflow.Pipeline;
using Mailflow.Printing;
using Mailflow.Privacy;

namespace Mailflow.Ship;

/// <summary>
/// Writes an event as one line of CLEF (https://clef-json.org), Seq's format. Every field is in docs/events.md. Addresses are masked here,
/// for all sinks; message ids are kept, because they identify a message in the logs.
/// </summary>
sealed class EventJson(Masking masking) : IDisposable
{
    public const string FailureTemplate = "Delivery to {Recipient} failed: {Cause} ({Code}) at {Place}";
    public const string DeferralTemplate = "Delivery to {Recipient} is deferred: {Cause} ({Code}) at {Place}";

    const int MaxStatus = 4096;
    const int MaxText = 512;
    const int MaxEvidence = 8;

    // Text in any script stays readable; the output is never used in HTML.
    readonly Utf8JsonWriter _json = new(new ArrayBufferWriter<byte>(), new JsonWriterOptions { Encoder = ReadableJson.Encoder });

    /// <summary>Appends one line, with its LF.</summary>
    public void Write(StoredEvent stored, IBufferWriter<byte> output)
    {
        _json.Reset(output);
        _json.WriteStartObject();
        _json.WriteString("@t", stored.Time.UtcDateTime);
        _json.WriteString("@mt", stored.Deferred ? DeferralTemplate : FailureTemplate);
        _json.WriteString("@l", stored.Deferred ? "Information" : "Warning");
        _json.WriteString("EventId", stored.EventId);
        _json.WriteString("Outcome", stored.Deferred ? "deferred" : "failed");
        WriteDiagnosis(stored);
        _json.WriteString("Place", KeptText.Start(masking.Text(stored.Diagnosis.RemoteHost ?? stored.Diagnosis.RemoteAddress ?? stored.Server), MaxText));
        Text("Server", stored.Server);
        Text("Source", masking.Text(stored.Source));
        Text("Direction", stored.Direction);
        Text("Connector", masking.Text(stored.Connector));
        _json.WriteString("Recipient", KeptText.Start(masking.Address(stored.Recipient), MaxText));
        Text("RecipientDomain", Failure.DomainOf(stored.Recipient));
        Text("Sender", masking.Address(stored.Sender));
        Text("SenderDomain", Failure.DomainOf(stored.Sender));
        Text("MessageId", stored.MessageId);
        // A GUID; a value with an at sign is not one.
        Text("NetworkMessageId", masking.Text(stored.NetworkMessageId));
        Text("Session", stored.Session);
        Text("Subject", stored.Subject);
        if (stored.Answer is { } answer)
        {
            _json.WritePropertyName(answer.Question switch { Questions.Blocklist => "rbl", Questions.SenderAuth => "auth", var other => other });
            _json.WriteRawValue(answer.Facts);
        }

        Text("LogFile", masking.Text(stored.File));
        _json.WriteNumber("LogOffset", stored.Offset);
        _json.WriteEndObject();
        _json.Flush();
        output.Write("\n"u8);
    }

    public void Dispose() => _json.Dispose();

    void WriteDiagnosis(StoredEvent stored)
    {
        var (diagnosis, answer) = (stored.Diagnosis, stored.Answer);
        var facts = CauseTable.Of(diagnosis.Cause);
        _json.WriteString("Cause", facts.Name);
        _json.WriteString("GuideCause", facts.GuideCause);
        Text("SubReason", diagnosis.SubReason);
        _json.WriteString("Code", Code(diagnosis));
        if (diagnosis.Smtp is { } smtp)
            _json.WriteNumber("Smtp", smtp);
        Text("Enhanced", diagnosis.Enhanced);
        _json.WriteString("Permanence", diagnosis.Permanence.Name());
        _json.WriteString("Fault", diagnosis.Fault.Name());
        _json.WriteNumber("Confidence", Math.Round(diagnosis.Confidence, 2));
        _json.WriteStartArray("Evidence");
        foreach (var evidence in diagnosis.Evidence.Take(MaxEvidence))
            _json.WriteStringValue(KeptText.Start(masking.Text($"{evidence.Kind} '{evidence.Found}': {evidence.Says}"), MaxText));
        if (answer is not null)
            _json.WriteStringValue(KeptText.Start(masking.Text($"{answer.Question} '{answer.Verdict}': {answer.Evidence}"), MaxText));
        _json.WriteEndArray();
        // Masked before it is cut: half an address has no @ and would not be recognised.
        _json.WriteString("Status", KeptText.Start(masking.Status(diagnosis.Text, stored.Recipient, stored.Sender), MaxStatus));
        Text("RemoteHost", diagnosis.RemoteHost is { } host ? masking.Text(host) : null);
        Text("RemoteAddress", diagnosis.RemoteAddress);
    }

    /// <summary>Unknown values are left out.</summary>
    void Text(string name, string? text)
    {
        if (!string.IsNullOrEmpty(text))
            _json.WriteString(name, KeptText.Start(text, MaxText));
    }

    static string Code(Diagnosis diagnosis) => diagnosis.Enhanced ?? diagnosis.Smtp?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "no code";
}
