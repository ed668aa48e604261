using System.Buffers;

namespace Mailflow.Analysis.Failures.Facts;

/// <summary>The sender, the recipient, the remote server and the message that a reply names.</summary>
static class PartyFacts
{
    static readonly string[] BeforeSender = ["from", "sender", "mfrom", "mail_from", "mailfrom", "return-path", "envelope-from", "sender's", "by", "as"];
    static readonly string[] BeforeRecipient = ["to", "rcpt", "recipient", "user", "mailbox", "for", "account", "unknown", "recipients", "rcpt_to", "with"];
    static readonly string[] BeforeLogin = ["user", "username", "account", "login", "sasl_username", "by", "as"];
    static readonly string[] BeforeContact =
        ["contact", "contacting", "forward", "email", "e-mail", "write", "send", "mail", "delist", "report", "mailto", "message", "please", "visit",
            "request", "notify"];
    static readonly string[] Functions =
        ["postmaster", "abuse", "support", "delist", "mailer-daemon", "helpdesk", "noreply", "no-reply", "unblock", "noc", "hostmaster", "removeme",
            "whitelist"];

    // The reply is about who may send as whom: the user is the login, not the recipient.
    static readonly SearchValues<string> AboutLogins = SearchValues.Create(
        ["not owned", "owned by", "sender address rejected", "login", "logged in", "sasl", "send as", "sending as", "authenticated as", "authenticated user",
            "auth user"],
        StringComparison.Ordinal);

    static readonly SearchValues<string> BeforeServer = SearchValues.Create(
        ["host ", "talking to", "connect to", "connection with", "conversation with", "connecting to", "timed out with", "server at"],
        StringComparison.Ordinal);

    public static void Find(ReplyWords words, List<Fact> facts)
    {
        var addresses = words.Text.Contains('@', StringComparison.Ordinal);
        if (addresses)
            Addresses(words, facts);
        Servers(words, facts);
        if (addresses)
            MessageId(words, facts);
    }

    static void Addresses(ReplyWords words, List<Fact> facts)
    {
        string? unsaid = null;
        var logins = words.HasAny(AboutLogins);
        for (var i = 0; i < words.Count; i++)
        {
            if (words.AddressAt(i) is not { } address || IsMessageId(words, i) || ImceaFacts.Begins(address))
                continue;
            var before = i - 1;
            while (words.IsMark(before))
                before--;
            var after = i + 1;
            while (words.IsMark(after) || words[after] is "..." or "-")
                after++;
            if (logins && IsLogin(words, before))
                continue;
            if (words.IsAny(before, BeforeSender) || words.Is(before - 1, "sender") || words.Is(after, "sender") || words.Is(before - 1, "from")
                || (words.Is(before, "for") && words.Is(before - 1, "failed") && words.Has("sender verif")))
                facts.Add("sender", address, "The sender that the reply names.");
            else if (words.IsAny(before, BeforeContact) || (words.Is(before, "to") && words.IsAnyOf(before - 8, before, BeforeContact)))
                continue;
            else if (words.IsAny(before, BeforeRecipient) || words.Is(after, "recipient") || words.Is(after, "user"))
                facts.Add("recipient", address, "The recipient that the reply names.");
            else
                unsaid ??= IsFunction(address) ? null : address;
        }
        if (facts.Value("sender") != unsaid)
            facts.Add("recipient", unsaid, "The address that the reply names; usually the recipient.");
    }

    // user='carl@example.com' not owned, not owned by carl@example.com, logged in as carl@example.com; "send as" names the sender
    static bool IsLogin(ReplyWords words, int before) => words.IsAny(before, BeforeLogin)
        && (!words.Is(before, "by") || words.Is(before - 1, "owned"))
        && (!words.Is(before, "as") || words.IsAny(before - 1, ["in", "authenticated", "login", "logged"]));

    static bool IsFunction(string address) => Functions.Any(f => address.StartsWith(f + "@", StringComparison.OrdinalIgnoreCase));

    static void Servers(ReplyWords words, List<Fact> facts)
    {
        const string Says = "The server that refused or could not be reached.";
        StatusText.Unwrap(words.Text, out var host, out var address);
        if (ReplyWords.IsDomain(host))
            facts.Add("remote_server", host.ToString(), Says);
        if (ReplyWords.IpIn(address) is { } ip)
            facts.Add("remote_address", ip, "The address of that server.");
        // Postfix: host NAME[IP] said; Exim: host NAME [IP]; Sendmail: while talking to NAME.:; Postfix: connect to NAME[IP]:25
        if (!words.HasAny(BeforeServer))
            return;
        foreach (var phrase in (string[])["host", "talking to", "connect to", "connection with", "conversation with", "connecting to",
            "timed out with", "server at"])
            foreach (var at in words.After(phrase))
            {
                var word = words.Lower(at).TrimEnd(".:");
                if (!ReplyWords.IsDomain(word) || words.Is(at - 2, "client"))
                    continue;
                var name = word.ToString();
                facts.Add("remote_server", name, Says);
                if (words[at + 1] is "[" or "(" && words.IpAt(at + 1) is { } its && facts.Value("remote_server") == name)
                    facts.Add("remote_address", its, "The address of that server.");
            }
    }

    static void MessageId(ReplyWords words, List<Fact> facts)
    {
        if (!words.Has("id"))
            return;
        for (var i = 0; i < words.Count; i++)
            if (words[i].Contains('@') && IsMessageId(words, i))
                facts.Add("message_id", $"<{words[i].Trim("'.")}>", "The message that the reply names.");
    }

    // Message-ID: <x@y>, duplicate Message-ID header <x@y>
    static bool IsMessageId(ReplyWords words, int at)
    {
        for (var i = at - 1; i >= Math.Max(0, at - 5); i--)
        {
            if (words.IsAny(i, ["message-id", "messageid", "message-id:", "msgid", "internetmessageid"])
                || (words.Is(i, "id") && words.IsAny(i - 1, ["message", "msg"])))
                return true;
            if (words[i] is ".")
                return false;
        }
        return false;
    }
}
