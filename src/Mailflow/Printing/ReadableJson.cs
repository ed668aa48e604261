using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Mailflow.Analysis.Messages;

namespace Mailflow.Printing;

/// <summary>
/// JSON encoder that keeps all scripts readable; the JSON is never embedded in HTML. Bidirectional control characters are written as escapes
/// (<c>\u202e</c>), which a parser reads as the same characters.
/// </summary>
sealed class ReadableJson : JavaScriptEncoder
{
    static readonly JavaScriptEncoder Inner = UnsafeRelaxedJsonEscaping;

    ReadableJson()
    {
    }

    public static JavaScriptEncoder Encoder { get; } = new ReadableJson();

    /// <summary>On one line.</summary>
    public static JsonWriterOptions Options => new() { Encoder = Encoder };

    /// <summary>One JSON object as a string.</summary>
    /// <param name="members">Writes the members of the object.</param>
    public static string Object(Action<Utf8JsonWriter> members, bool indented = false) =>
        Of(
            json =>
            {
                json.WriteStartObject();
                members(json);
                json.WriteEndObject();
            },
            indented);

    /// <summary>One JSON value as a string.</summary>
    /// <param name="value">Writes the value.</param>
    public static string Of(Action<Utf8JsonWriter> value, bool indented = false)
    {
        using var bytes = new MemoryStream(4096);
        using (var json = new Utf8JsonWriter(bytes, Options with { Indented = indented }))
            value(json);

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    public override int MaxOutputCharactersPerInputCharacter => Inner.MaxOutputCharactersPerInputCharacter;

    public override bool WillEncode(int unicodeScalar) => Turns(unicodeScalar) || Inner.WillEncode(unicodeScalar);

    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength)
    {
        var all = new ReadOnlySpan<char>(text, textLength);
        // Nearly no text has a character of this range, which is found many times faster than one of a set outside of ASCII.
        var near = all.IndexOfAnyInRange('\u061c', '\u2069');
        var turn = near < 0 ? -1 : all[near..].IndexOfAny(Visible.Turns);
        turn = turn < 0 ? -1 : near + turn;
        var other = Inner.FindFirstCharacterToEncode(text, textLength);
        if (other < 0)
            return turn;
        return turn < 0 ? other : Math.Min(other, turn);
    }

    public override unsafe bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten) =>
        Turns(unicodeScalar)
            ? new Span<char>(buffer, bufferLength).TryWrite(CultureInfo.InvariantCulture, $@"\u{unicodeScalar:x4}", out numberOfCharactersWritten)
            : Inner.TryEncodeUnicodeScalar(unicodeScalar, buffer, bufferLength, out numberOfCharactersWritten);

    static bool Turns(int scalar) => scalar <= char.MaxValue && Visible.Turns.Contains((char)scalar);
}
