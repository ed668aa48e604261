using System.Net;

namespace Mailflow.Analysis.Blocklists;

/// <summary>Finds which address of ours a refusal names: <c>Client host [192.0.2.25] blocked using bl.example.net</c>.</summary>
public static class BlockedAddress
{
    /// <summary>The first address in a text that is not the remote server's own; null where there is none.</summary>
    public static IPAddress? Find(string text, string? remoteAddress)
    {
        // It may be written in another way than the same address in the text.
        _ = IPAddress.TryParse(remoteAddress, out var remote);
        for (var at = 0; at < text.Length;)
        {
            if (!IsPart(text[at]))
            {
                at++;
                continue;
            }

            var end = at;
            while (end < text.Length && IsPart(text[end]))
                end++;
            var word = text.AsSpan(at, end - at).Trim(".:");
            at = end;
            // 4.7.1 and 10:15 are no addresses: four numbers, or colons enough for IPv6.
            if ((word.Count('.') == 3 || word.Count(':') >= 2) && word.Length <= 45 && IPAddress.TryParse(word, out var address) && !address.Equals(remote))
                return address;
        }

        return null;
    }

    static bool IsPart(char c) => char.IsAsciiHexDigit(c) || c is '.' or ':';
}
