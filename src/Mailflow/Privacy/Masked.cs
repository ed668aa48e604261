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
/// Text that may leave the program. There are two ways to create it: <see cref="Masking"/> masks a text, or an interpolated string is converted to
/// <see cref="Masked"/>. The holes of that string accept masked text, numbers, times and enum members, but no string. So text from a log, a file or
/// a server cannot be shown without masking: it does not compile.
/// </summary>
[InterpolatedStringHandler]
[JsonConverter(typeof(Converter))]
readonly struct Masked : IEquatable<Masked>
{
    readonly string? _text;
    readonly StringBuilder? _parts;

    Masked(string text) => _text = text;

    /// <summary>Called by the compiler for an interpolated string.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Masked(int literalLength, int formattedCount) => _parts = new(literalLength + (formattedCount * 12));

    public bool IsEmpty => _parts is null ? string.IsNullOrEmpty(_text) : _parts.Length == 0;

    public int Length => _parts?.Length ?? _text?.Length ?? 0;

    /// <summary>A value that is one address.</summary>
    public static Masked Address(Masking masking, string address) => new(masking.HideAddress(address));

    /// <summary>A text that may contain addresses.</summary>
    public static Masked Text(Masking masking, string text) => new(masking.HideAddresses(text));

    /// <summary>A path, or a sentence that contains one, on one line. Each part is masked separately: an address does not hide the others.</summary>
    public static Masked Path(Masking masking, string text)
    {
        // A directory name contains separators itself: it is hidden before the text is split.
        text = masking.HideDirectoryNames(text);
        var result = new StringBuilder(text.Length);
        for (var from = 0; from <= text.Length;)
        {
            var end = from;
            while (end < text.Length && !IsSeparator(text, end))
                end++;
            result.Append(masking.HideAddresses(text[from..end]));
            if (end < text.Length)
                result.Append(text[end]);
            from = end + 1;
        }

        return new(Visible.Escape(result.ToString()));
    }

    /// <summary>A backslash in front of an at sign, or of its code 40, belongs to an address.</summary>
    static bool IsSeparator(string text, int at) => text[at] == '/' || (text[at] == '\\' && text.AsSpan(at + 1) is not (['@', ..] or ['4', '0', ..]));

    /// <summary>A server's reply, which may contain names of persons.</summary>
    public static Masked Status(Masking masking, string text, params ReadOnlySpan<string> own) => new(masking.HidePersons(text, own));

    /// <summary>
    /// A message id, unchanged although it contains an at sign: it identifies a message, not a person, and people search the logs for it.
    /// Only a text in angle brackets without a space is a message id; any other text is masked.
    /// </summary>
    public static Masked MessageId(Masking masking, string id) =>
        id is ['<', .., '>'] && !id.Contains(' ', StringComparison.Ordinal) ? new(id) : Text(masking, id);

    /// <summary>The start of the text, with a mark if it was shortened.</summary>
    public Masked Start(int most) => Length <= most ? this : new(KeptText.Start(ToString(), most));

    /// <summary>With fixed words in place of others, as a format requires.</summary>
    public Masked Replace([ConstantExpected] string part, [ConstantExpected] string by) => new(ToString().Replace(part, by, StringComparison.Ordinal));

    /// <summary>The name of an enum's member in kebab case.</summary>
    public static Masked Name<T>(T member)
        where T : struct, Enum => new(JsonNamingPolicy.KebabCaseLower.ConvertName(member.ToString()));

    public override string ToString() => _parts?.ToString() ?? _text ?? "";

    public bool Equals(Masked other) => ToString() == other.ToString();

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Masked other && Equals(other);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToString());

    public static bool operator ==(Masked left, Masked right) => left.Equals(right);

    public static bool operator !=(Masked left, Masked right) => !left.Equals(right);

    /// <summary>Comparison with a plain string is allowed, because it shows no text.</summary>
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
