using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Mailflow.Analysis.Incidents;
using Mailflow.Incidents;
using Mailflow.Printing;
using Mailflow.Privacy;

namespace Mailflow.Notify;

/// <summary>The forms of a notification as JSON. Texts from logs are never in a place where the receiver reads markup.</summary>
static class NotificationJson
{
    /// <summary>Slack rejects a block with more: https://docs.slack.dev/reference/block-kit/blocks/section-block.</summary>
    const int MostOfBlock = 2900;

    /// <summary>ntfy makes a longer message an attachment: 4,096 bytes. A character has up to four.</summary>
    const int MostOfNtfy = 1000;

    const int MostOfTitle = 140;

    /// <summary>Of a text on a card: Teams rejects a card of more than 28 KB.</summary>
    const int MostOfCard = 1500;

    /// <summary>The form of Mailflow, for a webhook and for a command: docs/notifications.md.</summary>
    public static ReadOnlyMemory<byte> Of(Notification notification) => Write(notification, (json, n) =>
    {
        json.WriteString("id", n.Masking.Text(n.Id));
        json.WriteBoolean("test", n.IsTest);
        json.WriteString("time", n.At.UtcDateTime);
        json.WriteString("title", n.Title);
        json.WriteString("text", n.Text);
        json.WriteBoolean("urgent", n.IsUrgent);
        json.WriteStartArray("news");
        foreach (var news in n.InFull.Concat(n.Past))
        {
            json.WriteStartObject();
            json.WriteString("happened", Masked.Name(news.Kind));
            json.WriteString("time", news.At);
            json.WritePropertyName("incident");
            IncidentJson.Write(json, news.Incident, news.At);
            json.WriteString("page", n.PageOf(news));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("more", n.More);
        json.WriteString("page", n.Masking.TextOrNull(n.Page?.ToString()));
    });

    /// <summary>An incoming webhook of Slack. plain_text has no markup; in <c>text</c>, three characters are written as entities.</summary>
    public static ReadOnlyMemory<byte> Slack(Notification notification) => Write(notification, (json, n) =>
    {
        json.WriteString("text", n.Title.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;"));
        json.WriteStartArray("blocks");
        Block(json, "header", n.Title.Start(MostOfTitle));
        foreach (var text in Texts(n))
            Block(json, "section", text.Start(MostOfBlock));
        json.WriteEndArray();
    });

    /// <summary>
    /// A workflow of Teams: an adaptive card. RichTextBlock has no markup, TextBlock has.
    /// </summary>
    public static ReadOnlyMemory<byte> Teams(Notification notification) => Write(notification, (json, n) =>
    {
        json.WriteString("type", $"message");
        json.WriteStartArray("attachments");
        json.WriteStartObject();
        json.WriteString("contentType", $"application/vnd.microsoft.card.adaptive");
        json.WriteStartObject("content");
        json.WriteString("$schema", $"http://adaptivecards.io/schemas/adaptive-card.json");
        json.WriteString("type", $"AdaptiveCard");
        json.WriteString("version", $"1.4");
        json.WriteStartArray("body");
        Paragraph(json, n.Title.Start(MostOfTitle), isTitle: true);
        foreach (var text in Texts(n))
            Paragraph(json, text.Start(MostOfCard), isTitle: false);
        json.WriteEndArray();
        if (n.Target is { } page)
        {
            json.WriteStartArray("actions");
            json.WriteStartObject();
            json.WriteString("type", $"Action.OpenUrl");
            json.WriteString("title", $"Open Mailflow");
            json.WriteString("url", page);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    });

    /// <summary>ntfy, published as JSON to the root of the server: https://docs.ntfy.sh/publish/#publish-as-json.</summary>
    public static ReadOnlyMemory<byte> Ntfy(Notification notification, string topic) => Write(notification, (json, n) =>
    {
        json.WriteString("topic", n.Masking.Text(topic));
        json.WriteString("title", n.Title.Start(MostOfTitle));
        json.WriteString("message", n.Text.Start(MostOfNtfy));
        json.WriteNumber("priority", n.Worst switch
        {
            IncidentSeverity.Critical => 5,
            IncidentSeverity.Major => 4,
            IncidentSeverity.Minor => 3,
            _ => 2,
        });
        if (n.Target is { } page)
            json.WriteString("click", page);
    });

    /// <summary>One text for each incident that is shown in full, then the rest.</summary>
    static IEnumerable<Masked> Texts(Notification n)
    {
        foreach (var news in n.InFull)
            yield return n.Full(news);
        foreach (var news in n.Past)
            yield return $"{Notification.Head(news)}: {n.Line(news)}";
        if (n.Rest is { } rest)
            yield return rest;
    }

    static void Block(MaskedJson json, [ConstantExpected] string type, Masked text)
    {
        json.WriteStartObject();
        json.WriteString("type", json.Masking.Text(type));
        json.WriteStartObject("text");
        json.WriteString("type", $"plain_text");
        json.WriteString("text", text);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void Paragraph(MaskedJson json, Masked text, bool isTitle)
    {
        json.WriteStartObject();
        json.WriteString("type", $"RichTextBlock");
        json.WriteStartArray("inlines");
        json.WriteStartObject();
        json.WriteString("type", $"TextRun");
        json.WriteString("text", text);
        if (isTitle)
            json.WriteString("weight", $"Bolder");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static ReadOnlyMemory<byte> Write(Notification notification, Action<MaskedJson, Notification> members)
    {
        var output = new ArrayBufferWriter<byte>(4096);
        using var json = new MaskedJson(output, notification.Masking);
        json.WriteStartObject();
        members(json, notification);
        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }
}
