using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Mailflow.Privacy;

namespace Mailflow.Printing;

/// <summary>
/// Writes JSON output: a <see cref="Utf8JsonWriter"/> without the methods that take a string. A value is masked text, a number or a time; a name is a
/// constant or masked text.
/// </summary>
sealed class MaskedJson : IDisposable
{
    readonly Utf8JsonWriter _json;

    public MaskedJson(IBufferWriter<byte> output, Masking masking)
    {
        Masking = masking;
        _json = new(output, new JsonWriterOptions { Encoder = ReadableJson.Encoder });
    }

    /// <summary>Indented, for people to read.</summary>
    public MaskedJson(Stream output, Masking masking)
    {
        Masking = masking;
        _json = new(output, new JsonWriterOptions { Encoder = ReadableJson.Encoder, Indented = true });
    }

    public Masking Masking { get; }

    public void Reset(IBufferWriter<byte> next) => _json.Reset(next);

    public void Flush() => _json.Flush();

    public void Dispose() => _json.Dispose();

    public void WriteStartObject() => _json.WriteStartObject();

    public void WriteStartObject([ConstantExpected] string name) => _json.WriteStartObject(name);

    public void WriteStartObject(Masked name) => _json.WriteStartObject(name.ToString());

    public void WriteEndObject() => _json.WriteEndObject();

    public void WriteStartArray([ConstantExpected] string name) => _json.WriteStartArray(name);

    public void WriteEndArray() => _json.WriteEndArray();

    /// <summary>The name of a member whose value another writer writes.</summary>
    public void WritePropertyName([ConstantExpected] string name) => _json.WritePropertyName(name);

    public void WriteString([ConstantExpected] string name, Masked text) => _json.WriteString(name, text.ToString());

    public void WriteString([ConstantExpected] string name, Masked? text)
    {
        if (text is { } some)
            WriteString(name, some);
        else
            _json.WriteNull(name);
    }

    public void WriteString(Masked name, Masked text) => _json.WriteString(name.ToString(), text.ToString());

    public void WriteString([ConstantExpected] string name, DateTime time) => _json.WriteString(name, time);

    public void WriteStringValue(Masked text) => _json.WriteStringValue(text.ToString());

    public void WriteNumber([ConstantExpected] string name, long number) => _json.WriteNumber(name, number);

    public void WriteNumber([ConstantExpected] string name, double number) => _json.WriteNumber(name, number);

    public void WriteNumber(Masked name, long number) => _json.WriteNumber(name.ToString(), number);

    public void WriteNumber(Masked name, double number) => _json.WriteNumber(name.ToString(), number);

    public void WriteNull(Masked name) => _json.WriteNull(name.ToString());

    public void WriteBoolean([ConstantExpected] string name, bool value) => _json.WriteBoolean(name, value);

    public void WriteNull([ConstantExpected] string name) => _json.WriteNull(name);

    /// <summary>Writes stored JSON: its structure is kept, and each text in it is masked.</summary>
    public void WriteMasked(Masked name, string stored)
    {
        using var document = JsonDocument.Parse(stored);
        _json.WritePropertyName(name.ToString());
        WriteMasked(document.RootElement);
    }

    void WriteMasked(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                _json.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    _json.WritePropertyName(Masking.Text(member.Name).ToString());
                    WriteMasked(member.Value);
                }

                _json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                _json.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                    WriteMasked(item);
                _json.WriteEndArray();
                break;
            case JsonValueKind.String:
                _json.WriteStringValue(Masking.Text(value.GetString()!).ToString());
                break;
            default:
                value.WriteTo(_json);
                break;
        }
    }
}
