using System.Buffers;
using System.Text.Json;

namespace Mailflow.Printing;

/// <summary>JSON objects, one per line. They are written together, so that a list of texts does not cost one call of the system for each.</summary>
sealed class JsonLines(Stream output) : IDisposable
{
    /// <summary>They are written when there are so many bytes.</summary>
    const int Many = 64 * 1024;

    readonly ArrayBufferWriter<byte> _lines = new(2 * Many);
    readonly Utf8JsonWriter _json = new(Stream.Null, ReadableJson.Options);

    /// <param name="members">Writes the members of the object.</param>
    public void Add<T>(Action<Utf8JsonWriter, T> members, T of)
    {
        _json.Reset(_lines);
        _json.WriteStartObject();
        members(_json, of);
        _json.WriteEndObject();
        _json.Flush();
        _lines.Write("\n"u8);
        if (_lines.WrittenCount >= Many)
            Flush();
    }

    public void Flush()
    {
        output.Write(_lines.WrittenSpan);
        output.Flush();
        _lines.ResetWrittenCount();
    }

    public void Dispose() => _json.Dispose();
}
