using System.Globalization;
using System.Text;

namespace Mailflow.Analysis.Exports;

/// <summary>
/// Export-Clixml: <c>Obj</c> elements with their types (TN, or TNRef to those of an earlier object), ToString, properties (Props, and MS for
/// those that PowerShell added), a list (LST, IE, QUE, STK), a dictionary (DCT) or a value; a Ref refers to an earlier object.
/// </summary>
sealed class ClixmlExport(Stream utf8, ExportContext context)
{
    /// <summary>How many earlier objects are kept for references.</summary>
    const int MaxRemembered = 20_000;
    const int MaxRememberedText = 1024;

    readonly XmlRecords _records = new(utf8, "Obj", nests: true, context.Problems, root: "Objs");
    readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    public IEnumerable<ExportObject> Read()
    {
        while (_records.TryNext())
        {
            if (ElementNode.Read(_records.Current, context.Problems, _records.Record) is not { } node)
                continue;
            // Export-Clixml of a list that was not enumerated.
            if (node.Child("Props") is null && node.Child("MS") is null && Members(node) is { } members)
                foreach (var member in members.Children.Where(m => m.Name == "Obj"))
                    yield return ToObject(member);
            else
                yield return ToObject(node);
        }
    }

    ExportObject ToObject(ElementNode node)
    {
        var found = new ExportObject(context, _records.Record) { TypeName = TypeOf(node) };
        AddProperties(found, node, "");
        return found;
    }

    string? TypeOf(ElementNode node)
    {
        if (node.Child("TN") is { } own && own.Child("T")?.Text is { } type)
        {
            if (own.Attribute("RefId") is { } id && type.Length <= MaxRememberedText && _types.Count < MaxRemembered)
                _types[id] = type;
            return type;
        }

        return node.Child("TNRef")?.Attribute("RefId") is { } known ? _types.GetValueOrDefault(known) : null;
    }

    void AddProperties(ExportObject to, ElementNode node, string prefix)
    {
        foreach (var group in node.Children)
        {
            if (group.Name is "Props" or "MS")
            {
                foreach (var property in group.Children)
                    if (property.Attribute("N") is { } name)
                        Add(to, property, prefix + Decode(name));
            }
            else if (group.Name == "DCT")
            {
                foreach (var entry in group.Children)
                    if (Find(entry, "Key") is { } key && Find(entry, "Value") is { } value)
                        Add(to, value, prefix + TextOf(key));
            }
        }
    }

    void Add(ExportObject to, ElementNode property, string name)
    {
        if (!to.Takes(name))
            return;
        if (property.Name != "Obj")
        {
            to.Set(name, property.Name == "Nil" ? null : TextOf(property));
            return;
        }

        _ = TypeOf(property);
        var text = TextOf(property);
        if (Members(property) is { } members)
        {
            to.AddList(name);
            foreach (var member in members.Children)
                AddMember(to, member, name);
        }
        else
        {
            to.Set(name, text);
        }

        AddProperties(to, property, name + ".");
    }

    void AddMember(ExportObject to, ElementNode member, string name)
    {
        if (member.Name == "Obj")
            _ = TypeOf(member);
        to.AddToList(name, TextOf(member));
        foreach (var property in member.Children.Where(c => c.Name is "Props" or "MS").SelectMany(c => c.Children))
            if (property.Attribute("N") is { } inner && Members(property) is null)
                to.AddToList($"{name}.{Decode(inner)}", TextOf(property));
    }

    /// <summary>The value of a simple element; for an object its ToString, else the value that it wraps.</summary>
    string TextOf(ElementNode node)
    {
        switch (node.Name)
        {
            case "Nil":
                return "";
            case "Ref":
                return node.Attribute("RefId") is { } id ? _texts.GetValueOrDefault(id, "") : "";
            case "Obj":
                var text = node.Child("ToString") is { } written ? Decode(written.Text)
                    : node.Children.Find(c => c.Children.Count == 0 && c.Name is not ("TN" or "TNRef" or "Nil")) is { } value ? Decode(value.Text) : "";
                if (node.Attribute("RefId") is { } own && text.Length <= MaxRememberedText && _texts.Count < MaxRemembered)
                    _texts[own] = text;
                return text;
            case "C":
                var isCharacter = int.TryParse(node.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code <= char.MaxValue;
                return isCharacter ? ((char)code).ToString() : "";
            default:
                return Decode(node.Text);
        }
    }

    static ElementNode? Members(ElementNode node) => node.Children.Find(c => c.Name is "LST" or "IE" or "QUE" or "STK");

    static ElementNode? Find(ElementNode entry, string name) => entry.Children.Find(c => c.Attribute("N") == name);

    /// <summary>Characters that XML does not allow are written as <c>_x000A_</c>.</summary>
    static string Decode(string text)
    {
        const int Length = 7;
        if (!text.Contains("_x", StringComparison.Ordinal))
            return text;
        var decoded = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '_' && i + Length <= text.Length && text[i + 1] == 'x' && text[i + Length - 1] == '_'
                && ushort.TryParse(text.AsSpan(i + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                decoded.Append((char)code);
                i += Length - 1;
            }
            else
            {
                decoded.Append(text[i]);
            }
        }

        return decoded.ToString();
    }
}
