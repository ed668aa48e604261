using Mailflow.Analysis.Exports;

namespace Mailflow.Analysis.Events;

/// <summary>Event 2004: a remote server's reply to a message that we sent.</summary>
/// <param name="Connector">The Send connector; null where the export has only a rendered message that neither quotes it nor contains a known one.</param>
/// <param name="MessageId">With its angle brackets; null where none was found.</param>
/// <param name="Response">The reply, from its code on.</param>
public sealed record SmtpAck(string? Connector, string? MessageId, string Response)
{
    const int Id = 2004;

    /// <summary>
    /// Reads the event's strings, or else its message, which is in the language of the server: so it looks for the form of a message id
    /// and of a reply, never for words. In some languages words follow the reply; they are kept.
    /// </summary>
    /// <param name="connectors">Known connector names, to be found in a message that does not quote its own.</param>
    /// <returns>Null for any other event, or one without a reply.</returns>
    public static SmtpAck? From(WindowsEvent one, IEnumerable<string>? connectors = null)
    {
        if (one.Id != Id || EventTable.Find(one) is null)
            return null;
        if (one.Strings is [var connector, var messageId, var response, ..])
            return new(OrNull(connector), OrNull(messageId), response.Trim());
        return one.Message is { } message ? FromMessage(message, connectors) : null;
    }

    static SmtpAck? FromMessage(string message, IEnumerable<string>? connectors)
    {
        var start = StartOfReply(message);
        if (start < 0)
            return null;
        var before = message.AsSpan(0, start);
        var response = message[start..].Trim();
        // The full stop of the sentence.
        if (response.EndsWith('.'))
            response = response[..^1];
        return new(MessageText.Quoted(before) ?? Known(message[..start], connectors), MessageText.MessageId(before), response);
    }

    /// <summary>Looks for a reply with an enhanced code first, then for a bare code after the message id: a connector's name may contain a number.</summary>
    static int StartOfReply(string message)
    {
        var from = message.IndexOf('>', StringComparison.Ordinal) + 1;
        for (var pass = 0; pass < 2; pass++)
        {
            for (var i = pass == 0 ? 0 : from; i + 4 < message.Length; i++)
            {
                var startsWord = i == 0 || !(char.IsLetterOrDigit(message[i - 1]) || message[i - 1] is '.' or '-' or '@');
                if (startsWord && MessageText.IsReply(message.AsSpan(i), enhanced: pass == 0))
                    return i;
            }
        }
        return -1;
    }

    static string? Known(string text, IEnumerable<string>? connectors) =>
        connectors?.Where(c => c.Length > 0 && text.Contains(c, StringComparison.OrdinalIgnoreCase)).MaxBy(c => c.Length);

    static string? OrNull(string text) => text.Trim() is { Length: > 0 } trimmed ? trimmed : null;
}
