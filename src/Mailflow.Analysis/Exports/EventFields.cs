namespace Mailflow.Analysis.Exports;

/// <summary>
/// The names under which a program writes the parts of a Windows event. Of several names the first that has a value counts. A name may stand in other
/// objects: <c>data.win.system.eventID</c> is found by <c>win.system.eventID</c>.
/// </summary>
/// <param name="Writer">The program.</param>
/// <param name="Id">The event id: with the provider, it tells the writer.</param>
/// <param name="Strings">A list of the insertion strings, or the name of the first of numbered properties: <c>param1</c>.</param>
sealed record EventFields(
    string Writer, string Provider, string Id, string[] Computer, string[] Time, string[] Record, string[] Channel, string[] Level, string[] Message,
    string[] Strings)
{
    public string? Qualifiers { get; init; }

    /// <summary>THE table of writers of Windows events; the first whose provider and id an object has is used. Upper and lower case do not count.</summary>
    public static IReadOnlyList<EventFields> All { get; } =
    [
        new("Wazuh", "win.system.providerName", "win.system.eventID", ["win.system.computer"], ["win.system.systemTime", "timestamp"],
            ["win.system.eventRecordID"], ["win.system.channel"], ["win.system.level"], ["win.system.message"], []),
        new("Get-WinEvent", "ProviderName", "Id", ["MachineName"], ["TimeCreated"], ["RecordId"], ["LogName"], ["Level"], ["Message"],
            ["Properties.Value", "Properties"])
        {
            Qualifiers = "Qualifiers",
        },
        new("Fluent Bit, winevtlog; Fluentd, windows_eventlog2", "ProviderName", "EventID", ["Computer"], ["TimeCreated"], ["EventRecordID"], ["Channel"],
            ["Level"], ["Message", "Description"], ["StringInserts", "EventData"])
        {
            Qualifiers = "Qualifiers",
        },
        new("Fluent Bit, winlog; NXLog", "SourceName", "EventID", ["Hostname", "ComputerName", "Computer"], ["EventTime", "TimeGenerated", "TimeWritten"],
            ["RecordNumber"], ["Channel", "EventLog"], ["EventType", "Severity"], ["Message"], ["StringInserts"])
        {
            Qualifiers = "Qualifiers",
        },
        new("Winlogbeat", "winlog.provider_name", "winlog.event_id", ["winlog.computer_name", "host.name"], ["@timestamp", "event.created"],
            ["winlog.record_id"], ["winlog.channel"], ["log.level", "winlog.level"], ["message"], ["winlog.event_data.param1"]),
        new("Winlogbeat before 7", "source_name", "event_id", ["computer_name"], ["@timestamp"], ["record_number"], ["log_name"], ["level"], ["message"],
            ["event_data.param1"]),
        new("Vector", "provider_name", "event_id", ["computer", "host"], ["timestamp"], ["record_id"], ["channel"], ["level_value", "level"], ["message"],
            ["string_inserts"])
        {
            Qualifiers = "qualifiers",
        },
        new("OpenTelemetry Collector", "provider.name", "event_id.id", ["computer"], ["system_time"], ["record_id"], ["channel"], ["level"], ["message"],
            ["event_data.data"])
        {
            Qualifiers = "event_id.qualifiers",
        },
        new("Grafana Alloy", "source", "event_id", ["computer"], ["timeCreated"], ["eventRecordID"], ["channel"], ["level", "levelText"], ["message"], []),
        new("Get-EventLog; Azure Monitor", "Source", "EventID", ["MachineName", "Computer"], ["TimeGenerated", "TimeWritten"], ["Index"],
            ["Log", "EventLog"], ["EntryType", "EventLevelName"], ["Message", "RenderedDescription"], ["ReplacementStrings"]),
        new("Get-EventLog", "Source", "InstanceId", ["MachineName"], ["TimeGenerated", "TimeWritten"], ["Index"], ["Log"], ["EntryType"], ["Message"],
            ["ReplacementStrings"]),
    ];

    /// <summary>Whether JSON that begins like this may have such events.</summary>
    public static bool MayHold(string start) => All.Any(w => Holds(start, w.Id) && Holds(start, w.Provider));

    /// <summary>Upper and lower case count: Get-MessageTrackingLog has an EventId.</summary>
    static bool Holds(string start, string name) =>
        start.Contains($"\"{Leaf(name)}\"", StringComparison.Ordinal) || start.Contains($"{name}\"", StringComparison.Ordinal);

    static string Leaf(string name) => name[(name.LastIndexOf('.') + 1)..];

    /// <summary>The writer of an object, and the objects around its properties, as <c>data.</c>; null where none fits.</summary>
    public static (EventFields Fields, string Around)? Of(ExportObject from)
    {
        foreach (var writer in All)
            if (from.Has(writer.Id) && from.Has(writer.Provider))
                return (writer, "");
        foreach (var writer in All)
            foreach (var name in from.Names)
                if (name.Length > writer.Id.Length && name.EndsWith(writer.Id, StringComparison.OrdinalIgnoreCase) && name[^(writer.Id.Length + 1)] == '.'
                    && name[..^writer.Id.Length] is var around && from.Has(around + writer.Provider))
                    return (writer, around);
        return null;
    }
}
