namespace Mailflow.Privacy;

/// <summary>The local parts of a failure's own recipient and sender: what a server says of the failure may name them in any form, <c>550 john.smith is not here</c>.</summary>
static class OwnNames
{
    /// <summary>A shorter one is part of too many words.</summary>
    const int Shortest = 3;

    /// <summary>Of names with more parts than first and last, only the whole is looked for.</summary>
    const int MaxParts = 2;

    static readonly string[] Between = ["", " ", ".", "_", "-", ", "];

    /// <summary>The text without the names of these addresses, as words.</summary>
    public static string Hide(string text, ReadOnlySpan<string> addresses, Func<string, string> hide)
    {
        foreach (var address in addresses)
        {
            var local = address.AsSpan(0, Math.Max(0, address.IndexOf('@', StringComparison.Ordinal))).Trim(" <\"'").ToString();
            if (local.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) || local.StartsWith("smtp:", StringComparison.OrdinalIgnoreCase))
                local = local[(local.IndexOf(':', StringComparison.Ordinal) + 1)..];
            if (local.Length < Shortest || local.Length > 320)
                continue;
            text = HideWord(text, local, hide);
            var name = local.Split('+')[0];
            if (name.Length != local.Length)
                text = HideWord(text, name, hide);
            if (name.Split(['.', '_', '-'], StringSplitOptions.RemoveEmptyEntries) is not { Length: MaxParts } parts)
                continue;
            foreach (var between in Between)
                text = HideWord(HideWord(text, $"{parts[0]}{between}{parts[1]}", hide), $"{parts[1]}{between}{parts[0]}", hide);
        }

        return text;
    }

    static string HideWord(string text, string word, Func<string, string> hide)
    {
        if (word.Length < Shortest || !PersonForms.IsOwnName(word))
            return text;
        System.Text.StringBuilder? result = null;
        var done = 0;
        for (var at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(word, at + word.Length, StringComparison.OrdinalIgnoreCase))
        {
            if (!IsAlone(text, at, at + word.Length))
                continue;
            (result ??= new(text.Length)).Append(text, done, at - done).Append(hide(text.Substring(at, word.Length)));
            done = at + word.Length;
        }

        return result is null ? text : result.Append(text, done, text.Length - done).ToString();
    }

    /// <summary>Not within a longer word, a host's name, or what stands before an at sign, which is hidden already.</summary>
    static bool IsAlone(string text, int start, int end) =>
        (start == 0 || !(char.IsLetterOrDigit(text[start - 1]) || text[start - 1] is '_' or '*' || (text[start - 1] is '.' or '-' or '@' && start > 1 && char.IsLetterOrDigit(text[start - 2]))))
        && (end == text.Length || !(char.IsLetterOrDigit(text[end]) || text[end] is '_' or '*' or '@' || (text[end] is '.' or '-' && end + 1 < text.Length && char.IsLetterOrDigit(text[end + 1]))));
}
