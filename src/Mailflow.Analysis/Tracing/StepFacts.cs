using System.Globalization;

namespace Mailflow.Analysis.Tracing;

/// <summary>What single columns of a row say about a step.</summary>
static class StepFacts
{
    const string RuleId = "ruleId=";

    /// <summary>
    /// When Exchange tries again: a DEFER row has the time in message-info, where other rows have the arrival. A message that waits for its queue has none
    /// there, or the first day of the calendar.
    /// </summary>
    public static DateTime? NextTry(TraceRow row) =>
        DateTime.TryParse(row.Info, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time)
        && time > row.Time && time - row.Time < TimeSpan.FromDays(30)
            ? time
            : null;

    /// <summary>Who decided: an agent with its rule, an administrator; empty where the transport service itself did, or the row does not say.</summary>
    public static string AgentOf(TraceRow row) => row.Source switch
    {
        "AGENT" => Named(row),
        "ADMIN" => "an administrator",
        "APPROVAL" => "moderation",
        "MAILBOXRULE" => "an Inbox rule",
        "POISONMESSAGE" => "the detection of poison messages",
        _ => row.Event == "POISONMESSAGE" ? "the detection of poison messages" : "",
    };

    /// <summary>The name of the agent that wrote a row.</summary>
    public static string AgentName(TraceRow row)
    {
        var end = row.Context.IndexOf(';', StringComparison.Ordinal);
        return (end < 0 ? row.Context : row.Context[..end]).Trim();
    }

    static string Named(TraceRow row)
    {
        var name = AgentName(row) is { Length: > 0 } known ? known : "a transport agent";
        var at = row.Custom.IndexOf(RuleId, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return name;
        var rule = row.Custom.AsSpan(at + RuleId.Length);
        var end = rule.IndexOfAny('|', ';');
        rule = end < 0 ? rule : rule[..end];
        return Guid.TryParse(rule, out var id) ? $"{name}, rule {id}" : name;
    }
}
