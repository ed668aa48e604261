using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Tracing;
using Mailflow.Printing;

namespace Mailflow.Trace;

/// <summary>The result of a search as one JSON object; docs/trace.md describes its keys, which do not change.</summary>
static class TraceJson
{
    /// <param name="withRows">Also the rows of each message.</param>
    public static void Write(TraceResult result, TraceMask mask, bool withRows, Stream output)
    {
        using var json = new MaskedJson(output, mask.Masking);
        json.WriteStartObject();
        json.WriteStartArray("messages");
        foreach (var journey in result.Journeys)
            Write(json, journey, mask, withRows);
        json.WriteEndArray();
        json.WriteBoolean("more", result.More);
        json.WriteStartObject("searched");
        json.WriteNumber("bytes", result.Searched.Bytes);
        json.WriteNumber("files", result.Searched.Files);
        json.WriteNumber("blocks", result.Searched.Blocks);
        json.WriteNumber("blocks_read", result.Searched.BlocksRead);
        json.WriteNumber("bytes_read", result.Searched.BytesRead);
        json.WriteNumber("seconds", Math.Round(result.Searched.Took.TotalSeconds, 3));
        json.WriteEndObject();
        json.WriteStartArray("incomplete");
        foreach (var says in result.Incomplete)
            json.WriteStringValue(mask.Masking.Path(says));
        json.WriteEndArray();
        json.WriteStartArray("remarks");
        foreach (var says in result.Remarks)
            json.WriteStringValue(mask.Masking.Path(says));
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    static void Write(MaskedJson json, Journey journey, TraceMask mask, bool withRows)
    {
        json.WriteStartObject();
        json.WriteString("message_id", mask.Id(journey.MessageId));
        json.WriteString("network_message_id", mask.Masking.Text(journey.NetworkMessageId));
        json.WriteString("sender", mask.Address(journey.Sender));
        json.WriteString("first", journey.First);
        json.WriteString("last", journey.Last);
        json.WriteNumber("size", journey.Bytes);
        json.WriteStartArray("servers");
        foreach (var server in journey.Servers)
            json.WriteStringValue(mask.Masking.Text(server));
        json.WriteEndArray();
        json.WriteStartArray("recipients");
        foreach (var recipient in journey.Recipients)
            Write(json, journey, recipient, mask);
        json.WriteEndArray();
        json.WriteStartArray("unknown");
        foreach (var says in journey.Unknown)
            json.WriteStringValue(mask.Masking.Text(says));
        json.WriteEndArray();
        if (withRows)
        {
            StoryJson.Write(json, journey, mask);
            Rows(json, journey, mask);
        }

        json.WriteEndObject();
    }

    static void Write(MaskedJson json, Journey journey, RecipientFate fate, TraceMask mask)
    {
        json.WriteStartObject();
        json.WriteString("address", mask.Address(fate.Address));
        json.WriteString("outcome", mask.Masking.Text(fate.Fate.ToString().ToLowerInvariant()));
        if (fate.At is { } at)
        {
            json.WriteString("at", at);
            json.WriteNumber("latency_seconds", Math.Round(Math.Max(0, (at - journey.First).TotalSeconds), 3));
        }
        else
        {
            json.WriteNull("at");
            json.WriteNull("latency_seconds");
        }

        json.WriteString("server", mask.Masking.Text(fate.Server));
        json.WriteString("next_hop", mask.Masking.Text(fate.NextHop));
        if (fate.Until is { } until)
            json.WriteString("next_try", until);
        if (fate.By.Length > 0)
            json.WriteString("by", mask.Masking.Text(fate.By));
        json.WriteString("reply", mask.Status(fate.Reply, fate.Address, journey.Sender));
        json.WriteStartArray("became");
        foreach (var address in fate.Became)
            json.WriteStringValue(mask.Address(address));
        json.WriteEndArray();
        if (fate.Diagnosis is not { } diagnosis)
        {
            json.WriteNull("diagnosis");
        }
        else
        {
            json.WriteStartObject("diagnosis");
            json.WriteString("cause", mask.Masking.Text(diagnosis.Cause.Name()));
            json.WriteString("sub_reason", mask.Masking.TextOrNull(diagnosis.SubReason));
            json.WriteString("permanence", mask.Masking.Text(diagnosis.Permanence.Name()));
            json.WriteString("fault", mask.Masking.Text(diagnosis.Fault.Name()));
            json.WriteNumber("confidence", Math.Round(diagnosis.Confidence, 3));
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    static void Rows(MaskedJson json, Journey journey, TraceMask mask)
    {
        json.WriteStartArray("rows");
        foreach (var row in journey.Rows)
        {
            json.WriteStartObject();
            json.WriteString("time", row.Time);
            json.WriteString("server", mask.Masking.Text(row.Server));
            json.WriteString("source", mask.Masking.Text(row.Source));
            json.WriteString("event", mask.Masking.Text(row.Event));
            json.WriteString("file", mask.Masking.Path(row.File));
            json.WriteNumber("offset", row.Offset);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
