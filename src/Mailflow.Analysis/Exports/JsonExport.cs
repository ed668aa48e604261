using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Mailflow.Analysis.Exports;

/// <summary>
/// ConvertTo-Json: an array of objects, one object, or one per line. Objects are separated by their brackets and parsed one by one, so a
/// broken object does not affect the others. Windows PowerShell may wrap an array as <c>{"value":[…],"Count":2}</c>, and Graph does; the wrapper is skipped.
/// </summary>
sealed class JsonExport(Stream utf8, ExportContext context)
{
    const int MaxDepth = 48;
    const int LongestWrapping = 4096;

    static readonly SearchValues<byte> Blank = SearchValues.Create(" \t\r\n[],"u8);

    readonly ByteWindow _window = new(utf8);
    int _length;
    long _record;
    bool _sawOther;
    int _openArrays;

    public IEnumerable<ExportObject> Read()
    {
        var found = 0L;
        while (TryNext(out var depth))
        {
            if (depth > MaxDepth)
                context.Problems.Add(ExportProblem.TooDeep, _record, $"objects in objects: {depth}");
            else if (ToObject() is { } one)
                yield return one;
            found++;
        }

        if (_openArrays > 0)
            context.Problems.AddOnce(ExportProblem.Truncated, _record, "an array without an end");
        if (found == 0 && _record == 0 && _sawOther)
            context.Problems.Add(ExportProblem.UnknownShape, 0, "JSON without an object");
    }

    /// <summary>Finds the next object: it begins at the start of the window; its length is in <c>_length</c>.</summary>
    bool TryNext(out int deepest)
    {
        _window.Drop(_length);
        (_length, deepest) = (0, 0);
        while (FindStart())
        {
            _record++;
            if (FindEnd(out deepest))
                return true;
        }

        return false;
    }

    bool FindStart()
    {
        while (true)
        {
            var bytes = _window.Bytes;
            var start = bytes.IndexOf((byte)'{');
            var between = start < 0 ? bytes : bytes[..start];
            _sawOther |= between.ContainsAnyExcept(Blank);
            _openArrays += between.Count((byte)'[') - between.Count((byte)']');
            if (start >= 0)
            {
                _window.Drop(start);
                _ = _window.Has(LongestWrapping);
                if (WrappingLength(_window.Bytes, out var hasMore) is not (> 0 and var wrapping))
                    return true;
                if (hasMore)
                    context.Problems.AddOnce(ExportProblem.Truncated, 0, "@odata.nextLink: this is one page of several. Export all pages");
                _window.Drop(wrapping);
                _openArrays++;
                continue;
            }

            _window.Drop(bytes.Length);
            if (!_window.Grow())
                return false;
        }
    }

    /// <summary>Follows brackets and strings to the end of the object. False where it has none; the examined bytes are then skipped.</summary>
    bool FindEnd(out int deepest)
    {
        var (at, depth, inString) = (0, 0, false);
        deepest = 0;
        while (true)
        {
            var rest = _window.Bytes[at..];
            var next = inString ? rest.IndexOfAny((byte)'"', (byte)'\\', (byte)'\n') : rest.IndexOfAny("\"{}[]"u8);
            // An escape needs the character after the backslash.
            if (next < 0 || (rest[next] == '\\' && next + 1 >= rest.Length))
            {
                at = next < 0 ? _window.Bytes.Length : at + next;
                if (_window.Grow())
                    continue;
                context.Problems.Add(_window.IsWhole ? ExportProblem.Truncated : ExportProblem.TooLong, _record, "an object without an end");
                _window.Drop(_window.Bytes.Length);
                return false;
            }

            at += next + 1;
            switch (rest[next])
            {
                case (byte)'"':
                    inString = !inString;
                    break;
                case (byte)'\\':
                    at++;
                    break;
                case (byte)'\n': // a raw line end in a string, which JSON does not allow: its closing quote is missing
                    context.Problems.Add(ExportProblem.CorruptRecord, _record, "a string without an end");
                    _window.Drop(at);
                    return false;
                case (byte)'{' or (byte)'[':
                    deepest = Math.Max(deepest, ++depth);
                    break;
                default:
                    if (--depth > 0)
                        break;
                    _length = at;
                    return true;
            }
        }
    }

    ExportObject? ToObject()
    {
        var found = new ExportObject(context, _record);
        try
        {
            var options = new JsonReaderOptions
            {
                MaxDepth = MaxDepth + 1,
                CommentHandling = JsonCommentHandling.Skip,
                AllowTrailingCommas = true,
            };
            var json = new Utf8JsonReader(_window.Bytes[.._length], options);
            json.Read();
            AddProperties(found, ref json, "");
            return found;
        }
        catch (JsonException e)
        {
            context.Problems.Add(ExportProblem.CorruptRecord, _record, e.Message);
        }
        catch (InvalidOperationException)
        {
            // Thrown by GetString for bytes that are not UTF-8, and for half a surrogate pair.
            context.Problems.Add(ExportProblem.WrongEncoding, _record, "text that is not UTF-8");
        }

        return null;
    }

    /// <summary>Reads from the start of an object to its end.</summary>
    static void AddProperties(ExportObject to, ref Utf8JsonReader json, string prefix)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = prefix + json.GetString();
            json.Read();
            if (!to.Takes(name))
            {
                json.Skip();
                continue;
            }

            switch (json.TokenType)
            {
                case JsonTokenType.StartObject when EnumOf(json) is { } word:
                    json.Skip();
                    to.Set(name, word);
                    break;
                case JsonTokenType.StartObject:
                    AddProperties(to, ref json, name + ".");
                    break;
                case JsonTokenType.StartArray:
                    AddMembers(to, ref json, name);
                    break;
                default:
                    to.Set(name, TextOf(ref json));
                    break;
            }
        }
    }

    /// <summary>
    /// The word of <c>{"value":4,"Value":"Retry"}</c>, as Windows PowerShell writes an enum of a remote object; null where the object is another.
    /// </summary>
    static string? EnumOf(Utf8JsonReader json)
    {
        string? word = null;
        var numbers = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (!json.ValueTextEquals("value"u8) && !json.ValueTextEquals("Value"u8))
                return null;
            json.Read();
            if (json.TokenType == JsonTokenType.String && word is null)
                word = json.GetString();
            else if (json.TokenType == JsonTokenType.Number)
                numbers++;
            else
                return null;
        }

        return numbers == 1 ? word : null;
    }

    static void AddMembers(ExportObject to, ref Utf8JsonReader json, string name)
    {
        to.AddList(name);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType == JsonTokenType.StartObject)
                AddMember(to, ref json, name);
            else if (json.TokenType == JsonTokenType.StartArray)
                json.Skip();
            else
                to.AddToList(name, TextOf(ref json) ?? "");
        }
    }

    static void AddMember(ExportObject to, ref Utf8JsonReader json, string name)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var inner = $"{name}.{json.GetString()}";
            json.Read();
            if (json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                json.Skip();
            else
                to.AddToList(inner, TextOf(ref json) ?? "");
        }
    }

    static string? TextOf(ref Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.True => "True",
        JsonTokenType.False => "False",
        JsonTokenType.Number => Encoding.UTF8.GetString(json.ValueSpan),
        _ => json.GetString(),
    };

    /// <summary>The length of <c>{"value":[</c> before another object, also after <c>"@odata.context":"...",</c>; 0 where there is none.</summary>
    static int WrappingLength(ReadOnlySpan<byte> text, out bool hasMore)
    {
        hasMore = false;
        try
        {
            var json = new Utf8JsonReader(text, isFinalBlock: false, default);
            for (json.Read(); json.Read() && json.TokenType == JsonTokenType.PropertyName;)
            {
                var isValue = json.ValueTextEquals("value"u8);
                hasMore |= json.ValueTextEquals("@odata.nextLink"u8);
                if (!isValue && !json.ValueSpan.StartsWith("@odata."u8))
                    return 0;
                if (!json.Read() || (!isValue && json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray))
                    return 0;
                if (isValue)
                    return json.TokenType == JsonTokenType.StartArray && json.Read() && json.TokenType == JsonTokenType.StartObject
                        ? (int)json.TokenStartIndex
                        : 0;
            }
        }
        catch (JsonException)
        {
            // Not a wrapping: the object is read as it is, and its fault is reported then.
        }

        return 0;
    }
}
