using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Mailflow.Analysis.Advising;
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
    const int MaxFacts = 12;

    readonly MaskedJson _json = new(new ArrayBufferWriter<byte>(), masking);

    /// <summary>Appends one line, with its LF.</summary>
    public void Write(StoredEvent stored, IBufferWriter<byte> output)
    {
        _json.Reset(output);
        _json.WriteStartObject();
        _json.WriteString("@t", stored.Time.UtcDateTime);
        _json.WriteString("@mt", masking.Text(stored.Deferred ? DeferralTemplate : FailureTemplate));
        _json.WriteString("@l", masking.Text(stored.Deferred ? "Information" : "Warning"));
        _json.WriteString("EventId", masking.Text(stored.EventId));
        _json.WriteString("Outcome", masking.Text(stored.Deferred ? "deferred" : "failed"));
        WriteDiagnosis(stored);
        _json.WriteString("Place", masking.Text(stored.Diagnosis.RemoteHost ?? stored.Diagnosis.RemoteAddress ?? stored.Server).Start(MaxText));
        Text("Server", masking.Text(stored.Server));
        Text("Source", masking.Text(stored.Source));
        Text("Direction", masking.Text(stored.Direction));
        Text("Connector", masking.Text(stored.Connector));
        _json.WriteString("Recipient", masking.Address(stored.Recipient).Start(MaxText));
        Text("RecipientDomain", masking.Text(Failure.DomainOf(stored.Recipient)));
        Text("Sender", masking.Address(stored.Sender));
        Text("SenderDomain", masking.Text(Failure.DomainOf(stored.Sender)));
        Text("MessageId", Masked.MessageId(masking, stored.MessageId));
        // A GUID; a value with an at sign is not one.
        Text("NetworkMessageId", masking.Text(stored.NetworkMessageId));
        Text("Session", masking.Text(stored.Session));
        Text("Subject", masking.TextOrNull(stored.Subject));
        if (stored.Answer is { } answer)
        {
            var name = answer.Question switch { Questions.Blocklist => "rbl", Questions.SenderAuth => "auth", var other => other };
            _json.WriteMasked(masking.Text(name), answer.Facts);
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
        _json.WriteString("Cause", masking.Text(facts.Name));
        _json.WriteString("GuideCause", masking.Text(facts.GuideCause));
        Text("SubReason", masking.TextOrNull(diagnosis.SubReason));
        _json.WriteString("Code", masking.Text(Code(diagnosis)));
        if (diagnosis.Smtp is { } smtp)
            _json.WriteNumber("Smtp", smtp);
        Text("Enhanced", masking.TextOrNull(diagnosis.Enhanced));
        _json.WriteString("Permanence", masking.Text(diagnosis.Permanence.Name()));
        _json.WriteString("Fault", masking.Text(diagnosis.Fault.Name()));
        _json.WriteNumber("Confidence", Math.Round(diagnosis.Confidence, 2));
        _json.WriteStartArray("Evidence");
        foreach (var evidence in diagnosis.Evidence.Take(MaxEvidence))
            _json.WriteStringValue(masking.Text($"{evidence.Kind} '{evidence.Found}': {evidence.Says}").Start(MaxText));
        if (answer is not null)
            _json.WriteStringValue(masking.Text($"{answer.Question} '{answer.Verdict}': {answer.Evidence}").Start(MaxText));
        _json.WriteEndArray();
        var said = ReplyFacts.Of(diagnosis.Text);
        var advised = Advised.Of(diagnosis, said, new());
        if (advised.Facts.Count > 0)
        {
            _json.WriteStartArray("Facts");
            foreach (var line in advised.Facts.Take(MaxFacts))
                _json.WriteStringValue(masking.Status(line, stored.Recipient, stored.Sender).Start(MaxText));
            _json.WriteEndArray();
        }

        _json.WriteString("Advice", masking.Text(advised.Check));
        _json.WriteString("Page", masking.Text(advised.Page));
        // Masked before it is cut: half an address has no @ and would not be recognised.
        _json.WriteString("Status", masking.Status(diagnosis.Text, stored.Recipient, stored.Sender).Start(MaxStatus));
        Text("RemoteHost", masking.TextOrNull(diagnosis.RemoteHost));
        Text("RemoteAddress", masking.TextOrNull(diagnosis.RemoteAddress));
    }

    /// <summary>Unknown values are left out.</summary>
    void Text([ConstantExpected] string name, Masked? text)
    {
        if (text is { IsEmpty: false } some)
            _json.WriteString(name, some.Start(MaxText));
    }

    static string Code(Diagnosis diagnosis) => diagnosis.Enhanced ?? diagnosis.Smtp?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "no code";
}
