using System.Text.Json;
using Mailflow.Analysis.Tracing;
using Mailflow.Privacy;
using Mailflow.Trace;

namespace Mailflow.Tests.Trace;

/// <summary>The keys of the JSON, which programs read, and the CSV, which spreadsheets read.</summary>
public sealed class TraceOutputTests : IDisposable
{
    readonly TraceBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Fact]
    public async Task Json_has_the_documented_keys()
    {
        _bed.Write(
            "a.log", TraceBed.Row("12:00:00", "<1@contoso.com>", "n1"),
            TraceBed.Row("12:00:01", "<1@contoso.com>", "n1", @event: "FAIL", status: "550 5.1.1 User unknown"));
        var query = new TraceQuery { Recipient = "bob@fabrikam.com" };
        using var output = new MemoryStream();
        TraceJson.Write(await _bed.FindAsync(query), new(Masking.Default, query.Asked), withRows: true, output);
        var json = JsonDocument.Parse(output.ToArray()).RootElement;
        Assert.Equal(["messages", "more", "searched", "incomplete", "remarks"], Keys(json));
        Assert.Equal(["bytes", "files", "blocks", "blocks_read", "bytes_read", "seconds"], Keys(json.GetProperty("searched")));
        var message = json.GetProperty("messages")[0];
        foreach (var key in (string[])["message_id", "network_message_id", "sender", "first", "last", "size", "servers", "recipients", "rows"])
            Assert.Contains(key, Keys(message));
        foreach (var key in (string[])["address", "outcome", "at", "server", "next_hop", "latency_seconds", "diagnosis"])
            Assert.Contains(key, Keys(message.GetProperty("recipients")[0]));
        Assert.Equal(["time", "server", "source", "event", "file", "offset"], Keys(message.GetProperty("rows")[0]));
        Assert.Equal("bob@fabrikam.com", message.GetProperty("recipients")[0].GetProperty("address").GetString());
        Assert.Equal("a***@contoso.com", message.GetProperty("sender").GetString());
    }

    [Fact]
    public async Task Csv_has_a_line_for_each_recipient_and_no_formula()
    {
        _bed.Write("a.log", TraceBed.Row("12:00:00", "=1+1", "n1", "@sum(1)@x.com;+1@x.com"));
        using var output = new StringWriter();
        TraceCsv.Write(await _bed.FindAsync(new() { NetworkMessageId = "n1" }), new(Masking.Plain, []), output);
        var lines = output.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        foreach (var cell in (string[])["'=1+1", "'@sum(1)@x.com", "'+1@x.com"])
            Assert.Contains("," + cell + ",", string.Join('\n', lines).Replace("\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    static IEnumerable<string> Keys(JsonElement element) => element.EnumerateObject().Select(p => p.Name);
}
