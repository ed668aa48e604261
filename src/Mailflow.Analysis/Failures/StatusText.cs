using System.Buffers;

namespace Mailflow.Analysis.Failures;

/// <summary>One reply inside a status text: from where to where, and its codes.</summary>
readonly record struct Reply(int Start, int End, int Smtp, string? Enhanced);

/// <summary>
/// Takes a status text apart. Exchange wraps what it got into an envelope, and what it got often quotes a further reply:
/// <code>
/// [{LED=451 4.4.0 Primary target IP address responded with: "454 4.7.0 ..."};{MSG=};{FQDN=mx.example};{IP=192.0.2.1};{LRT=}]
///       part 0 ────────────────────────────────────────────  part 1 ───────
/// </code>
/// </summary>
static class StatusText
{
    const int MaxReplies = 12;

    static readonly string[] EnvelopeKeys = ["{LED=", "{LRT=", "{MSG=", "{FQDN=", "{IP="];

    static readonly SearchValues<string> LastServer = SearchValues.Create(["LastAttemptedServerName="], StringComparison.OrdinalIgnoreCase);
    static readonly SearchValues<string> LastAddress = SearchValues.Create(["LastAttemptedIP="], StringComparison.OrdinalIgnoreCase);

    // What stands between a reply and the one that it quotes.
    static readonly SearchValues<string> Quotes = SearchValues.Create(
        [
            " -> ", "responded with", "[Message=", " said: ", "returned '", "returned \"", "returned was:", "response was:", "Remote host said:",
            "remote server was:", "last error:", "Last error was:", "The error was:", "LED=", "reported error:", "server responded:", "error from remote mail server",
        ],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>What the mail server said, the server's name and its address, without Exchange's envelope.</summary>
    public static (string Text, string? Host, string? Address) Unwrap(string status)
    {
        var text = status.Trim();
        if (IndexOfKey(text, "{LED=") < 0)
            return (text, Between(text, LastServer, ']'), Address(Between(text, LastAddress, ']')));

        var said = Field(text, "{LED=");
        var message = Field(text, "{MSG=");
        if (message is not null && !said!.Contains(message, StringComparison.Ordinal))
            said = said.Length == 0 ? message : $"{said} [Message={message}]";
        // A reply before the envelope is the outer one.
        var before = text[..EnvelopeStart(text)].TrimEnd('[', '\'', ' ', ';');
        if (before.AsSpan().IndexOfAny("245") >= 0 && !before.EndsWith(':'))
            said = $"{before.TrimStart('\'')} -> {said}";
        return (
            said!,
            Field(text, "{FQDN=") ?? Field(text, "{Last attempted server name=") ?? Between(said!, LastServer, ']'),
            Address(Field(text, "{IP=") ?? Field(text, "{Last attempted IP=") ?? Between(said!, LastAddress, ']')));
    }

    /// <summary>The replies of a text from the outermost to the innermost; at least one.</summary>
    public static void Split(string text, List<Reply> replies)
    {
        replies.Clear();
        var at = 0;
        while (replies.Count < MaxReplies)
        {
            var next = text.AsSpan(at).IndexOfAny(Quotes);
            if (next < 0)
                break;
            next += at;
            Segment(text, at, next, replies);
            at = AfterQuote(text, next);
        }
        if (at < text.Length || replies.Count == 0)
            Segment(text, at, text.Length, replies);
    }

    // The marker itself says nothing. What Exim writes behind its own, "after MAIL FROM:<...>:", tells what was refused.
    static int AfterQuote(string text, int marker)
    {
        const string Exim = "error from remote mail server";
        if (text.AsSpan(marker).StartsWith(Exim, StringComparison.OrdinalIgnoreCase))
            return marker + Exim.Length;
        var i = marker + 1;
        while (i < text.Length && text[i - 1] is not (':' or '=' or '\'' or '"' or '>') && i - marker < 64)
            i++;
        return i;
    }

    static void Segment(string text, int from, int to, List<Reply> replies)
    {
        while (from < to && (char.IsWhiteSpace(text[from]) || text[from] is '"' or '\'' or ':' or '[' or '('))
            from++;
        if (from >= to)
            return;
        var (smtp, enhanced, i) = Codes.Read(text, from, to);
        while (replies.Count < MaxReplies)
        {
            // Another reply begins where another full code stands.
            var next = Codes.NextFull(text, i, to, smtp, enhanced);
            if (next < 0)
                break;
            replies.Add(new Reply(from, next, smtp, enhanced));
            from = next;
            (smtp, enhanced, i) = Codes.Read(text, from, to);
        }
        replies.Add(new Reply(from, to, smtp, enhanced));
    }

    static int EnvelopeStart(string text)
    {
        var start = text.Length;
        foreach (var key in EnvelopeKeys)
        {
            if (IndexOfKey(text, key) is >= 0 and var at && at < start)
                start = at;
        }
        return start;
    }

    // Braces are rare in what servers say: to look for them first is many times faster than a search that ignores case.
    static int IndexOfKey(ReadOnlySpan<char> text, string key)
    {
        for (var from = 0; text[from..].IndexOf('{') is >= 0 and var at; from += at + 1)
        {
            if (text[(from + at)..].StartsWith(key, StringComparison.OrdinalIgnoreCase))
                return from + at;
        }
        return -1;
    }

    static string? Field(string text, string key)
    {
        var start = IndexOfKey(text, key);
        if (start < 0)
            return null;
        start += key.Length;
        var end = text.IndexOf("};{", start, StringComparison.Ordinal);
        if (end < 0)
            end = text.LastIndexOf("}]", StringComparison.Ordinal);
        if (end < start)
            end = text.Length - (text.EndsWith('}') ? 1 : 0);
        var value = text[start..Math.Max(start, end)].Trim();
        return value.Length == 0 && key is not "{LED=" ? null : value;
    }

    static string? Between(string text, SearchValues<string> start, char end)
    {
        var from = text.AsSpan().IndexOfAny(start);
        if (from < 0)
            return null;
        from = text.IndexOf('=', from) + 1;
        var to = text.IndexOf(end, from);
        var value = text[from..(to < 0 ? text.Length : to)].Trim();
        return value.Length == 0 ? null : value;
    }

    // 203.0.113.25:25 is an address and a port; an IPv6 address has more colons.
    static string? Address(string? value)
    {
        if (value is null)
            return null;
        var space = value.IndexOf(' ');
        if (space > 0)
            value = value[..space];
        var colon = value.IndexOf(':');
        return colon > 0 && colon == value.LastIndexOf(':') ? value[..colon] : value;
    }
}
