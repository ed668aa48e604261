using System.Text;
using System.Xml;

namespace Mailflow.Analysis.Exports;

/// <summary>An element of one record, from text XML or the binary XML of .evtx; records are small, so each is kept as a tree.</summary>
sealed class ElementNode(string name)
{
    /// <summary>An Exchange event has some 30 elements, a PowerShell object up to some thousands.</summary>
    public const int MaxNodes = 50_000;
    public const int MaxDepth = 48;
    const int MaxAttributes = 100;

    /// <summary>No resolver and no DTD: nothing is fetched or expanded. Windows writes characters that XML forbids, so they are not checked.</summary>
    static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        ConformanceLevel = ConformanceLevel.Fragment,
        CheckCharacters = false,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        MaxCharactersFromEntities = 1024,
    };

    string _text = "";
    StringBuilder? _more;

    /// <summary>The name without its prefix.</summary>
    public string Name => name;

    public string Text => _more?.ToString() ?? _text;

    public List<(string Name, string Value)> Attributes { get; set; } = [];

    public List<ElementNode> Children { get; } = [];

    /// <summary>The members of an array value: the element is repeated once for each.</summary>
    public IReadOnlyList<string>? Members { get; set; }

    /// <summary>An optional value that is null removes its element.</summary>
    public bool IsOmitted { get; set; }

    public ElementNode? Child(string wanted) => Children.Find(c => c.Name == wanted);

    public string? Attribute(string wanted) => Attributes.Find(a => a.Name == wanted).Value;

    /// <summary>Optimised for one piece, as nearly all texts are.</summary>
    public void Append(string text)
    {
        if (_text.Length == 0)
            _text = text;
        else
            (_more ??= new(_text)).Append(text);
    }

    public ElementNode Repeat(string text)
    {
        var copy = new ElementNode(name) { Attributes = Attributes };
        copy.Append(text);
        return copy;
    }

    /// <summary>Parses one element of text XML; null where it is not well-formed or beyond the limits, which is counted.</summary>
    public static ElementNode? Read(ReadOnlySpan<byte> utf8, ExportProblems problems, long record)
    {
        var text = Encoding.UTF8.GetString(utf8);
        if (text.Contains('\uFFFD', StringComparison.Ordinal))
            problems.Add(ExportProblem.WrongEncoding, record, "bytes that are not UTF-8");
        try
        {
            using var characters = new StringReader(text);
            using var xml = XmlReader.Create(characters, Settings);
            return Read(xml, problems, record);
        }
        catch (XmlException e)
        {
            problems.Add(ExportProblem.CorruptRecord, record, e.Message);
            return null;
        }
    }

    static ElementNode? Read(XmlReader xml, ExportProblems problems, long record)
    {
        var open = new Stack<ElementNode>();
        ElementNode? top = null;
        var nodes = 0;
        while (xml.Read())
        {
            switch (xml.NodeType)
            {
                case XmlNodeType.Element:
                    if (++nodes > MaxNodes || open.Count >= MaxDepth)
                    {
                        problems.Add(nodes > MaxNodes ? ExportProblem.TooLong : ExportProblem.TooDeep, record, $"at {xml.LocalName}");
                        return null;
                    }

                    var node = new ElementNode(xml.LocalName);
                    if (open.TryPeek(out var parent))
                        parent.Children.Add(node);
                    top ??= node;
                    if (!xml.IsEmptyElement)
                        open.Push(node);
                    node.AddAttributes(xml);
                    break;
                case XmlNodeType.EndElement:
                    open.Pop();
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace when open.TryPeek(out var inside):
                    inside.Append(xml.Value);
                    break;
                default:
                    break;
            }
        }

        return top;
    }

    void AddAttributes(XmlReader xml)
    {
        for (var more = xml.MoveToFirstAttribute(); more && Attributes.Count < MaxAttributes; more = xml.MoveToNextAttribute())
            Attributes.Add((xml.LocalName, xml.Value));
    }
}
