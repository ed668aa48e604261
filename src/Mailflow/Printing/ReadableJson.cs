using System.Globalization;
using System.Text.Encodings.Web;

namespace Mailflow.Printing;

/// <summary>JSON in which text of any script stays readable, since it never ends up in HTML; but what turns text around is written as <c>\u202e</c>, which means the same to who parses it.</summary>
sealed class ReadableJson : JavaScriptEncoder
{
    static readonly JavaScriptEncoder Inner = UnsafeRelaxedJsonEscaping;

    ReadableJson()
    {
    }

    public static JavaScriptEncoder Encoder { get; } = new ReadableJson();

    public override int MaxOutputCharactersPerInputCharacter => Inner.MaxOutputCharactersPerInputCharacter;

    public override bool WillEncode(int unicodeScalar) => Turns(unicodeScalar) || Inner.WillEncode(unicodeScalar);

    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength)
    {
        var (other, turn) = (Inner.FindFirstCharacterToEncode(text, textLength), new ReadOnlySpan<char>(text, textLength).IndexOfAny(Printable.Turns));
        return other < 0 ? turn : turn < 0 ? other : Math.Min(other, turn);
    }

    public override unsafe bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten) =>
        Turns(unicodeScalar)
            ? new Span<char>(buffer, bufferLength).TryWrite(CultureInfo.InvariantCulture, $@"\u{unicodeScalar:x4}", out numberOfCharactersWritten)
            : Inner.TryEncodeUnicodeScalar(unicodeScalar, buffer, bufferLength, out numberOfCharactersWritten);

    static bool Turns(int scalar) => scalar <= char.MaxValue && Printable.Turns.Contains((char)scalar);
}
