using Mailflow.Analysis.Exports;

namespace Mailflow.Analysis.Tests.Exports;

/// <summary>Events as programs that ship logs write them: one sample for each row of the table.</summary>
public sealed class EventFieldsTests
{
    const string Message = "The resource pressure increased from Medium to High.";

    static readonly Dictionary<string, string> Written = new(StringComparer.Ordinal)
    {
        ["Get-WinEvent"] = """
            {"Message": "MSG", "Id": 15004, "Version": null, "Qualifiers": 32772, "Level": 3, "Task": 15, "RecordId": 1001,
             "ProviderName": "MSExchangeTransport", "LogName": "Application", "MachineName": "EX01.contoso.test", "TimeCreated": "\/Date(1772618405000)\/",
             "Properties": [{"Value": "a"}, {"Value": "b"}]}
            """,
        ["Fluent Bit, winevtlog; Fluentd, windows_eventlog2"] = """
            {"date": 1772618406.0, "ProviderName": "MSExchangeTransport", "ProviderGuid": "", "Qualifiers": 32772, "EventID": 15004, "Version": 0, "Level": 3,
             "Task": 15, "Opcode": 0, "Keywords": "0x80000000000000", "TimeCreated": "2026-03-04 11:00:05 +0100", "EventRecordID": 1001, "ActivityID": "",
             "Channel": "Application", "Computer": "EX01.contoso.test", "UserID": "", "Message": "MSG", "StringInserts": ["a", "b"]}
            """,
        ["Fluent Bit, winlog; NXLog"] = """
            {"EventTime": "2026-03-04T11:00:05.000000+01:00", "Hostname": "EX01.contoso.test", "Keywords": "36028797018963968", "EventType": "WARNING",
             "SeverityValue": 3, "Severity": "WARNING", "EventID": 15004, "SourceName": "MSExchangeTransport", "TaskValue": 15, "RecordNumber": 1001,
             "Channel": "Application", "Message": "MSG", "Category": "ResourceManager", "EventReceivedTime": "2026-03-04T11:00:06.000000+01:00",
             "SourceModuleName": "in", "SourceModuleType": "im_msvistalog"}
            """,
        ["Winlogbeat"] = """
            {"@timestamp": "2026-03-04T10:00:05.000Z", "@metadata": {"beat": "winlogbeat", "type": "_doc", "version": "8.19.0"},
             "agent": {"name": "EX01", "id": "5d1", "type": "winlogbeat"}, "ecs": {"version": "8.0.0"},
             "winlog": {"api": "wineventlog", "channel": "Application", "computer_name": "EX01.contoso.test", "event_id": "15004",
                        "provider_name": "MSExchangeTransport", "record_id": 1001, "task": "ResourceManager", "event_data": {"param1": "a", "param2": "b"}},
             "event": {"code": "15004", "kind": "event", "provider": "MSExchangeTransport", "created": "2026-03-04T10:00:07.123456789Z"},
             "log": {"level": "warning"}, "host": {"name": "ex01"}, "message": "MSG"}
            """,
        ["Winlogbeat before 7"] = """
            {"@timestamp": "2026-03-04T10:00:05.000Z", "beat": {"hostname": "EX01", "version": "6.8.23"}, "computer_name": "EX01.contoso.test",
             "event_data": {"param1": "a", "param2": "b"}, "event_id": 15004, "level": "Warning", "log_name": "Application", "message": "MSG",
             "record_number": "1001", "source_name": "MSExchangeTransport", "task": "ResourceManager", "type": "wineventlog"}
            """,
        ["Wazuh"] = """
            {"timestamp": "2026-03-04T10:00:06.789+0000", "rule": {"level": 3, "id": "60602"}, "agent": {"id": "001", "name": "EX01", "ip": "192.0.2.11"},
             "manager": {"name": "wazuh"}, "id": "1772618406.1", "decoder": {"name": "windows_eventchannel"},
             "data": {"win": {"system": {"providerName": "MSExchangeTransport", "eventID": "15004", "level": "3", "task": "15",
                 "keywords": "0x80000000000000", "systemTime": "2026-03-04T10:00:05.000000000Z", "eventRecordID": "1001", "channel": "Application",
                 "computer": "EX01.contoso.test", "severityValue": "WARNING", "message": "\"MSG\""}, "eventdata": {"data": "a, b"}}},
             "location": "EventChannel"}
            """,
        ["Vector"] = """
            {"channel": "Application", "computer": "EX01.contoso.test", "event_id": 15004, "host": "EX01.contoso.test", "level": "Warning", "level_value": 3,
             "message": "MSG", "process_id": 0, "provider_name": "MSExchangeTransport", "qualifiers": 32772, "record_id": 1001,
             "source_type": "windows_event_log", "string_inserts": ["a", "b"], "task": 15, "thread_id": 0, "timestamp": "2026-03-04T10:00:05Z"}
            """,
        ["OpenTelemetry Collector"] = """
            {"body": {"channel": "Application", "computer": "EX01.contoso.test", "event_data": {"data": ["a", "b"]},
             "event_id": {"id": 15004, "qualifiers": 32772}, "keywords": ["Classic"], "level": "Warning", "message": "MSG", "opcode": "Info",
             "provider": {"event_source": "", "guid": "", "name": "MSExchangeTransport"}, "record_id": 1001,
             "system_time": "2026-03-04T10:00:05.000000000Z", "task": "ResourceManager"}}
            """,
        ["Grafana Alloy"] = """
            {"source": "MSExchangeTransport", "channel": "Application", "computer": "EX01.contoso.test", "event_id": 15004, "level": 3, "task": 15,
             "levelText": "Warning", "taskText": "ResourceManager", "keywords": "Classic", "timeCreated": "2026-03-04T10:00:05.000000000Z",
             "eventRecordID": 1001, "execution": {"processId": 0, "threadId": 0, "processName": ""}, "event_data": "<Data>a</Data>", "message": "MSG"}
            """,
        ["Get-EventLog; Azure Monitor"] = """
            {"TenantId": "0", "SourceSystem": "OpsManager", "TimeGenerated": "2026-03-04T10:00:05Z", "Source": "MSExchangeTransport", "EventLog": "Application",
             "Computer": "EX01.contoso.test", "EventLevel": 2, "EventLevelName": "Warning", "EventID": 15004, "RenderedDescription": "MSG", "Index": 1001}
            """,
        ["Get-EventLog"] = """
            {"MachineName": "EX01.contoso.test", "Index": 1001, "EntryType": 2, "Message": "MSG", "Source": "MSExchangeTransport",
             "ReplacementStrings": ["a", "b"], "InstanceId": 2147957404, "TimeGenerated": "\/Date(1772618405000)\/", "Log": "Application"}
            """,
    };

    public static TheoryData<string> Writers => [.. EventFields.All.Select(f => f.Writer)];

    [Theory]
    [MemberData(nameof(Writers))]
    public void Events_of_each_writer_are_read(string writer)
    {
        var bytes = Samples.Encode(Written[writer].Replace("MSG", Message, StringComparison.Ordinal));
        var problems = new ExportProblems();
        Assert.True(WindowsEvents.Recognises(bytes));
        var read = Assert.Single(Samples.Events(bytes, problems));
        Assert.Equal(0, problems.Total);
        Assert.Equal(
            ("MSExchangeTransport", 15004, "EX01.contoso.test", new DateTime(2026, 3, 4, 10, 0, 5, DateTimeKind.Utc), 1001L, "Application", 3, Message),
            (read.Provider, read.Id, read.Computer, read.TimeUtc, read.RecordId, read.Channel, read.Level, read.Message));
        Assert.True(read.Strings is [] or ["a", "b"], string.Join(' ', read.Strings));
    }

    [Theory]
    [InlineData("{0}\n{0}\n", 2)]
    [InlineData("""{{"hits": {{"hits": 1}}, "_source": {0}}}""", 1)]
    [InlineData("""[{{"_index": "winlogbeat", "_source": {0}}}, {{"_index": "winlogbeat", "_source": {0}}}]""", 2)]
    public void Events_may_be_lines_or_stand_in_other_objects(string around, int count)
    {
        var events = Samples.Events(Samples.Encode(string.Format(null, around, Written["Winlogbeat"].ReplaceLineEndings(" "))), new());
        Assert.Equal(count, events.Count);
        Assert.All(events, e => Assert.Equal(("EX01.contoso.test", 15004, 2026), (e.Computer, e.Id, e.TimeUtc.Year)));
    }

    [Theory]
    [InlineData("""{"Timestamp": "2026-03-04T10:00:05Z", "EventId": "FAIL", "Source": "SMTP", "MessageId": "<m@contoso.test>"}""")]
    [InlineData("""{"event_id": 5, "name": "x"}""")]
    public void Other_objects_are_not_taken_for_events(string json) => Assert.False(WindowsEvents.Recognises(Samples.Encode(json)));
}
