using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mailflow.Analysis.Messages;

namespace Mailflow.Privacy;

/// <summary>
/// Text that may leave the program. It is made in two ways: <see cref="Masking"/> masks a text, or an interpolated string is written where a
/// <see cref="Masked"/> is expected, and then its holes take masked text, numbers, times and members of enums. A string fits into no hole,
/// so what a log, a file or a server says cannot be shown without masking: it does not compile.
/// </summary>
[InterpolatedStringHandler]
[JsonConverter(typeof(Converter))]
readonly struct Masked : IEquatable<Masked>
{
    readonly string? _text;
    readonly StringBuilder? _parts;

    Masked(string text) => _text = text;

    /// <summary>Called by the compiler, for an interpolated string.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Masked(int literalLength, int formattedCount) => _parts = new(literalLength + (formattedCount * 12));

    public bool IsEmpty => _parts is null ? string.IsNullOrEmpty(_text) : _parts.Length == 0;

    public int Length => _parts?.Length ?? _text?.Length ?? 0;

    /// <summary>An address in a column of its own.</summary>
    public static Masked Address(Masking masking, string address) => new(masking.HideAddress(address));

    /// <summary>A text that may name addresses.</summary>
    public static Masked Text(Masking masking, string text) => new(masking.HideAddresses(text));

    /// <summary>A path, or a sentence about one, on one line. Its parts are masked each by itself: what stands before an address in the path stays.</summary>
    public static Masked Path(Masking masking, string text)
    {
        var result = new StringBuilder(text.Length);
        for (var from = 0; from <= text.Length;)
        {
            var end = text.AsSpan(from).IndexOfAny('/', '\\');
            end = end < 0 ? text.Length : from + end;
            result.Append(masking.HideAddresses(text[from..end]));
            if (end < text.Length)
                result.Append(text[end]);
            from = end + 1;
        }

        return new(Visible.Escape(result.ToString()));
    }

    /// <summary>A server's reply, which may name persons.</summary>
    public static Masked Status(Masking masking, string text, params ReadOnlySpan<string> own) => new(masking.HidePersons(text, own));

    /// <summary>
    /// A message id as it is, although it has an at sign: it is made by a mail program and names a message, and it is what one looks for in the logs.
    /// Only a text in angle brackets without a space is one; all else is masked.
    /// </summary>
    public static Masked MessageId(Masking masking, string id) =>
        id is ['<', .., '>'] && !id.Contains(' ', StringComparison.Ordinal) ? new(id) : Text(masking, id);

    /// <summary>The start of the text, with a mark where it is cut.</summary>
    public Masked Start(int most) => Length <= most ? this : new(KeptText.Start(ToString(), most));

    /// <summary>The name of an enum's member in kebab case.</summary>
    public static Masked Name<T>(T member)
        where T : struct, Enum => new(JsonNamingPolicy.KebabCaseLower.ConvertName(member.ToString()));

    public override string ToString() => _parts?.ToString() ?? _text ?? "";

    public bool Equals(Masked other) => ToString() == other.ToString();

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Masked other && Equals(other);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToString());

    public static bool operator ==(Masked left, Masked right) => left.Equals(right);

    public static bool operator !=(Masked left, Masked right) => !left.Equals(right);

    /// <summary>Comparing shows nothing, so a string will do.</summary>
    public static bool operator ==(Masked left, string right) => left.ToString() == right;

    public static bool operator !=(Masked left, string right) => !(left == right);

    public void AppendLiteral([ConstantExpected] string words) => _parts!.Append(words);

    public void AppendFormatted(Masked text) => _parts!.Append(text.ToString());

    public void AppendFormatted(Masked? text) => _parts!.Append(text?.ToString());

    public void AppendFormatted(long number) => _parts!.Append(number);

    public void AppendFormatted(double number, string? format = null) => _parts!.Append(number.ToString(format, CultureInfo.InvariantCulture));

    public void AppendFormatted(DateTimeOffset time, string format) => _parts!.Append(time.ToString(format, CultureInfo.InvariantCulture));

    public void AppendFormatted(TimeSpan span, string format) => _parts!.Append(span.ToString(format, CultureInfo.InvariantCulture));

    public void AppendFormatted<T>(T member)
        where T : struct, Enum => _parts!.Append(member.ToString());

    internal sealed class Converter : JsonConverter<Masked>
    {
        public override Masked Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Masked value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
