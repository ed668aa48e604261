namespace Mailflow.Analysis.TrackingExports;

/// <summary>
/// THE table of the statuses and events of traces of Exchange Online, as events of a tracking log; <c>TrackingEvents</c> says what these mean.
/// </summary>
static class TraceStatuses
{
    /// <summary>The source of rows that are made of a trace.</summary>
    public const string Source = "MESSAGETRACE";

    /// <summary>
    /// Microsoft, "Get-MessageTraceV2" and "Message trace in the new EAC". What a filter has stopped did not reach its recipient; the status itself is
    /// the reason. A status without an outcome is only counted as a row.
    /// </summary>
    static readonly Dictionary<string, (string Event, bool IsReason)> ByStatus = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Delivered"] = ("DELIVER", false),
        ["Failed"] = ("FAIL", false),
        ["Pending"] = ("DEFER", false),
        ["Expanded"] = ("EXPAND", false),
        ["Quarantined"] = ("FAIL", true),
        ["FilteredAsSpam"] = ("FAIL", true),
        ["GettingStatus"] = ("RECEIVE", false),
        ["None"] = ("RECEIVE", false),
    };

    /// <summary>
    /// Events of Get-MessageTraceDetailV2 and of the report MessageTrace. The last of a recipient decides. Spam, Malware and rules are steps whose end
    /// another event says.
    /// </summary>
    static readonly Dictionary<string, string> ByEvent = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Receive"] = "RECEIVE",
        ["Submit"] = "SUBMIT",
        ["Deliver"] = "DELIVER",
        ["Delivered"] = "DELIVER",
        ["Send"] = "SENDEXTERNAL",
        ["SendExternal"] = "SENDEXTERNAL",
        ["Fail"] = "FAIL",
        ["Failed"] = "FAIL",
        ["Defer"] = "DEFER",
        ["Pending"] = "DEFER",
        ["Drop"] = "DROP",
        ["Expand"] = "EXPAND",
        ["Expanded"] = "EXPAND",
        ["Resolve"] = "RESOLVE",
        ["Redirect"] = "REDIRECT",
        ["Transfer"] = "TRANSFER",
        ["Quarantined"] = "FAIL",
        ["FilteredAsSpam"] = "FAIL",
    };

    public static IReadOnlyCollection<string> Statuses => ByStatus.Keys;

    /// <summary>The event of a status; null where it is not known.</summary>
    public static (string Event, bool IsReason)? OfStatus(string status) =>
        ByStatus.TryGetValue(Word(status), out var found) ? found : null;

    /// <summary>The event of an event of a trace; an event that is not in the table has no outcome.</summary>
    public static string OfEvent(string name) => ByEvent.GetValueOrDefault(Word(name), "AGENTINFO");

    static string Word(string text) => text.Replace(" ", "", StringComparison.Ordinal);
}
