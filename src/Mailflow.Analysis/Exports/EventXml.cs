using System.Globalization;

namespace Mailflow.Analysis.Exports;

/// <summary>Reads an <c>Event</c> element (schema 2004/08): text of wevtutil and Event Viewer, or the decoded binary XML of .evtx.</summary>
static class EventXml
{
    /// <summary>The strings are the texts under EventData or UserData, in order; the message is in RenderingInfo, where it was rendered.</summary>
    /// <returns>Null where the event has no id, which is counted.</returns>
    public static WindowsEvent? ToEvent(ElementNode from, ExportContext context, long record)
    {
        var system = from.Child("System");
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
        if ((from.Child("EventData") ?? from.Child("UserData")) is { } data)
            AddTexts(data, strings);
        return new(
            provider?.Attribute("EventSourceName") ?? provider?.Attribute("Name") ?? "",
            (int)(id & 0xFFFF), (int)(qualifiers & 0xFFFF), (int)(level & 0xFF), time, number,
            system.Child("Computer")?.Text ?? "", system.Child("Channel")?.Text ?? "", strings, from.Child("RenderingInfo")?.Child("Message")?.Text);
    }

    static void AddTexts(ElementNode from, List<string> texts)
    {
        foreach (var child in from.Children)
        {
            if (child.Children.Count > 0)
                AddTexts(child, texts);
            else if (child.Name != "Binary")
                texts.Add(child.Text);
        }
    }

    static bool TryNumber(string? text, out long n) => long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out n);
}
