using System.Buffers;
using System.Text;
using System.Text.Json;
using Mailflow.Analysis.Advising;
using Mailflow.Printing;

namespace Mailflow.Commands;

/// <summary>
/// The commands of advice as JSON. It is kept for each choice, as bytes with places for values, since two texts with the same advice differ only in these:
/// to make the same kilobytes again for each text takes longer than to judge it.
/// </summary>
/// <remarks>For one thread.</remarks>
sealed class AdviceJson
{
    readonly Dictionary<AdviceChoice, (byte[] Before, int Value)[]> _known = [];
    readonly byte[]?[] _values = new byte[Placeholder.All.Count][];
    readonly ArrayBufferWriter<byte> _bytes = new(8192);

    /// <summary>Writes the array of commands.</summary>
    public void Write(Utf8JsonWriter json, AdviceChoice choice, AdviceValues values)
    {
        if (!_known.TryGetValue(choice, out var parts))
            _known.Add(choice, parts = Parts(ReadableJson.Of(w => Write(w, choice.Commands()))));
        Array.Clear(_values);
        _bytes.ResetWrittenCount();
        foreach (var (before, value) in parts)
        {
            _bytes.Write(before);
            if (value >= 0)
                _bytes.Write(_values[value] ??= Encoded(Placeholder.All[value].Filled(values)));
        }

        json.WriteRawValue(_bytes.WrittenSpan, skipInputValidation: true);
    }

    static byte[] Encoded(string value) => JsonEncodedText.Encode(value, ReadableJson.Encoder).EncodedUtf8Bytes.ToArray();

    // Each part ends with a value, the last one with -1. A brace of JSON itself is before a quotation mark or a brace, never before a name.
    static (byte[] Before, int Value)[] Parts(string json)
    {
        var parts = new List<(byte[], int)>();
        var done = 0;
        for (var at = json.IndexOf('{', StringComparison.Ordinal); at >= 0; at = json.IndexOf('{', Math.Max(at + 1, done)))
        {
            if (Placeholder.At(json, at) is not { } placeholder)
                continue;
            parts.Add((Encoding.UTF8.GetBytes(json[done..at]), Placeholder.All.ToList().IndexOf(placeholder)));
            done = at + placeholder.Name.Length + 2;
        }

        parts.Add((Encoding.UTF8.GetBytes(json[done..]), -1));
        return [.. parts];
    }

    static void Write(Utf8JsonWriter json, IReadOnlyList<AdvisedCommand> commands)
    {
        json.WriteStartArray();
        foreach (var (purpose, command) in commands)
        {
            json.WriteStartObject();
            json.WriteString("shell", command.Shell.Name());
            json.WriteString("purpose", purpose.Name());
            json.WriteBoolean("changes", command.Changes is not null);
            json.WriteString("says", command.Says);
            json.WriteString("text", command.Text);
            json.WriteString("changes_what", command.Changes);
            json.WriteString("undo", command.Undo);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
