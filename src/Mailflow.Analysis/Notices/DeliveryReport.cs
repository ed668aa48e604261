using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Notices;

/// <summary>
/// A delivery status notification (RFC 3464): one status per recipient, out of its message/delivery-status part. Where a server gives no
/// Diagnostic-Code, the reason for the recipient comes from the part for people. A rejection by a mailbox filter (an MDN, RFC 8098) is read too.
/// </summary>
static class DeliveryReport
{
    // x.0.0 is any error; x.4.7 says that the message expired, where the text says why.
    static readonly string[] SaysNothing = [".0.0", ".4.7"];

    static readonly string[] FirstFields = ["Final-Recipient:", "Reporting-MTA:", "Original-Recipient:", "Action:"];

    /// <summary>The statuses of a report, or of a part of one that was pasted; null if the lines have none.</summary>
    public static IReadOnlyList<StatusNotice>? Read(IReadOnlyList<string> lines, MimeParts? mail)
    {
        var status = mail?.Parts.Find(p => p.Type is "message/delivery-status" or "message/global-delivery-status" or "message/disposition-notification"
            or "message/global-disposition-notification");
        var (groups, human) = status is null ? (Groups(lines, FirstGroup(lines)), new HumanReasons(lines))
            : (Groups(status.Lines, 0), new HumanReasons(HumanLines(mail!)));
        if (!groups.Exists(g => g["Final-Recipient"] is not null))
            return null;
        var report = groups.Find(g => g["Final-Recipient"] is null) ?? new HeaderFields();
        var returned = Returned(lines, mail);
        var notices = new List<StatusNotice>();
        foreach (var group in groups)
            if (group["Final-Recipient"] is not null && notices.Count < NoticeText.MostRecipients)
                notices.Add(Notice(group, report, mail?.Header, returned, human));
        return notices;
    }

    // A pasted part: the group before the first recipient names the reporting server.
    static int FirstGroup(IReadOnlyList<string> lines)
    {
        for (var i = 0; i < lines.Count; i++)
            if (FirstFields.Any(f => lines[i].StartsWith(f, StringComparison.OrdinalIgnoreCase)))
                return i;
        return lines.Count;
    }

    static List<HeaderFields> Groups(IReadOnlyList<string> lines, int at)
    {
        var groups = new List<HeaderFields>();
        while (at < lines.Count && groups.Count <= NoticeText.MostRecipients)
        {
            var before = at;
            var group = HeaderFields.Read(lines, ref at);
            if (!group.IsEmpty)
                groups.Add(group);
            if (at == before)
                at++;
        }
        return groups;
    }

    static List<string> HumanLines(MimeParts mail) => [.. mail.Parts.Where(p => p.Type == "text/plain").SelectMany(p => p.Lines)];

    /// <summary>The header of the returned message.</summary>
    static HeaderFields Returned(IReadOnlyList<string> lines, MimeParts? mail)
    {
        var part = mail?.Parts.Find(p => p.Type is "message/rfc822" or "text/rfc822-headers" or "message/global" or "message/global-headers");
        var at = 0;
        if (part is not null)
            return HeaderFields.Read(part.Lines, ref at);
        while (at < lines.Count && !(lines[at].StartsWith("Content-Type", StringComparison.OrdinalIgnoreCase)
            && lines[at].Contains("rfc822", StringComparison.OrdinalIgnoreCase)))
            at++;
        at = Math.Min(at + 2, lines.Count);
        return HeaderFields.Read(lines, ref at);
    }

    static StatusNotice Notice(HeaderFields group, HeaderFields report, HeaderFields? header, HeaderFields returned, HumanReasons human)
    {
        var final = Address(group["Final-Recipient"]!);
        var original = group["Original-Recipient"] is { } o ? Xtext(Address(o)) : null;
        var status = (group["Status"] ?? "").Trim();
        var action = ActionOf(group, status, human);
        var text = TextOf(group, final, original, status, action, human);

        var facts = new List<Fact>();
        facts.Add("recipient", string.IsNullOrEmpty(original) ? final : original, "The recipient that the message was sent to.");
        if (!final.Equals(original ?? final, StringComparison.OrdinalIgnoreCase))
            facts.Add("final_recipient", final, "The address that it was forwarded to.");
        facts.Add("sender", SenderOf(header, report, returned), "The sender of the message, who got this report.");
        facts.Add("message_id", MessageIdOf(header, report, returned, group), "The Message-ID of the message.");
        if (action != DeliveryAction.Unknown)
            facts.Add("action", action.ToString().ToLowerInvariant(), ActionSays(action));
        facts.Add("reporting_server", Server(report["Reporting-MTA"] ?? report["Reporting-UA"] ?? group["Reporting-UA"]), "The server that wrote the report.");
        if (Server(group["Remote-MTA"]) is { } remote)
            facts.Add(System.Net.IPAddress.TryParse(remote.Trim('[', ']'), out _) ? "remote_address" : "remote_server", remote,
                "The server that gave the reply.");
        return StatusNotice.Of(text, facts, action);
    }

    static string ActionSays(DeliveryAction action) => action switch
    {
        DeliveryAction.Failed => "The report is final: the server does not try again.",
        DeliveryAction.Delayed => "The server still has the message and tries again.",
        DeliveryAction.Relayed => "The message was passed to a server that sends no reports.",
        DeliveryAction.Expanded => "The message was passed to the members of a list.",
        _ => "The message was delivered.",
    };

    // "delivered (to mailbox)" has a comment behind the word.
    static DeliveryAction ActionOf(HeaderFields group, string status, HumanReasons human)
    {
        var word = (group["Action"] ?? "").Split(' ', '(', ';')[0];
        // OpenSMTPD calls a message that expired delayed.
        if (word.Equals("delayed", StringComparison.OrdinalIgnoreCase))
            return status.Split(' ')[0].EndsWith(".4.7", StringComparison.Ordinal) ? DeliveryAction.Failed : DeliveryAction.Delayed;
        foreach (var action in (DeliveryAction[])[DeliveryAction.Failed, DeliveryAction.Delivered, DeliveryAction.Relayed, DeliveryAction.Expanded])
            if (word.Equals(action.ToString(), StringComparison.OrdinalIgnoreCase))
                return action;
        if (group["Disposition"] is not { } disposition)
            return DeliveryAction.Unknown;
        // An MDN: a filter of the mailbox rejected the message, or the recipient has read or deleted it.
        return disposition.Contains("failed", StringComparison.OrdinalIgnoreCase) || human.IsRefusal ? DeliveryAction.Failed : DeliveryAction.Delivered;
    }

    static string TextOf(HeaderFields group, string final, string? original, string status, DeliveryAction action, HumanReasons human)
    {
        var code = status.Split(' ', '(')[0];
        if (action is DeliveryAction.Delivered or DeliveryAction.Relayed or DeliveryAction.Expanded)
            return group["Diagnostic-Code"] is { } good && Untyped(good) is ['2', ..] and var said ? said
                : $"250 {(code.StartsWith('2') ? code : "2.0.0")} {action.ToString().ToLowerInvariant()}";
        // Haraka writes the reply as a comment into Status.
        var comment = status.IndexOf('(', StringComparison.Ordinal) is > 0 and var open && status.EndsWith(')') ? status[(open + 1)..^1] : null;
        var text = group["Diagnostic-Code"] is { Length: > 0 } diagnostic ? Untyped(diagnostic) : comment;
        if (string.IsNullOrWhiteSpace(text))
            text = group["Disposition"] is not null ? human.Mdn
                : (original is null ? null : human.For(original)) ?? human.For(final) ?? human.Transcript;
        if (string.IsNullOrWhiteSpace(text))
            return code;
        var codes = Codes.Read(text, 0, text.Length);
        var enough = codes.Smtp != 0 || codes.Enhanced is not null || code.Length == 0 || SaysNothing.Any(s => code.EndsWith(s, StringComparison.Ordinal));
        return enough ? text : $"{code} {text}";
    }

    /// <summary>A value without its type: <c>smtp; 550 5.1.1</c>, <c>rfc822;bob@example.net</c>, <c>dns; mx.example.net</c>.</summary>
    static string Untyped(string value)
    {
        var semicolon = value.IndexOf(';', StringComparison.Ordinal);
        return semicolon is > 0 and < 30 && char.IsAsciiLetter(value[0]) && value.AsSpan(0, semicolon).TrimEnd().IndexOfAnyExcept(TypeLetters) < 0
            ? value[(semicolon + 1)..].Trim() : value.Trim();
    }

    static readonly System.Buffers.SearchValues<char> TypeLetters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");

    static string Address(string value) => Untyped(value).Trim('<', '>', ' ');

    static string? Server(string? value) => value is null ? null : Untyped(value) is { Length: > 0 } name ? name.Split(' ', ';')[0] : null;

    // ORCPT is xtext (RFC 3461 section 4.2): +XX is a character. A server that has decoded it leaves "+tag" as it is.
    static string Xtext(string value)
    {
        var result = new System.Text.StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '+' && i + 2 < value.Length && IsUpperHex(value[i + 1]) && IsUpperHex(value[i + 2])
                && Convert.ToInt32(value.Substring(i + 1, 2), 16) is >= 0x21 and <= 0x7e and var code)
            {
                result.Append((char)code);
                i += 2;
            }
            else
            {
                result.Append(value[i]);
            }
        }
        return result.ToString();
    }

    static bool IsUpperHex(char c) => char.IsAsciiDigit(c) || c is >= 'A' and <= 'F';

    static string? SenderOf(HeaderFields? header, HeaderFields report, HeaderFields returned)
    {
        foreach (var value in (string?[])[header?["To"], report["X-Postfix-Sender"], returned["Return-Path"], returned["From"]])
            if (value is not null && AddressIn(Untyped(value)) is { } address)
                return address;
        return null;
    }

    static string? MessageIdOf(HeaderFields? header, HeaderFields report, HeaderFields returned, HeaderFields group)
    {
        foreach (var value in (string?[])[returned["Message-ID"], group["Original-Message-ID"], report["Original-Message-ID"], header?["In-Reply-To"],
            header?["References"]])
            if (value is not null && value.IndexOf('<', StringComparison.Ordinal) is >= 0 and var open && value.IndexOf('>', open) is > 0 and var close)
                return value[open..(close + 1)];
        return null;
    }

    /// <summary>The address of <c>Ann &lt;ann@example.com&gt;</c> or of a plain one.</summary>
    static string? AddressIn(string value)
    {
        var open = value.LastIndexOf('<');
        var close = open < 0 ? -1 : value.IndexOf('>', open);
        var address = (close > open ? value[(open + 1)..close] : value.Split(',')[0]).Trim();
        return address.IndexOf('@', StringComparison.Ordinal) > 0 && !address.Contains(' ', StringComparison.Ordinal) ? address : null;
    }
}
