using System.Text;

namespace Mailflow.Analysis.Notices;

/// <summary>
/// The part of a bounce that is written for people. Mail servers write a recipient and then the reason, each in its own layout; the
/// common part is that the address begins a line and that the reason ends at an empty line or where the next address begins:
/// <code>
/// Postfix    &lt;bob@example.net&gt;: host mx.example.net[192.0.2.1] said: 550 5.1.1 ...
/// Exim         bob@example.net
///                host mx.example.net [192.0.2.1]
/// Sendmail   &lt;bob@example.net&gt;
///                (reason: 550 5.1.1 ...)
/// OpenSMTPD  bob@example.net: 550 5.1.1 ...
/// </code>
/// </summary>
static class HumanPart
{
    const int LongestReason = 4096;

    /// <summary>Lines of one reason: asides among them add nothing to its length.</summary>
    const int MostLines = 200;

    // Sentences that only mail servers write, before the recipients.
    static readonly string[] Openings =
    [
        "This is the mail system at host", "This message was created automatically by mail delivery software",
        "The following addresses had permanent fatal errors",
        "The following addresses had transient non-fatal errors", "Transcript of session follows", "This is the MAILER-DAEMON",
        "This is the qmail-send program",
        "Delivery has failed to these recipients or groups", "could not be delivered to one or more",
        "Your message did not reach some or all of the intended recipients",
        "Delivery to the following recipient", "Undelivered Mail Returned to Sender", "I wasn't able to deliver your message",
        "Your message wasn't delivered to",
        "Your message couldn't be delivered", "couldn't be delivered", "Delivery Status Notification (Failure)", "message was undeliverable",
        "permanent error. The following address(es) failed", "Delivery delayed to these recipients or groups", "THIS IS A WARNING MESSAGE ONLY",
        "Your message has been blocked", "The message you sent to",
    ];

    static readonly string[] Trying =
        ["Delivery delayed", "is delayed", "been delayed", "not yet been delivered", "WARNING ONLY", "WARNING MESSAGE ONLY", "still being retried",
            "will keep trying", "verzögert"];

    // What follows belongs to the returned message.
    static readonly string[] Ends =
        ["Original message headers:", "--- Below this line is a copy", "------ This is a copy of", "----- Original message",
            "----- Message header follows", "Below is a copy of the original"];

    static readonly string[] Timing =
        ["Message could not be delivered for", "Message will be deleted", "Warning: message still undelivered", "Will keep trying"];

    /// <summary>Whether the lines are a bounce.</summary>
    public static bool IsBounce(IReadOnlyList<string> lines) =>
        lines.Count > 2 && lines.Take(200).Any(line => Openings.Any(o => line.Contains(o, StringComparison.OrdinalIgnoreCase)));

    /// <summary>A bounce is final, except where it says that the server still tries.</summary>
    public static DeliveryAction ActionOf(IReadOnlyList<string> lines) =>
        lines.Take(200).Any(line => Trying.Any(t => line.Contains(t, StringComparison.OrdinalIgnoreCase))) ? DeliveryAction.Delayed : DeliveryAction.Failed;

    /// <summary>
    /// The recipients that begin a line and have a reason, in order. Layout: what stands around the address; null in a sentence, which goes on
    /// with a word.
    /// </summary>
    public static IEnumerable<(string Recipient, string Reason, string? Layout)> All(IReadOnlyList<string> lines)
    {
        var known = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < lines.Count && !IsEnd(lines[i]) && known.Count < NoticeText.MostRecipients; i++)
        {
            var start = Opening(lines[i]);
            if (AddressLength(lines[i], start) is not (> 0 and var length) || Reason(lines, i, start + length) is not { } reason)
                continue;
            var recipient = lines[i].Substring(start, length);
            if (known.Add(recipient))
                yield return (recipient, reason, Layout(lines[i], start, start + length));
        }
    }

    static string? Layout(string line, int start, int after)
    {
        var rest = line.AsSpan(after).TrimStart("\"'> ");
        if (rest.StartsWith("(") && rest.IndexOf(')') is > 0 and var close)
            rest = rest[(close + 1)..].TrimStart(' ');
        return rest.IsEmpty ? line[..start] : char.IsLetterOrDigit(rest[0]) ? null : $"{line[..start]} {rest[0]}";
    }

    /// <summary>Sendmail's transcript of the session, without the commands; null if there is none.</summary>
    public static string? Transcript(IReadOnlyList<string> lines)
    {
        var at = 0;
        while (at < lines.Count && !lines[at].Contains("Transcript of session follows", StringComparison.OrdinalIgnoreCase))
            at++;
        var said = lines.Skip(at + 1).TakeWhile(l => !string.IsNullOrWhiteSpace(l))
            .Where(l => !l.StartsWith(">>>", StringComparison.Ordinal) && !l.StartsWith("...", StringComparison.Ordinal))
            .Where(l => !IsTiming(l)).Select(l => l.Replace("<<< ", "", StringComparison.Ordinal));
        var text = string.Join(' ', said.Take(40));
        return text.Length > 0 ? text[..Math.Min(text.Length, LongestReason)] : null;
    }

    static bool IsEnd(string line) => Ends.Any(e => line.Contains(e, StringComparison.OrdinalIgnoreCase));

    // Blanks, list marks and quotes before an address: "  - ", "<", "To: "
    static int Opening(string line)
    {
        var start = 0;
        while (start < line.Length && line[start] is ' ' or '\t' or '<' or '"' or '\'' or '-' or '*')
            start++;
        return start;
    }

    static int AddressLength(string line, int start)
    {
        var end = start;
        while (end < line.Length && end - start <= 320 && !char.IsWhiteSpace(line[end])
            && line[end] is not ('<' or '>' or '"' or ',' or ';' or '(' or ')' or '[' or ']')
            && !(line[end] == ':' && line.AsSpan(start, end - start).Contains('@')))
        {
            end++;
        }
        var word = line.AsSpan(start, end - start).TrimEnd(".'");
        var at = word.LastIndexOf('@');
        return at > 0 && at < word.Length - 1 && char.IsLetterOrDigit(word[at + 1]) && !word.Contains("://", StringComparison.Ordinal) ? word.Length : 0;
    }

    static string? Reason(IReadOnlyList<string> lines, int line, int after)
    {
        var text = new StringBuilder();
        var rest = lines[line].AsSpan(after).TrimStart("\"'>:. )");
        if (rest.StartsWith("(") && (rest.IndexOf(')') is > 0 and var close))
            rest = Aside(rest, close) ? rest[(close + 1)..].TrimStart(":. ") : rest;
        text.Append(rest);
        var indent = Indent(lines[line]);
        var end = Math.Min(lines.Count, line + MostLines);
        for (var i = line + 1; i < end && text.Length < LongestReason && !string.IsNullOrWhiteSpace(lines[i]) && !IsEnd(lines[i]); i++)
        {
            var next = lines[i].AsSpan().Trim();
            if (Indent(lines[i]) <= indent && AddressLength(lines[i], Opening(lines[i])) > 0)
                break;
            // The reply in it may name the address.
            if (next.StartsWith("(reason: ", StringComparison.OrdinalIgnoreCase))
                next = next[9..].TrimEnd(')');
            else if ((next.StartsWith("(") && Aside(next, next.Length)) || (text.Length > 0 && IsTiming(next)))
                continue;
            text.Append(text.Length > 0 ? " " : "").Append(next);
        }
        var reason = text.ToString().Trim();
        return reason.Any(char.IsLetterOrDigit) ? reason : null;
    }

    // Where the address came from, not what is wrong with it.
    static bool Aside(ReadOnlySpan<char> text, int close) =>
        text[..close].Contains("expanded from", StringComparison.OrdinalIgnoreCase)
        || text[..close].Contains("generated from", StringComparison.OrdinalIgnoreCase)
        || text[..close].Contains("EMAIL", StringComparison.Ordinal) || text[..close].Contains("@", StringComparison.Ordinal);

    // Sendmail's last lines say how long it tried, or will.
    static bool IsTiming(ReadOnlySpan<char> line)
    {
        foreach (var start in Timing)
            if (line.StartsWith(start, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    static int Indent(string line) => line.Length - line.AsSpan().TrimStart().Length;
}
