using System.Text;

namespace Mailflow.Analysis.Incidents;

/// <summary>
/// A reply without what differs from message to message: addresses, numbers that are not codes, ids, hosts. Replies of one reason have one template, so
/// that failures of unknown cause can be seen to belong together.
/// </summary>
public static class ReplyTemplate
{
    /// <summary>The longest template, in characters.</summary>
    public const int Longest = 160;

    /// <summary>The template of a status text without Exchange's envelope.</summary>
    public static string Of(string text)
    {
        var words = new StringBuilder(Longest);
        foreach (var range in text.AsSpan().SplitAny(" \t\r\n"))
        {
            var word = text.AsSpan()[range];
            if (word.IsEmpty)
                continue;
            if (words.Length > 0)
                words.Append(' ');
            words.Append(IsKept(word) ? word : "*");
            if (words.Length >= Longest)
                break;
        }

        return words.Length > Longest ? words.ToString(0, Longest) : words.ToString();
    }

    /// <summary>Words, and codes such as 550 and 5.1.1.</summary>
    static bool IsKept(ReadOnlySpan<char> word)
    {
        var letters = word.Trim("<>()[]{}.,;:'\"");
        if (letters.IsEmpty || letters.Contains('@'))
            return letters.IsEmpty;
        var digits = 0;
        foreach (var letter in letters)
            digits += char.IsAsciiDigit(letter) ? 1 : 0;
        if (digits == 0)
            return !letters.Contains('.') || letters.ContainsAny("/\\") is false && letters.Count('.') == 0;
        return letters.Length <= 8 && letters.Trim("0123456789.-").IsEmpty && letters.Length - digits <= 2 && letters[0] is '2' or '4' or '5';
    }
}
