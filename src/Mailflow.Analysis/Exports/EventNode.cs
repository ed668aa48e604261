using System.Globalization;
using System.Text;

namespace Mailflow.Analysis.Exports;

/// <summary>An element of an event, be it text XML or the binary XML of .evtx.</summary>
sealed class EventNode(string name)
{
    /// <summary>An Exchange event has some 30 elements.</summary>
    public const int MaxNodes = 5000;
    public const int MaxDepth = 32;

    public string Name => name;

    string _text = "";
    StringBuilder? _more;

    public string Text => _more?.ToString() ?? _text;

    public List<(string Name, string Value)> Attributes { get; set; } = [];

    public List<EventNode> Children { get; } = [];

    /// <summary>The members of an array that fills the element: it then stands once for each.</summary>
    public IReadOnlyList<string>? Members { get; set; }

    /// <summary>An optional value that is null takes its element away.</summary>
    public bool IsOmitted { get; set; }

    /// <summary>Nearly every text is one piece.</summary>
    public void Append(string text)
    {
        if (_text.Length == 0)
            _text = text;
        else
            (_more ??= new(_text)).Append(text);
    }

    public EventNode Repeat(string text)
    {
        var copy = new EventNode(name) { Attributes = Attributes };
        copy.Append(text);
        return copy;
    }

    /// <summary>A name may have a prefix in text XML.</summary>
    bool Is(string wanted) => name.EndsWith(wanted, StringComparison.Ordinal) && (name.Length == wanted.Length || name[name.Length - wanted.Length - 1] == ':');

    EventNode? Child(string wanted) => Children.Find(c => c.Is(wanted));

    string? Attribute(string wanted) => Attributes.Find(a => a.Name == wanted).Value;

    /// <summary>
    /// The event that this <c>Event</c> element describes. Its strings are the texts under EventData or UserData, in order; the message stands
    /// in RenderingInfo, where it was rendered.
    /// </summary>
    /// <returns>Null where it names neither a provider nor an id.</returns>
    public WindowsEvent? ToEvent(ExportContext context, long record)
    {
        var system = Child("System");
        if (system is null || !TryNumber(system.Child("EventID")?.Text, out var id))
        {
            context.Problems.Add(ExportProblem.MissingColumns, record, "an event without System or EventID");
            return null;
        }

        var provider = system.Child("Provider");
        var written = system.Child("TimeCreated")?.Attribute("SystemTime");
        var time = DateTime.MinValue;
        if (string.IsNullOrEmpty(written))
            context.Problems.Add(ExportProblem.MissingColumns, record, "an event without TimeCreated");
        else
            _ = context.TryTime(written, "TimeCreated", record, out time);
        _ = TryNumber(system.Child("EventID")?.Attribute("Qualifiers"), out var qualifiers);
        _ = TryNumber(system.Child("Level")?.Text, out var level);
        _ = TryNumber(system.Child("EventRecordID")?.Text, out var number);
        var strings = new List<string>();
        if ((Child("EventData") ?? Child("UserData")) is { } data)
            data.AddTexts(strings);
        return new(
            provider?.Attribute("EventSourceName") ?? provider?.Attribute("Name") ?? "", (int)(id & 0xFFFF), (int)(qualifiers & 0xFFFF), (int)(level & 0xFF), time, number,
            system.Child("Computer")?.Text ?? "", system.Child("Channel")?.Text ?? "", strings, Child("RenderingInfo")?.Child("Message")?.Text);
    }

    void AddTexts(List<string> texts)
    {
        foreach (var child in Children)
        {
            if (child.Children.Count > 0)
                child.AddTexts(texts);
            else if (!child.Is("Binary"))
                texts.Add(child.Text);
        }
    }

    static bool TryNumber(string? text, out long n) => long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out n);
}
