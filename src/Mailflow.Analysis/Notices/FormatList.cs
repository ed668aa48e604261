using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Notices;

/// <summary>
/// What <c>Get-MessageTrackingLog | Format-List</c>, <c>Get-Queue</c>, <c>Get-Message</c>, <c>Get-MessageTrace</c> and <c>Get-MessageTraceDetail</c>
/// print: a name, a colon, a value. PowerShell wraps a long value at the width of the window and indents what follows to the column of the value.
/// </summary>
static class FormatList
{
    /// <summary>The column of values in a window of 80 characters is no narrower.</summary>
    const int LeastWidth = 40;

    // The outcome of a recipient in a message trace, which has no reply.
    static readonly Dictionary<string, DeliveryAction> Traced = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Failed"] = DeliveryAction.Failed,
        ["Quarantined"] = DeliveryAction.Failed,
        ["FilteredAsSpam"] = DeliveryAction.Failed,
        ["Pending"] = DeliveryAction.Delayed,
        ["Delivered"] = DeliveryAction.Delivered,
        ["Expanded"] = DeliveryAction.Expanded,
    };

    // The properties that have a status, and those that say whose it is.
    static readonly string[] Statuses = ["RecipientStatus", "LastError", "Detail"];
    static readonly string[] Known =
        [.. Statuses, "EventId", "Recipients", "Sender", "MessageId", "InternetMessageId", "NextHopDomain", "FromAddress", "RecipientAddress",
            "SenderAddress", "Identity"];

    /// <summary>The statuses of the objects; null if the lines are no such list, or have no status.</summary>
    public static IReadOnlyList<StatusNotice>? Read(IReadOnlyList<string> lines)
    {
        var notices = new List<StatusNotice>();
        foreach (var properties in Objects(lines))
        {
            var status = Statuses.Select(s => properties.GetValueOrDefault(s)).FirstOrDefault(s => !string.IsNullOrWhiteSpace(s) && s != "{}");
            if (status is null)
            {
                if (properties.GetValueOrDefault("RecipientAddress") is { Length: > 0 } traced
                    && Traced.TryGetValue(properties.GetValueOrDefault("Status") ?? "", out var action))
                    notices.Add(Notice($"Message trace: {properties["Status"]}", properties, traced) with { Action = action });
                continue;
            }

            var recipients = Members(properties.GetValueOrDefault("Recipients") ?? properties.GetValueOrDefault("RecipientAddress") ?? "");
            var texts = Replies(status, recipients.Count);
            for (var i = 0; i < texts.Count; i++)
                notices.Add(Notice(texts[i], properties, texts.Count == 1 || texts.Count == recipients.Count ? recipients.ElementAtOrDefault(i) : null));
        }
        return notices.Count == 0 ? null : notices;
    }

    static StatusNotice Notice(string text, Dictionary<string, string> properties, string? recipient)
    {
        var facts = new List<Fact>();
        facts.Add("recipient", recipient, "The recipient of the row.");
        foreach (var name in (string[])["Sender", "FromAddress", "SenderAddress"])
            facts.Add("sender", properties.GetValueOrDefault(name), "The sender of the message.");
        foreach (var name in (string[])["MessageId", "InternetMessageId"])
            facts.Add("message_id", properties.GetValueOrDefault(name), "The Message-ID of the message.");
        facts.Add("next_hop", properties.GetValueOrDefault("NextHopDomain"), "The next hop of the queue.");
        return StatusNotice.Of(text, facts);
    }

    static IEnumerable<Dictionary<string, string>> Objects(IReadOnlyList<string> lines)
    {
        var properties = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var (name, last) = ("", "");
        foreach (var line in lines)
        {
            if (Property(line, out var next, out var value))
            {
                // The same name again begins the next object.
                if (properties.ContainsKey(next) && Known.Contains(next, StringComparer.OrdinalIgnoreCase))
                {
                    yield return properties;
                    properties = new(StringComparer.OrdinalIgnoreCase);
                }
                (name, last) = (next, value);
                properties[name] = value;
            }
            else if (name.Length > 0 && line.Length > 0 && char.IsWhiteSpace(line[0]) && properties[name].Length < 64 * 1024)
            {
                properties[name] = Joined(properties[name], last, line.Trim());
                last = line.Trim();
            }
        }
        if (properties.Keys.Any(k => Known.Contains(k, StringComparer.OrdinalIgnoreCase)))
            yield return properties;
    }

    static string Joined(string value, string last, string next) => IsCut(value.Length, last) ? value + next : $"{value} {next}";

    // PowerShell wraps at blanks, and cuts a word only if it is longer than a line: then the line is that word alone.
    internal static bool IsCut(int length, string last) => length == 0 || (last.Length >= LeastWidth && !last.Contains(' ', StringComparison.Ordinal));

    // "RecipientStatus         : {...}"; names are words without blanks, and a blank is on both sides of the colon.
    internal static bool Property(string line, out string name, out string value)
    {
        var length = 0;
        while (length < line.Length && (char.IsAsciiLetterOrDigit(line[length]) || line[length] is '_' or '-' or '.'))
            length++;
        var colon = length;
        while (colon < line.Length && line[colon] == ' ')
            colon++;
        (name, value) = ("", "");
        if (length == 0 || colon == length || colon >= line.Length || line[colon] != ':' || !char.IsAsciiLetter(line[0]))
            return false;
        (name, value) = (line[..length], line[(colon + 1)..].Trim());
        return true;
    }

    /// <summary>Whether the lines have a property that has a status, in the layout of Format-List.</summary>
    public static bool Is(IReadOnlyList<string> lines)
    {
        bool Has(params ReadOnlySpan<string> names)
        {
            foreach (var line in lines)
                if (Property(line, out var name, out _) && names.Contains(name, StringComparer.OrdinalIgnoreCase))
                    return true;
            return false;
        }

        return Has(Statuses) || (Has("RecipientAddress") && Has("Status"));
    }

    // {a, b}, or {a, b...} where members are missing.
    static List<string> Members(string value) =>
        [.. value.Trim('{', '}', ' ').Split(',', StringSplitOptions.TrimEntries).Select(m => m.TrimEnd('.', '…')).Where(m => m.Length > 0)];

    /// <summary>The statuses of a list value: each is an envelope <c>[{LED=...}]</c> or begins with a code, or the list has one text.</summary>
    static List<string> Replies(string value, int recipients)
    {
        value = value.Trim();
        var isList = value.StartsWith('{') && value.EndsWith('}') && !value.StartsWith("{LED", StringComparison.OrdinalIgnoreCase);
        if (isList)
            value = value[1..^1].Trim();
        var texts = new List<string>();
        // A reply to one recipient may have another one behind a comma.
        var byCode = isList && recipients != 1;
        var from = 0;
        while (from < value.Length)
        {
            var end = End(value, from, byCode);
            texts.Add(value[from..end].Trim());
            from = end + 1;
        }
        texts.RemoveAll(string.IsNullOrWhiteSpace);
        return texts;
    }

    /// <summary>Where the status that begins here ends: at a comma before an envelope or a code, outside an envelope.</summary>
    static int End(string value, int from, bool byCode)
    {
        var text = value.AsSpan(from);
        var isEnvelope = text.TrimStart(' ').StartsWith("[{");
        var at = isEnvelope ? text.IndexOf("}]") : 0;
        for (at = at < 0 ? text.Length : at; at < text.Length; at++)
            if (text[at] == ',' && text[(at + 1)..].TrimStart(' ') is var next
                && ((isEnvelope && next.StartsWith("[{")) || (byCode && (next.StartsWith("[{LED=") || BeginsWithCode(next)))))
                return from + at;
        return value.Length;
    }

    static bool BeginsWithCode(ReadOnlySpan<char> text) =>
        text.Length > 4 && text[0] is '2' or '4' or '5' && !text[1..3].ContainsAnyExceptInRange('0', '9') && text[3] is ' ' or '-';
}
