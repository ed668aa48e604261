namespace Mailflow.Analysis.Failures.Facts;

/// <summary>
/// The address of ours that a reply refuses. An address is ours only where the words around it say so; most addresses in replies are those of the
/// remote server, and a lookup of a wrong one misleads.
/// </summary>
static class OurAddress
{
    // The words between "from" or "to" and the address: from your IP address [192.0.2.1], client host mail.example[192.0.2.1]
    static readonly string[] Nouns =
        ["ip", "ips", "ipv4", "ipv6", "ip-address", "ip-adresse", "address", "addresses", "adresse", "host", "hostname", "server", "mta", "client", "the",
            "sender", "mail", "smtp", "email", "your", "sending", "connecting", "source", "originating", "connection", "ihre", "client-ip", "sender-ip"];

    static readonly string[] Ip = ["ip", "ips", "ipv4", "ipv6", "ip-address", "ip-adresse"];

    // They say whose address it is alone.
    static readonly string[] Ours = ["client", "sender", "your", "ihre", "client-ip", "sender-ip", "hello", "helo", "ehlo"];

    // They say so of the noun that follows: sending server, source IP.
    static readonly string[] OursBeforeNoun = ["sending", "connecting", "source", "originating", "clients", "sender's"];

    static readonly string[] From = ["from", "von"];

    static readonly string[] Answers = ["reply", "response", "error", "answer", "returned", "banner", "greeting", "timeout", "disconnected"];

    // Before an address that the message went to.
    static readonly string[] Theirs =
        ["to", "by", "at", "remote", "target", "destination", "proxy", "outbound", "smart", "next", "endpoint", "attempted", "recipient", "recipient's",
            "receiving", "resolved", "resolves", "reach", "contact", "its", "their", "mx"];

    static readonly string[] Listed =
        ["blacklist", "blocklist", "blocked", "listed", "denylist", "banned", "dnsbl", "reputation"];

    // After the address: it "is not allowed to send", "does not resolve", "has no PTR record", is "in an RBL", "on our list".
    static readonly string[] Refused =
        ["allowed", "permitted", "authorized", "authorised", "resolve", "rejected", "throttled", "deferred", "rbl", "ptr", "rdns", "reverse", "spam",
            "list", "lists"];

    // Before the address: reverse DNS for 192.0.2.1, cannot find your hostname, [192.0.2.1]
    static readonly string[] Reverse = ["reverse", "rdns", "ptr", "hostname"];

    /// <summary>The first address that is ours; else the one in the lookup page of a list.</summary>
    public static void Find(ReplyWords words, List<Fact> facts)
    {
        for (var i = 0; i < words.Count; i++)
            if (ReplyWords.IpIn(words[i]) is { } ip && IsOurs(words, i) && Add(ip, facts))
                return;
        // The page for "you use an open resolver" has the address of the recipient's resolver.
        if (words.Has("resolver") || words.Has("/returnc/"))
            return;
        foreach (var part in facts.Value("lookup_url")?.Split('/', '?', '=', '&', '#') ?? [])
            if (ReplyWords.IpIn(part) is { } ip && Add(ip, facts))
                return;
    }

    // 127.0.0.2 is the answer of a list.
    static bool Add(string ip, List<Fact> facts)
    {
        if (ip.StartsWith("127.", StringComparison.Ordinal))
            return false;
        facts.Add("our_address", ip, "The sending address that the reply names.");
        return true;
    }

    static bool IsOurs(ReplyWords words, int at)
    {
        // mx.example[192.0.2.1]:25 is where the connection went; a client has a port above 1023.
        if (words[at].EndsWith(":25") || (words[at + 1] is "]" && words[at + 2] is ":25" or ":465" or ":587"))
            return false;
        // Gmail: [192.0.2.1 18] Our system has detected, [2001:db8::1] Our system has detected
        if (words[at - 1] is "[" && ((words[at + 1] is [>= '0' and <= '9', ..] && words[at + 2] is "]") || words.Is(at + 2, "our")))
            return true;
        var before = Before(words, at);
        // client mail.example[192.0.2.1], from mail.example [192.0.2.1]
        if (ReplyWords.IsDomain(words[before].TrimEnd('.')) || ReplyWords.IpIn(words[before]) is not null || words.Is(before, "unknown"))
            before = Before(words, before);
        var (ip, ours, host, noun) = (false, false, false, before);
        for (; words.IsAny(noun, Nouns); noun = Before(words, noun))
        {
            ip |= words.IsAny(noun, Ip);
            host |= words.IsAny(noun, ["host", "server"]);
            ours |= words.IsAny(noun, Ours) || (noun != before && words.IsAny(noun, OursBeforeNoun))
                // The mail server [192.0.2.1] has been rate limited
                || (host && words.Is(noun, "mail") && words.IsAny(After(words, at), ["has", "is"]));
        }
        if (ours || words.IsAny(noun, Ours))
            return true;
        // Words that are far away say nothing about a server that has answered: host mx.example[192.0.2.1] said: 550 5.7.1 blocked
        if (words.IsAny(noun, Theirs) || host)
            return false;
        if (words.IsAny(noun, From))
            return !words.IsAny(noun - 1, Answers) && !words.IsAny(noun - 2, Answers);
        return ip || IsRefused(words, at) || IsRefusedBefore(words, before);
    }

    static bool IsRefused(ReplyWords words, int at)
    {
        var after = After(words, at);
        if (words.Is(after, "client") || (words[after] is ":" && words.Is(after + 1, "client")))
            return words.IsAny(words[after] is ":" ? after + 2 : after + 1, ["host", "address", "ip"]);
        for (var most = 0; most < 6 && words[after] is not (":" or "." or ";" or "") && words[after] is not ['#' or '4' or '5', ..]; most++)
        {
            if (words.IsAny(after, ["said", "returned", "to", "did"]) && most == 0)
                return false;
            if (words.IsAny(after, Refused) || IsListed(words.Lower(after)))
                return true;
            after = After(words, after);
        }
        return false;
    }

    static bool IsRefusedBefore(ReplyWords words, int before)
    {
        for (var most = 0; most < 5 && words[before] is not ("" or "." or ";"); most++)
        {
            if (words.IsAny(before, Theirs))
                return false;
            if (words.IsAny(before, Reverse) || (most < 2 && IsListed(words.Lower(before))))
                return true;
            before = Before(words, before, ".");
        }
        return false;
    }

    static bool IsListed(ReadOnlySpan<char> word)
    {
        foreach (var listed in Listed)
            if (word.Contains(listed, StringComparison.Ordinal))
                return true;
        return false;
    }

    // The next word to the left; marks are no words, a stop is one if it is named.
    static int Before(ReplyWords words, int at, string stop = "")
    {
        at--;
        while ((words.IsMark(at) || words[at] is "-" or "--") && !words.Is(at, stop))
            at--;
        return at;
    }

    // The next word to the right; brackets and a client's port are passed over.
    static int After(ReplyWords words, int at)
    {
        at++;
        while (words[at] is "]" or ")" or "[" or "(" or ">" or "<" or "," or "\"" or "'" || (words[at] is [':', >= '0' and <= '9', ..]))
            at++;
        return at;
    }
}
