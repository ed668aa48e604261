using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Mailflow.Configuration;

namespace Mailflow.Ship;

/// <summary>Converts lines of CLEF into one OTLP request of log records; names and values stay as in docs/events.md.</summary>
static partial class OtlpLogs
{
    // https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber
    const int Info = 9;
    const int Warn = 13;

    public static void Write(ReadOnlySpan<byte> lines, DateTimeOffset now, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteStartArray("resourceLogs");
        json.WriteStartObject();
        json.WriteStartObject("resource");
        json.WriteStartArray("attributes");
        Attribute(json, "service.name", "mailflow");
        Attribute(json, "service.version", ProgramVersion.Text);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("scopeLogs");
        json.WriteStartObject();
        json.WriteStartObject("scope");
        json.WriteString("name", "mailflow.events");
        json.WriteEndObject();
        json.WriteStartArray("logRecords");
        foreach (var range in lines.Split((byte)'\n'))
            if (!lines[range].IsEmpty)
                Record(json, lines[range], now);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void Record(Utf8JsonWriter json, ReadOnlySpan<byte> line, DateTimeOffset now)
    {
        var reader = new Utf8JsonReader(line);
        using var document = JsonDocument.ParseValue(ref reader);
        var clef = document.RootElement;
        var warning = clef.GetProperty("@l").ValueEquals("Warning");
        json.WriteStartObject();
        json.WriteString("timeUnixNano", Nanoseconds(clef.GetProperty("@t").GetDateTimeOffset()));
        json.WriteString("observedTimeUnixNano", Nanoseconds(now));
        json.WriteNumber("severityNumber", warning ? Warn : Info);
        json.WriteString("severityText", warning ? "WARN" : "INFO");
        json.WriteStartObject("body");
        json.WriteString(
            "stringValue",
            Hole().Replace(
                clef.GetProperty("@mt").GetString()!,
                hole => clef.TryGetProperty(hole.Groups["name"].Value, out var value) ? value.ToString() : hole.Value));
        json.WriteEndObject();
        json.WriteStartArray("attributes");
        foreach (var property in clef.EnumerateObject())
            if (!property.Name.StartsWith('@'))
                Attribute(json, property.Name, property.Value);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void Attribute(Utf8JsonWriter json, string key, string value)
    {
        json.WriteStartObject();
        json.WriteString("key", key);
        json.WriteStartObject("value");
        json.WriteString("stringValue", value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void Attribute(Utf8JsonWriter json, string key, JsonElement value)
    {
        // The DNS answer is an object: its members become dns.verdict and so on.
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject())
                Attribute(json, $"{key}.{member.Name}", member.Value);
            return;
        }

        json.WriteStartObject();
        json.WriteString("key", key);
        json.WritePropertyName("value");
        Value(json, value);
        json.WriteEndObject();
    }

    static void Value(Utf8JsonWriter json, JsonElement value)
    {
        json.WriteStartObject();
        switch (value.ValueKind)
        {
            case JsonValueKind.Number when value.TryGetInt64(out var whole):
                // 64-bit integers are strings in the JSON form of protocol buffers.
                json.WriteString("intValue", whole.ToString(CultureInfo.InvariantCulture));
                break;
            case JsonValueKind.Number:
                json.WriteNumber("doubleValue", value.GetDouble());
                break;
            case JsonValueKind.True or JsonValueKind.False:
                json.WriteBoolean("boolValue", value.GetBoolean());
                break;
            case JsonValueKind.Array:
                json.WriteStartObject("arrayValue");
                json.WriteStartArray("values");
                foreach (var member in value.EnumerateArray())
                    Value(json, member);
                json.WriteEndArray();
                json.WriteEndObject();
                break;
            default:
                json.WriteString("stringValue", value.ToString());
                break;
        }

        json.WriteEndObject();
    }

    static string Nanoseconds(DateTimeOffset time) => ((time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * 100).ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\{(?<name>\w+)\}", RegexOptions.NonBacktracking)]
    private static partial Regex Hole();
}
