namespace Mailflow.Privacy;

/// <summary>
/// Masks the local parts of the failure's recipient and sender: a server's reply may contain them in any form, <c>550 john.smith is not here</c>.
/// </summary>
static class OwnNames
{
    /// <summary>Minimum length of a name: shorter ones occur in too many words.</summary>
    const int Shortest = 3;

    /// <summary>Names with first and last name are also found in other orders and spellings; names with more parts only as a whole.</summary>
    const int MaxParts = 2;

    static readonly string[] Between = ["", " ", ".", "_", "-", ", "];

    /// <summary>Masks the names of these addresses in a text, where they are whole words.</summary>
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
        for (var at = Next(0); at >= 0; at = Next(at + word.Length))
        {
            if (!IsAlone(text, at, at + word.Length))
                continue;
            (result ??= new(text.Length)).Append(text, done, at - done).Append(hide(text.Substring(at, word.Length)));
            done = at + word.Length;
        }

        return result is null ? text : result.Append(text, done, text.Length - done).ToString();

        int Next(int from) => text.IndexOf(word, from, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Not part of a longer word, of a host name, or of a local part before an at sign, which is masked already.</summary>
    static bool IsAlone(string text, int start, int end) => BeginsWord(text, start) && EndsWord(text, end);

    static bool BeginsWord(string text, int start)
    {
        if (start == 0)
            return true;
        var before = text[start - 1];
        var isJoined = before is '.' or '-' or '@' && start > 1 && char.IsLetterOrDigit(text[start - 2]);
        return !(char.IsLetterOrDigit(before) || before is '_' or '*' || isJoined);
    }

    static bool EndsWord(string text, int end)
    {
        if (end == text.Length)
            return true;
        var after = text[end];
        var isJoined = after is '.' or '-' && end + 1 < text.Length && char.IsLetterOrDigit(text[end + 1]);
        return !(char.IsLetterOrDigit(after) || after is '_' or '*' or '@' || isJoined);
    }
}
