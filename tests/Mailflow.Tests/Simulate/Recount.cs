using System.Globalization;
using System.Text;

namespace Mailflow.Tests.Simulate;

/// <summary>
/// A simple reader, written from the description of the format independently of the simulator: line by line, character by character.
/// Its counts are compared with the simulator's truth.
/// </summary>
sealed class Recount
{
    static readonly string[] Shadow = ["HARECEIVE", "HADISCARD", "HAREDIRECT", "HAREDIRECTFAIL", "NOTIFYSHADOW"];

    public long Rows { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Lines whose number of fields differs from the header's.</summary>
    public long Misfits { get; private set; }

    /// <summary>Fields that are quoted without need, or not quoted although needed.</summary>
    public long Misquoted { get; private set; }

    public SortedDictionary<string, long> Events { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, long> Noise { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, long> Messages { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, long> MessagesByDirection { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, long> FailuresByDomain { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, List<long>> LatencyMs { get; } = new(StringComparer.Ordinal) { ["delivered"] = [], ["sent"] = [] };

    public HashSet<string> Subjects { get; } = new(StringComparer.Ordinal);

    public static Recount Of(IEnumerable<string> paths)
    {
        var recount = new Recount();
        foreach (var path in paths)
            recount.Add(File.ReadAllBytes(path));
        return recount;
    }

    /// <summary>The rows of a file, by the names of their columns.</summary>
    public static IEnumerable<Dictionary<string, string>> RowsOf(string path)
    {
        var reader = new Recount();
        string[] header = [];
        foreach (var line in File.ReadLines(path))
        {
            if (line.StartsWith("#Fields: ", StringComparison.Ordinal))
                header = line["#Fields: ".Length..].Split(',');
            else if (!line.StartsWith('#'))
                yield return header.Zip(reader.Fields(line)).ToDictionary(column => column.First, column => column.Second, StringComparer.Ordinal);
        }
    }

    void Add(byte[] bytes)
    {
        Bytes += bytes.Length;
        var text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF');
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        string[] header = [];
        foreach (var line in text.Split('\n')[..^1].Select(line => line.TrimEnd('\r')))
        {
            if (line.StartsWith("#Fields: ", StringComparison.Ordinal))
                header = line["#Fields: ".Length..].Split(',');
            else if (!line.StartsWith('#'))
                Add(header, Fields(line));
        }
    }

    void Add(string[] header, List<string> fields)
    {
        Rows++;
        if (fields.Count != header.Length)
        {
            Misfits++;
            return;
        }
        var row = header.Zip(fields).ToDictionary(column => column.First, column => column.Second, StringComparer.Ordinal);
        var (source, id) = (row["source"], row["event-id"]);
        Count(Events, $"{source}|{id}", 1);
        Subjects.Add(row["message-subject"]);
        var recipients = Members(row["recipient-address"]);
        var noise = NoiseOf(id, row["sender-address"], recipients);
        if (noise is not null)
            Count(Noise, noise, 1);
        else if (OutcomeOf(id, row.GetValueOrDefault("custom-data", ""), row.GetValueOrDefault("connector-id", "")) is { } outcome)
            AddOutcome(outcome, row, recipients);
    }

    void AddOutcome(string outcome, Dictionary<string, string> row, List<string> recipients)
    {
        var direction = row.GetValueOrDefault("directionality", "") is { Length: > 0 } known ? known.ToLowerInvariant() : "unknown";
        Count(Messages, outcome, recipients.Count);
        Count(MessagesByDirection, $"{outcome}|{direction}", recipients.Count);
        if (outcome == "failed")
        {
            foreach (var recipient in recipients)
                Count(FailuresByDomain, recipient[(recipient.LastIndexOf('@') + 1)..], 1);
        }
        if (LatencyMs.TryGetValue(outcome, out var latencies))
            latencies.Add((long)(Time(row["date-time"]) - Time(row["message-info"].Split(';')[0])).TotalMilliseconds);
    }

    static string? NoiseOf(string id, string sender, List<string> recipients)
    {
        if (Shadow.Contains(id, StringComparer.Ordinal))
            return "shadow";
        if (IsHealth(sender) || (recipients.Count > 0 && recipients.TrueForAll(IsHealth)))
            return "health-mailbox";
        return IsProbe(sender) || (recipients.Count > 0 && recipients.TrueForAll(IsProbe)) ? "probe" : null;
    }

    static bool IsHealth(string address) =>
        address.StartsWith("HealthMailbox", StringComparison.Ordinal) || address.StartsWith("extest_", StringComparison.Ordinal);

    static bool IsProbe(string address) =>
        address.StartsWith("inboundproxy@", StringComparison.Ordinal) || address.EndsWith("@maildeliveryprobe.com", StringComparison.Ordinal);

    static string? OutcomeOf(string id, string customData, string connector) => id switch
    {
        "DELIVER" => "delivered",
        "SENDEXTERNAL" => "sent",
        "SEND" => Members(customData).Contains("S:ToEntity=Internet", StringComparer.Ordinal)
            || (connector.Length > 0 && !connector.StartsWith("Intra-Organization", StringComparison.Ordinal)
                && !connector.StartsWith("EdgeSync - ", StringComparison.Ordinal)) ? "sent" : "relayed",
        "FAIL" or "MODERATORREJECT" or "MODERATIONEXPIRE" => "failed",
        "DEFER" or "SUBMITDEFER" or "THROTTLE" => "deferred",
        "DROP" or "BADMAIL" or "POISONMESSAGE" => "dropped",
        "EXPAND" => "expanded",
        _ => null,
    };

    /// <summary>The fields of a line, without their quotes.</summary>
    List<string> Fields(string line)
    {
        var fields = new List<string>();
        var at = 0;
        do
        {
            var quoted = at < line.Length && line[at] == '"';
            var field = Part(line, ref at, ',', '"');
            if (quoted != (field.Contains(',', StringComparison.Ordinal) || field.Contains('"', StringComparison.Ordinal)))
                Misquoted++;
            fields.Add(field);
        }
        while (at++ < line.Length);
        return fields;
    }

    /// <summary>The members of a list, without their apostrophes.</summary>
    public static List<string> Members(string list)
    {
        var members = new List<string>();
        var at = 0;
        do
            members.Add(Part(list, ref at, ';', '\''));
        while (list.Length > 0 && at++ < list.Length);
        return list.Length == 0 ? [] : members;
    }

    /// <summary>One part up to the separator, unquoted.</summary>
    static string Part(string text, ref int at, char separator, char quote)
    {
        if (at >= text.Length || text[at] != quote)
        {
            var start = at;
            while (at < text.Length && text[at] != separator)
                at++;
            return text[start..at];
        }
        var part = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            if (text[at] == quote)
            {
                at++;
                if (at >= text.Length || text[at] != quote)
                    break;
            }
            part.Append(text[at]);
        }
        return part.ToString();
    }

    static DateTimeOffset Time(string text) =>
        DateTimeOffset.ParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    static void Count(IDictionary<string, long> counts, string key, long more) => counts[key] = counts.TryGetValue(key, out var before) ? before + more : more;
}
