using System.Globalization;
using System.Net;
using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Notices;

/// <summary>The way that a message took, out of the Received fields of its header (RFC 5321 section 4.4). The last field is the first hop.</summary>
static class ReceivedPath
{
    const int Most = 30;

    const int LongestWord = 255;

    /// <summary>One fact for each hop, in the order of time: from which server, by which server, when.</summary>
    public static IReadOnlyList<Fact> Of(HeaderFields header)
    {
        var facts = new List<Fact>();
        foreach (var field in header.All("Received").Reverse().Take(Most))
        {
            var semicolon = field.LastIndexOf(';');
            var path = semicolon < 0 ? field : field[..semicolon];
            var by = After(path, "by ");
            if (by is null)
                continue;
            var from = After(path, "from ") is { } name ? $"{name}{Bracketed(path)} > " : "";
            var time = semicolon < 0 ? "" : $", {field[(semicolon + 1)..].Trim()}";
            facts.Add(
                string.Create(CultureInfo.InvariantCulture, $"hop_{facts.Count + 1}"), $"{from}{by}{time}", "A server that the message went through.");
        }
        return facts;
    }

    // A word at the start of the field, or behind a blank.
    static string? After(string path, string word)
    {
        var at = path.StartsWith(word, StringComparison.OrdinalIgnoreCase) ? 0 : path.IndexOf(" " + word, StringComparison.OrdinalIgnoreCase) + 1;
        if (at == 0 && !path.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            return null;
        var rest = path.AsSpan(at + word.Length).TrimStart();
        var end = rest.IndexOfAny(' ', '(', ';');
        rest = end < 0 ? rest : rest[..end];
        return rest.Length is 0 or > LongestWord ? null : rest.ToString();
    }

    // The address that the server saw: (mail.example.com [192.0.2.25]); Exchange writes EX01.contoso.com (192.0.2.25).
    static string Bracketed(string path)
    {
        var by = path.IndexOf(" by ", StringComparison.OrdinalIgnoreCase);
        var from = by < 0 ? path : path[..by];
        foreach (var (first, last) in ((char, char)[])[('[', ']'), ('(', ')')])
            if (from.IndexOf(first, StringComparison.Ordinal) is >= 0 and var open && from.IndexOf(last, open) is > 0 and var close
                && IPAddress.TryParse(from.AsSpan(open + 1, close - open - 1).TrimStart("IPv6:"), out var address))
                return $" [{address}]";
        return "";
    }
}
