using System.Buffers;

namespace Mailflow.Analysis.Failures;

/// <summary>One reply inside a status text: its start and end, and its codes.</summary>
readonly record struct ReplyPart(int Start, int End, int Smtp, string? Enhanced);

/// <summary>
/// Splits a status text into replies. Exchange wraps a reply in an envelope, and the reply often quotes a further one:
/// <code>
/// [{LED=451 4.4.0 Primary target IP address responded with: "454 4.7.0 ..."};{MSG=};{FQDN=mx.example};{IP=192.0.2.1};{LRT=}]
///       part 0 ────────────────────────────────────────────  part 1 ───────
/// </code>
/// </summary>
static class StatusText
{
    const int MaxReplies = 12;

    /// <summary>The fields of an envelope, in the order of <see cref="Keys"/>.</summary>
    enum Key
    {
        Led,
        Lrt,
        Msg,
        Fqdn,
        Ip,
        ServerName,
        ServerAddress,
    }

    static readonly string[] Keys = ["{LED=", "{LRT=", "{MSG=", "{FQDN=", "{IP=", "{Last attempted server name=", "{Last attempted IP="];

    static readonly SearchValues<string> LastServer = SearchValues.Create(["LastAttemptedServerName="], StringComparison.OrdinalIgnoreCase);
    static readonly SearchValues<string> LastAddress = SearchValues.Create(["LastAttemptedIP="], StringComparison.OrdinalIgnoreCase);

    // Texts between a reply and the reply that it quotes.
    static readonly SearchValues<string> Quotes = SearchValues.Create(
        [
            " refused to talk to me: ", " -> ", "responded with", "[Message=", " said: ", "returned '", "returned \"", "returned was:", "response was:",
            "Remote host said:", "remote server was:", "last error:", "Last error was:", "The error was:", "LED=", "reported error:",
            "server responded:", "error from remote mail server",
        ],
        StringComparison.OrdinalIgnoreCase);

    // Gmail: "DNS type 'mx' lookup of contoso.example responded with code NXDOMAIN" quotes no reply.
    const string OfDns = "responded with code ";

    /// <summary>The mail server's reply, name and address, without Exchange's envelope.</summary>
    public static ReadOnlySpan<char> Unwrap(ReadOnlySpan<char> status, out ReadOnlySpan<char> host, out ReadOnlySpan<char> address)
    {
        var text = status.Trim();
        Span<int> at = stackalloc int[Keys.Length];
        FindKeys(text, at);
        if (at[(int)Key.Led] < 0)
        {
            host = Between(text, LastServer, ']');
            address = Address(Between(text, LastAddress, ']'));
            return text;
        }

        var said = Field(text, at, Key.Led);
        var message = Field(text, at, Key.Msg);
        if (!said.Contains(message, StringComparison.Ordinal))
            said = said.IsEmpty ? message : $"{said} [Message={message}]";
        // A reply before the envelope is the outer reply.
        var before = text[..EnvelopeStart(text, at)].TrimEnd("[' ;");
        if (before.IndexOfAny("245") >= 0 && !before.EndsWith(':'))
            said = $"{before.TrimStart('\'')} -> {said}";
        host = FirstOf(Field(text, at, Key.Fqdn), Field(text, at, Key.ServerName), said, LastServer);
        address = Address(FirstOf(Field(text, at, Key.Ip), Field(text, at, Key.ServerAddress), said, LastAddress));
        return said;
    }

    static ReadOnlySpan<char> FirstOf(ReadOnlySpan<char> first, ReadOnlySpan<char> second, ReadOnlySpan<char> said, SearchValues<string> start) =>
        !first.IsEmpty ? first : !second.IsEmpty ? second : Between(said, start, ']');

    /// <summary>The replies of a text from the outermost to the innermost; at least one.</summary>
    public static void Split(ReadOnlySpan<char> text, List<ReplyPart> replies)
    {
        replies.Clear();
        var (at, from) = (0, 0);
        while (replies.Count < MaxReplies)
        {
            var next = text[from..].IndexOfAny(Quotes);
            if (next < 0)
                break;
            next += from;
            from = next + 1;
            if (text[next..].StartsWith(OfDns, StringComparison.OrdinalIgnoreCase))
                continue;
            Segment(text, at, next, replies);
            at = from = AfterQuote(text, next);
        }
        if (at < text.Length || replies.Count == 0)
            Segment(text, at, text.Length, replies);
    }

    // The marker itself is skipped, except Exim's "after MAIL FROM:<...>:", which shows the rejected command.
    static int AfterQuote(ReadOnlySpan<char> text, int marker)
    {
        const string Exim = "error from remote mail server";
        if (text[marker..].StartsWith(Exim, StringComparison.OrdinalIgnoreCase))
            return marker + Exim.Length;
        var i = marker + 1;
        while (i < text.Length && text[i - 1] is not (':' or '=' or '\'' or '"' or '>') && i - marker < 64)
            i++;
        return i;
    }

    static void Segment(ReadOnlySpan<char> text, int from, int to, List<ReplyPart> replies)
    {
        while (from < to && (char.IsWhiteSpace(text[from]) || text[from] is '"' or '\'' or ':' or '[' or '('))
            from++;
        if (from >= to)
            return;
        var (smtp, enhanced, i) = Codes.Read(text, from, to);
        while (replies.Count < MaxReplies)
        {
            // Another reply begins at the next full code.
            var next = Codes.NextFull(text, i, to, smtp, enhanced);
            if (next < 0)
                break;
            replies.Add(new ReplyPart(from, next, smtp, enhanced));
            from = next;
            (smtp, enhanced, i) = Codes.Read(text, from, to);
        }
        replies.Add(new ReplyPart(from, to, smtp, enhanced));
    }

    static int EnvelopeStart(ReadOnlySpan<char> text, scoped ReadOnlySpan<int> at)
    {
        var start = text.Length;
        for (var key = Key.Led; key <= Key.Ip; key++)
            if (at[(int)key] >= 0)
                start = Math.Min(start, at[(int)key]);
        return start;
    }

    // Searching for braces, which are rare in replies, is many times faster than a search that ignores case.
    static void FindKeys(ReadOnlySpan<char> text, Span<int> at)
    {
        at.Fill(-1);
        for (var from = 0; text[from..].IndexOf('{') is >= 0 and var brace; from += brace + 1)
        {
            var rest = text[(from + brace)..];
            for (var key = 0; key < Keys.Length; key++)
                if (at[key] < 0 && rest.Length > 1 && (rest[1] | 0x20) == (Keys[key][1] | 0x20)
                    && rest.StartsWith(Keys[key], StringComparison.OrdinalIgnoreCase))
                    at[key] = from + brace;
        }
    }

    static ReadOnlySpan<char> Field(ReadOnlySpan<char> text, scoped ReadOnlySpan<int> at, Key key)
    {
        if (at[(int)key] < 0)
            return [];
        var value = text[(at[(int)key] + Keys[(int)key].Length)..];
        var end = value.IndexOf("};{", StringComparison.Ordinal);
        if (end < 0)
            end = value.LastIndexOf("}]", StringComparison.Ordinal);
        if (end < 0)
            end = value.Length - (text.EndsWith('}') ? 1 : 0);
        return value[..Math.Max(0, end)].Trim();
    }

    static ReadOnlySpan<char> Between(ReadOnlySpan<char> text, SearchValues<string> start, char end)
    {
        var from = text.IndexOfAny(start);
        if (from < 0)
            return [];
        text = text[from..];
        text = text[(text.IndexOf('=') + 1)..];
        var to = text.IndexOf(end);
        return text[..(to < 0 ? text.Length : to)].Trim();
    }

    // 203.0.113.25:25 is an address and a port; an IPv6 address has more colons.
    static ReadOnlySpan<char> Address(ReadOnlySpan<char> value)
    {
        var space = value.IndexOf(' ');
        if (space > 0)
            value = value[..space];
        var colon = value.IndexOf(':');
        return colon > 0 && colon == value.LastIndexOf(':') ? value[..colon] : value;
    }
}
