using System.Buffers;
using System.Globalization;

namespace Mailflow.Analysis.Failures.Facts;

/// <summary>The limits that a reply names: sizes, recipients, rates. Sizes keep the unit of the reply.</summary>
static class LimitFacts
{
    static readonly SearchValues<string> OfSize = SearchValues.Create(["size", "large", "big", "length"], StringComparison.Ordinal);
    static readonly SearchValues<string> OfQuota = SearchValues.Create(["quota", "storage", "full"], StringComparison.Ordinal);
    static readonly string[] Limit = ["limit", "limits", "maximum", "max", "allowed", "exceeds", "exceed", "exceeded", "larger", "bigger", "greater",
        "over", "than"];
    static readonly string[] Units = ["b", "byte", "bytes", "kb", "kib", "mb", "mib", "gb", "gib", "k", "m", "megabytes", "kilobytes", "gigabytes"];
    static readonly string[] Counted =
    [
        "recipients", "recipient", "messages", "message", "mails", "emails", "mail", "email", "connections", "connection", "sessions", "session",
        "rcpt", "rcpts",
    ];
    static readonly string[] Periods = ["second", "seconds", "minute", "minutes", "min", "hour", "hours", "day", "days", "session", "connection", "message"];

    public static void Find(ReplyWords words, List<Fact> facts)
    {
        if (words.HasAny(OfSize))
            Sizes(words, facts);
        if (words.HasAny(OfQuota))
            foreach (var phrase in (string[])["quota", "quota of", "quota is", "limit of", "limit is"])
                foreach (var at in words.After(phrase))
                    facts.Add("quota", SizeAt(words, words.Skip(at)), "The quota that the reply names.");
        Counts(words, facts);
    }

    // "message size 18876259 exceeds size limit 10485760", "size 35 MB ... maximum 25 MB", "(35882577 bytes) exceeds (36700160 bytes)"
    static void Sizes(ReplyWords words, List<Fact> facts)
    {
        var limit = false;
        for (var i = 0; i < words.Count; i++)
        {
            if (SizeAt(words, i) is not { } size)
            {
                limit |= words.IsAny(i, Limit);
                continue;
            }
            if (limit)
                facts.Add("size_limit", size, "The largest message that this server accepts.");
            else if (NearSize(words, i))
                facts.Add("message_size", size, "The size of the message, as the server counts it: attachments grow by a third on the way.");
        }
    }

    static bool NearSize(ReplyWords words, int at)
    {
        for (var i = at - 1; i >= Math.Max(0, at - 5); i--)
            if (words.Lower(i).StartsWith("size") || words.IsAny(i, ["length", "message", "message's", "is"]))
                return true;
        return false;
    }

    /// <summary>A number with a unit (35 MB, 35MB) or a plain number of bytes of at least five digits.</summary>
    static string? SizeAt(ReplyWords words, int at)
    {
        var word = words[at];
        if (words.NumberAt(at) is { } number)
        {
            var after = at + 1;
            while (words[after] is "," && words.NumberAt(after + 1) is not null)
                after += 2;
            if (words.IsAny(after, Units))
                return $"{number.ToString(CultureInfo.InvariantCulture)} {words[after]}";
            return number >= 10_000 && words[at - 1] is not "[" && !words.IsAny(at - 1, ["id", "#"])
                ? $"{number.ToString(CultureInfo.InvariantCulture)} bytes" : null;
        }
        var digits = 0;
        while (digits < word.Length && (char.IsAsciiDigit(word[digits]) || (word[digits] == '.' && digits > 0)))
            digits++;
        if (digits == 0 || digits > 15 || word[..digits].Count('.') > 1)
            return null;
        var unit = digits == word.Length ? words[at + 1] : word[digits..];
        var dotted = word[..digits].Contains('.');
        return (digits < word.Length || dotted) && IsUnit(unit) ? $"{word[..digits]} {unit}" : null;
    }

    static bool IsUnit(ReadOnlySpan<char> text)
    {
        foreach (var unit in Units)
            if (text.Equals(unit, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    // "100 messages per hour", "more than 500 recipients", "maximum of 20 connections", "limit of 30 messages per 60 minutes"
    static void Counts(ReplyWords words, List<Fact> facts)
    {
        for (var i = 0; i < words.Count; i++)
        {
            if (words.NumberAt(i) is not { } n || n == 0 || n > 10_000_000)
                continue;
            var what = i + 1;
            while (words.IsAny(what, ["allowed", "concurrent", "simultaneous", "new", "external", "smtp", "unique", "outbound", "invalid"]))
                what++;
            var counted = words.IsAny(what, Counted);
            var number = n.ToString(CultureInfo.InvariantCulture);
            if (PeriodAt(words, counted ? what + 1 : i + 1) is { } period)
                facts.Add("rate_limit", counted ? $"{number} {words.Lower(what)} {period}" : $"{number} {period}",
                    "The rate that the server allows.");
            else if (counted && words[what] is ['r' or 'R', ..] && IsLimit(words, i))
                facts.Add("recipient_limit", number, "The number of recipients that the server allows in one message.");
            else if (counted && IsLimit(words, i) && words[what] is ['c' or 'C' or 's' or 'S', ..])
                facts.Add("connection_limit", number, "The number of connections that the server allows at the same time.");
        }
    }

    static bool IsLimit(ReplyWords words, int at)
    {
        for (var i = at - 1; i >= Math.Max(0, at - 5); i--)
            if (words.IsAny(i, Limit) || words.IsAny(i, ["only", "most", "many", "exceeding", "accepts", "to"]))
                return true;
        return false;
    }

    // "per hour", "/ hour", "in 60 minutes", "an hour"
    static string? PeriodAt(ReplyWords words, int at)
    {
        if (!words.IsAny(at, ["per", "in", "an", "a", "every", "within", "each", "/"]))
            return null;
        if (words.IsAny(at + 1, Periods))
            return $"per {words.Lower(at + 1)}";
        return words.NumberAt(at + 1) is { } n && words.IsAny(at + 2, Periods)
            ? $"per {n.ToString(CultureInfo.InvariantCulture)} {words.Lower(at + 2)}" : null;
    }
}
