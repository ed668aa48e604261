using System.Buffers;

namespace Mailflow.Analysis.Failures;

/// <summary>Finds the blocklist that a text names: <c>blocked using bl.example.net</c>.</summary>
static class ListName
{
    static readonly SearchValues<string> Before = SearchValues.Create(
        [" using ", "listed at ", "listed in ", "listed on ", "listed by ", "found in ", "blocked by ", "blacklisted by "],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>The zone in lower case; null where there is none.</summary>
    public static string? Find(ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOfAny(Before); at >= 0; at = text.IndexOfAny(Before))
        {
            text = text[(at + 1)..];
            text = text[(text.IndexOf(' ') + 1)..];
            if (text.StartsWith("at ", StringComparison.OrdinalIgnoreCase) || text.StartsWith("in ", StringComparison.OrdinalIgnoreCase)
                || text.StartsWith("on ", StringComparison.OrdinalIgnoreCase) || text.StartsWith("by ", StringComparison.OrdinalIgnoreCase))
            {
                text = text[3..];
            }
            var length = 0;
            while (length < text.Length && length < 64 && (char.IsAsciiLetterOrDigit(text[length]) || text[length] is '.' or '-'))
                length++;
            var name = text[..length].TrimEnd('.');
            // A zone has a dot and ends with a letter; an IP address does not.
            if (name.Contains('.') && char.IsAsciiLetter(name[^1]) && (length == text.Length || text[length] is not '@'))
                return name.ToString().ToLowerInvariant();
        }
        return null;
    }
}
