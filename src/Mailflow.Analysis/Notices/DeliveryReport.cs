using System.Globalization;
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

    // A recipient has each of these once: the next one begins where one comes again, if the empty line is missing.
    static readonly string[] OfRecipient = ["Original-Recipient", "Final-Recipient", "Action", "Status"];

    /// <summary>The statuses of a report, or of a part of one that was pasted; null if the lines have none.</summary>
    /// <param name="lines">The text of the mail, or what was pasted.</param>
    public static IReadOnlyList<StatusNotice>? Read(IReadOnlyList<string> lines, NoticeMail? mail)
    {
        var status = mail?.Part("message/delivery-status", "message/global-delivery-status", "message/disposition-notification",
            "message/global-disposition-notification");
        var kind = status?.Type.EndsWith("disposition-notification", StringComparison.Ordinal) == true ? "disposition-notification" : "delivery-status";
        var groups = status is null ? Groups(lines, FirstGroup(lines), null) : Groups(status.Lines, 0, OfRecipient);
        if (!groups.Exists(IsRecipient))
            return null;
        var human = new HumanReasons(status is null ? lines : mail!.Text);
        var report = groups.Find(g => !IsRecipient(g)) ?? groups[0];
        var returned = mail is { Attached.Count: > 0 } ? mail.Returned : ReturnedIn(lines);
        var path = ReceivedPath.Of(returned);
        var notices = new List<StatusNotice>();
        foreach (var group in groups)
            if (IsRecipient(group) && notices.Count < NoticeText.MostRecipients)
                notices.Add(Notice(kind, group, report, mail?.Header, returned, path, human));
        return notices;
    }

    // An MDN of Outlook names only the original recipient.
    static bool IsRecipient(HeaderFields group) => group["Final-Recipient"] is not null || group["Original-Recipient"] is not null;

    // A pasted part: the group before the first recipient names the reporting server.
    static int FirstGroup(IReadOnlyList<string> lines)
    {
        for (var i = 0; i < lines.Count; i++)
            if (FirstFields.Any(f => lines[i].StartsWith(f, StringComparison.OrdinalIgnoreCase)))
                return i;
        return lines.Count;
    }

    static List<HeaderFields> Groups(IReadOnlyList<string> lines, int at, string[]? once)
    {
        var groups = new List<HeaderFields>();
        while (at < lines.Count && groups.Count <= NoticeText.MostRecipients)
        {
            var before = at;
            var group = HeaderFields.Read(lines, ref at, once);
            // An empty line in the middle of a recipient's fields.
            if (groups.Count > 0 && IsRecipient(groups[^1]) && !IsRecipient(group) && OfRecipient.Any(name => group[name] is not null))
                groups[^1].AddMissing(group);
            else if (!group.IsEmpty)
                groups.Add(group);
            if (at == before)
                at++;
        }
        return groups;
    }

    /// <summary>The header of the returned message in a text without parts.</summary>
    static HeaderFields ReturnedIn(IReadOnlyList<string> lines)
    {
        var at = 0;
        while (at < lines.Count && !(lines[at].StartsWith("Content-Type", StringComparison.OrdinalIgnoreCase)
            && lines[at].Contains("rfc822", StringComparison.OrdinalIgnoreCase)))
            at++;
        at = Math.Min(at + 2, lines.Count);
        return HeaderFields.Read(lines, ref at);
    }

    static StatusNotice Notice(
        string kind, HeaderFields group, HeaderFields report, HeaderFields? header, HeaderFields returned, IReadOnlyList<Fact> path, HumanReasons human)
    {
        var original = group["Original-Recipient"] is { } o ? Xtext(Address(o)) : null;
        var final = group["Final-Recipient"] is { } f && Address(f) is { Length: > 0 } address ? address : original ?? "";
        var status = (group["Status"] ?? "").Trim();
        var action = ActionOf(group, status, human);
        var reporting = report["Reporting-MTA"] ?? report["Reporting-UA"] ?? group["Reporting-MTA"] ?? group["Reporting-UA"];
        var words = WordsOf(group, final, original, human);
        var text = TextOf(group, status, action, words);

        var facts = new List<Fact>();
        facts.Add("recipient", string.IsNullOrEmpty(original) ? final : original, "The recipient that the message was sent to.");
        if (!final.Equals(original ?? final, StringComparison.OrdinalIgnoreCase))
            facts.Add("final_recipient", final, "The address that it was forwarded to.");
        facts.Add("sender", SenderOf(header, report, returned), "The sender of the message, who got this report.");
        facts.Add("message_id", MessageIdOf(header, report, returned, group), "The Message-ID of the message.");
        if (action is not (DeliveryAction.Unknown or DeliveryAction.None))
            facts.Add("action", action.ToString().ToLowerInvariant(), ActionSays(action));
        facts.Add("disposition", group["Disposition"], "What the recipient's program did with the message.");
        facts.Add("reporting_server", Server(reporting), "The server that wrote the report.");
        if (Server(group["Remote-MTA"]) is { } remote)
            facts.Add(System.Net.IPAddress.TryParse(remote.Trim('[', ']'), out _) ? "remote_address" : "remote_server", remote,
                "The server that gave the reply.");
        facts.Add("last_attempt", group["Last-Attempt-Date"], "When the server tried last.");
        facts.Add("retries_until", group["Will-Retry-Until"], "When the server gives up.");
        facts.AddRange(path);
        return StatusNotice.Of(text, facts, action, new(
            kind, final, group["Original-Recipient"], group["Action"], group["Status"], group["Diagnostic-Code"] ?? words,
            group["Remote-MTA"], reporting));
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
        if (word.Equals("delayed", StringComparison.OrdinalIgnoreCase))
            return IsExpired(group, status) ? DeliveryAction.Failed : DeliveryAction.Delayed;
        foreach (var action in (DeliveryAction[])[DeliveryAction.Failed, DeliveryAction.Delivered, DeliveryAction.Relayed, DeliveryAction.Expanded])
            if (word.Equals(action.ToString(), StringComparison.OrdinalIgnoreCase))
                return action;
        if (group["Disposition"] is not { } disposition)
            return DeliveryAction.Unknown;
        // An MDN: a filter of the mailbox rejected the message, or the recipient has read or deleted it.
        var isRead = disposition.Contains("displayed", StringComparison.OrdinalIgnoreCase)
            || disposition.Contains("manual", StringComparison.OrdinalIgnoreCase);
        return disposition.Contains("failed", StringComparison.OrdinalIgnoreCase) || (!isRead && human.IsRefusal) ? DeliveryAction.Failed : DeliveryAction.None;
    }

    // OpenSMTPD calls a message that expired delayed, without a Diagnostic-Code. Exchange writes the same status into a warning, which has
    // one: smtp;400 4.4.7 Message delayed.
    static bool IsExpired(HeaderFields group, string status)
    {
        if (!status.Split(' ')[0].EndsWith(".4.7", StringComparison.Ordinal) || group["Will-Retry-Until"] is not null)
            return false;
        return group["Diagnostic-Code"] is not { Length: > 0 } diagnostic
            || (Untyped(diagnostic) is not ['4', ..] && !diagnostic.Contains("delay", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>What the part for people says about the recipient; null if it says nothing.</summary>
    static string? WordsOf(HeaderFields group, string final, string? original, HumanReasons human)
    {
        if (group["Diagnostic-Code"] is { Length: > 0 })
            return null;
        var words = group["Disposition"] is not null ? human.Mdn
            : (original is null ? null : human.For(original)) ?? human.For(final) ?? human.Transcript;
        return string.IsNullOrWhiteSpace(words) ? null : words;
    }

    static string TextOf(HeaderFields group, string status, DeliveryAction action, string? words)
    {
        var code = status.Split(' ', '(')[0];
        if (action is DeliveryAction.Delivered or DeliveryAction.Relayed or DeliveryAction.Expanded)
            return group["Diagnostic-Code"] is { } good && Untyped(good) is ['2', ..] and var said ? said
                : $"250 {(code.StartsWith('2') ? code : "2.0.0")} {action.ToString().ToLowerInvariant()}";
        if (action == DeliveryAction.None)
            return Untyped(group["Disposition"] ?? "");
        // Haraka writes the reply as a comment into Status.
        var comment = status.IndexOf('(', StringComparison.Ordinal) is > 0 and var open && status.EndsWith(')') ? status[(open + 1)..^1] : null;
        var text = group["Diagnostic-Code"] is { Length: > 0 } diagnostic ? Untyped(diagnostic) : comment;
        // Exchange repeats the reply of the remote server here if its own code says less.
        if (group["X-Supplementary-Info"] is { } more && (text is null || !text.AsSpan().ContainsAny(Letters)))
            text = more.Trim('<', '>', ' ');
        if (string.IsNullOrWhiteSpace(text))
            text = words;
        if (string.IsNullOrWhiteSpace(text))
            return code;
        var codes = Codes.Read(text, 0, text.Length);
        var enough = codes.Smtp != 0 || codes.Enhanced is not null || code.Length == 0 || SaysNothing.Any(s => code.EndsWith(s, StringComparison.Ordinal));
        return enough ? text : $"{code} {text}";
    }

    static readonly System.Buffers.SearchValues<char> Letters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>A value without its type: <c>smtp; 550 5.1.1</c>, <c>rfc822;bob@example.net</c>, <c>dns; mx.example.net</c>.</summary>
    static string Untyped(string value)
    {
        var semicolon = value.IndexOf(';', StringComparison.Ordinal);
        return semicolon is > 0 and < 30 && char.IsAsciiLetter(value[0]) && value.AsSpan(0, semicolon).TrimEnd().IndexOfAnyExcept(TypeLetters) < 0
            ? value[(semicolon + 1)..].Trim() : value.Trim();
    }

    static readonly System.Buffers.SearchValues<char> TypeLetters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");

    // RFC 6533 section 3: an address of type utf-8 may have its characters as \x{e9}.
    static string Address(string value)
    {
        var address = Untyped(value).Trim('<', '>', ' ');
        if (address.IndexOf(" (", StringComparison.Ordinal) is > 0 and var comment)
            address = address[..comment];
        for (var at = 0; (at = address.IndexOf("\\x{", at, StringComparison.Ordinal)) >= 0; at++)
            if (address.IndexOf('}', at) is > 0 and var end && int.TryParse(address.AsSpan(at + 3, end - at - 3), NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture, out var point) && System.Text.Rune.IsValid(point))
                address = $"{address[..at]}{new System.Text.Rune(point)}{address[(end + 1)..]}";
        return address;
    }

    static string? Server(string? value) => value is null ? null : Untyped(value) is { Length: > 0 } name ? name.Split(' ', ';')[0].TrimEnd('.') : null;

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
        foreach (var value in (string?[])[returned["Message-ID"], group["Original-Message-ID"], report["Original-Message-ID"],
            report["X-Original-Message-ID"], header?["In-Reply-To"],
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
