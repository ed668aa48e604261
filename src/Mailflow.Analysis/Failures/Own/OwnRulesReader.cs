using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Mailflow.Analysis.Failures.Own;

/// <summary>A fault of a rules file.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">In characters, from 1.</param>
/// <param name="Says">What was expected and what was found.</param>
public readonly record struct RulesFault(int Line, int Column, string Says);

/// <summary>
/// Reads a rules file: a JSON array of objects, with comments and trailing commas allowed, as in appsettings.json. Reports all faults at once;
/// a file with a fault gives no rules.
/// </summary>
public static class OwnRulesReader
{
    /// <summary>The largest file, in bytes.</summary>
    public const int MaxBytes = 1 << 20;

    const int MaxRules = 1000;
    const int MaxParts = 50;
    const int MaxFaults = 50;
    const int ShortestText = 3;
    const int LongestText = 300;
    const int LongestAdvice = 1000;
    const int LongestName = 40;
    const int LongestHost = 255;

    static readonly JsonReaderOptions Form = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 8 };

    static readonly string[] Keys = ["text", "code", "next_hop", "cause", "sub_reason", "fault", "advice"];

    /// <summary>The rules of a file, or its faults.</summary>
    /// <param name="utf8">The file's content; a byte order mark is allowed.</param>
    /// <param name="name">The file's name, as evidence shows it.</param>
    public static OwnRules? Read(ReadOnlyMemory<byte> utf8, string name, out IReadOnlyList<RulesFault> faults)
    {
        var content = utf8.Span.StartsWith(Encoding.UTF8.Preamble) ? utf8[Encoding.UTF8.Preamble.Length..] : utf8;
        var file = new File(content.ToArray());
        faults = file.Faults;
        if (content.Length > MaxBytes)
        {
            file.Faults.Add(new(1, 1, $"The file has {content.Length:N0} bytes; expected at most {MaxBytes:N0}."));
            return null;
        }

        if (file.NotUtf8() is { } fault)
        {
            file.Faults.Add(fault);
            return null;
        }

        try
        {
            file.ReadAll();
        }
        catch (JsonException e)
        {
            var line = (int)(e.LineNumber ?? 0);
            file.Faults.Add(new(line + 1, file.ColumnOf(line, (int)(e.BytePositionInLine ?? 0)), $"This is not JSON: {Reason(e)}"));
        }

        return file.Faults.Count == 0 ? new OwnRules(file.Rules, name) : null;
    }

    // The library's message ends with the path and the place, which are reported in another form.
    static string Reason(JsonException e) => e.Message.Split(" Path:")[0].Split(" LineNumber:")[0];

    /// <summary>One pass over the tokens. Each fault has the place of its token.</summary>
    sealed class File(byte[] utf8)
    {
        public List<RulesFault> Faults { get; } = [];

        public List<OwnRule> Rules { get; } = [];

        /// <summary>Where the content is not UTF-8: the reader would throw at such a text. Null where it is.</summary>
        public RulesFault? NotUtf8()
        {
            if (utf8 is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
                return new(1, 1, "The file is UTF-16. Save it as UTF-8.");
            var rest = utf8.AsSpan();
            while (!rest.IsEmpty)
            {
                if (Rune.DecodeFromUtf8(rest, out _, out var length) != OperationStatus.Done)
                    return new(LineOf(utf8.Length - rest.Length), ColumnOf(utf8.Length - rest.Length), "The file is not UTF-8 here. Save it as UTF-8.");
                rest = rest[length..];
            }

            return null;
        }

        /// <summary>The text of a token; null, after the fault was added, where an escape such as \\ud800 is half a character.</summary>
        string? Unescaped(ref Utf8JsonReader json)
        {
            try
            {
                return json.GetString()!;
            }
            catch (InvalidOperationException)
            {
                Fault(json.TokenStartIndex, "Half of a character: an escape from \\ud800 to \\udfff needs its second half.");
                return null;
            }
        }

        public void ReadAll()
        {
            var json = new Utf8JsonReader(utf8, Form);
            if (!json.Read() || json.TokenType != JsonTokenType.StartArray)
            {
                Fault(json.TokenStartIndex, "Expected a list of rules: [ { \"text\": \"...\", \"cause\": \"...\" } ]");
                return;
            }

            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                if (json.TokenType != JsonTokenType.StartObject)
                    Fault(json.TokenStartIndex, "Expected a rule: { \"text\": \"...\", \"cause\": \"...\" }");
                else if (Rules.Count >= MaxRules)
                    Fault(json.TokenStartIndex, $"Expected at most {MaxRules:N0} rules.");
                else
                    ReadRule(ref json);
                json.TrySkip();
                if (Faults.Count >= MaxFaults)
                    return;
            }

            // What follows the list is a fault of syntax, which the next read reports.
            while (json.Read())
            {
            }
        }

        void ReadRule(ref Utf8JsonReader json)
        {
            var start = json.TokenStartIndex;
            var seen = new HashSet<string>(StringComparer.Ordinal);
            var before = Faults.Count;
            IReadOnlyList<string> texts = [], codes = [];
            string? hop = null, sub = null, advice = null;
            Cause? cause = null;
            Fault? fault = null;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var (key, at) = (Unescaped(ref json) ?? "", json.TokenStartIndex);
                if (!seen.Add(key))
                    Fault(at, $"'{key}' is there twice in this rule.");
                json.Read();
                switch (key)
                {
                    case "text":
                        texts = Parts(ref json, key, TextOf);
                        break;
                    case "code":
                        codes = Parts(ref json, key, CodeOf);
                        break;
                    case "next_hop":
                        hop = One(ref json, key, HostOf);
                        break;
                    case "cause":
                        cause = One(ref json, key, CauseOf) is { } name && CauseTable.TryParse(name, out var known) ? known : null;
                        break;
                    case "sub_reason":
                        sub = One(ref json, key, SubOf);
                        break;
                    case "fault":
                        fault = One(ref json, key, FaultOf) is { } side ? Sides[side] : null;
                        break;
                    case "advice":
                        advice = One(ref json, key, AdviceOf);
                        break;
                    default:
                        Fault(at, $"Unknown key '{key}'. Expected one of: {string.Join(", ", Keys)}.");
                        json.TrySkip();
                        break;
                }
            }

            if (!seen.Contains("text") && !seen.Contains("code"))
                Fault(start, "The rule matches nothing: expected 'text' or 'code'.");
            if (!seen.Contains("cause"))
                Fault(start, $"'cause' is missing. Expected one of: {Causes}.");
            if (Faults.Count == before)
                Rules.Add(new(LineOf(start), texts, codes, hop, cause!.Value, sub, fault, advice));
        }

        /// <summary>A string, or a list of strings.</summary>
        /// <param name="read">The value in its kept form, or what was expected.</param>
        List<string> Parts(ref Utf8JsonReader json, string key, Func<string, (string? Value, string? Expected)> read)
        {
            var parts = new List<string>();
            if (json.TokenType != JsonTokenType.StartArray)
            {
                if (One(ref json, key, read) is { } only)
                    parts.Add(only);
                return parts;
            }

            var start = json.TokenStartIndex;
            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                if (One(ref json, key, read) is { } part)
                    parts.Add(part);
            if (parts.Count is 0 or > MaxParts && Faults.Count == 0)
                Fault(start, $"'{key}' has {parts.Count:N0} entries; expected 1 to {MaxParts}.");
            return parts;
        }

        string? One(ref Utf8JsonReader json, string key, Func<string, (string? Value, string? Expected)> read)
        {
            var at = json.TokenStartIndex;
            if (json.TokenType != JsonTokenType.String)
            {
                Fault(at, $"'{key}': expected text in double quotes{(json.TokenType == JsonTokenType.Number ? ", found a number" : "")}.");
                json.TrySkip();
                return null;
            }

            if (Unescaped(ref json) is not { } text)
                return null;
            var (value, expected) = read(text);
            if (value is null)
                Fault(at, $"'{key}': expected {expected}, found '{Shown(text)}'.");
            return value;
        }

        void Fault(long at, string says) => Faults.Add(new(LineOf(at), ColumnOf(at), says));

        int LineOf(long at) => 1 + utf8.AsSpan(0, (int)at).Count((byte)'\n');

        int ColumnOf(long at)
        {
            var before = utf8.AsSpan(0, (int)at);
            return 1 + Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]);
        }

        /// <summary>The column of a byte of a line.</summary>
        /// <param name="line">From 0.</param>
        public int ColumnOf(int line, int bytes)
        {
            var start = 0;
            for (; line > 0 && utf8.AsSpan(start).IndexOf((byte)'\n') is >= 0 and var end; line--)
                start += end + 1;
            return 1 + Encoding.UTF8.GetCharCount(utf8.AsSpan(start, Math.Min(bytes, utf8.Length - start)));
        }
    }

    static string Causes => string.Join(", ", CauseTable.All.Select(c => c.Name));

    static readonly Dictionary<string, Fault> Sides = Enum.GetValues<Fault>().ToDictionary(f => f.Name(), StringComparer.Ordinal);

    static string Shown(string text) => text.Length <= 60 ? text : text[..60] + "...";

    static (string? Value, string? Expected) TextOf(string text)
    {
        var kept = OwnRules.OneSpace(text).ToString();
        return (kept.Length is >= ShortestText and <= LongestText && !kept.Any(char.IsControl) ? kept : null,
            $"{ShortestText} to {LongestText} characters of a reply");
    }

    static (string? Value, string? Expected) CodeOf(string text) =>
        (IsCode(text) ? text : null, "an SMTP code (554), an enhanced code (5.7.1), or x for each class (x.7.1)");

    static bool IsCode(string text)
    {
        var parts = text.Split('.');
        return parts.Length == 1
            ? text.Length == 3 && text[0] is '4' or '5' && text.All(char.IsAsciiDigit)
            : parts.Length == 3 && parts[0] is "4" or "5" or "x" && parts[1..].All(p => p.Length is >= 1 and <= 3 && p.All(char.IsAsciiDigit));
    }

    static (string? Value, string? Expected) HostOf(string text)
    {
        var name = text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text;
        return (name.Length is > 0 and <= LongestHost && name.All(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' or ':') ? text.TrimEnd('.') : null,
            "a host name (mx.contoso.com), *.contoso.com or an IP address");
    }

    static (string? Value, string? Expected) CauseOf(string text) => (CauseTable.TryParse(text, out _) ? text : null, $"one of {Causes}");

    static (string? Value, string? Expected) SubOf(string text) =>
        (text.Length is > 0 and <= LongestName && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.') ? text : null,
            $"1 to {LongestName} of: small letters, digits, '-' and '.'");

    static (string? Value, string? Expected) FaultOf(string text) =>
        (Sides.ContainsKey(text) ? text : null, $"one of {string.Join(", ", Sides.Keys)}");

    static (string? Value, string? Expected) AdviceOf(string text) =>
        (text.Length is > 0 and <= LongestAdvice && !text.Any(char.IsControl) ? text : null,
            string.Create(CultureInfo.InvariantCulture, $"1 to {LongestAdvice} characters without line ends"));
}
