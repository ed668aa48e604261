using System.Net;

namespace Mailflow.Analysis.Blocklists;

/// <summary>Finds which of our addresses a rejection names: <c>Client host [192.0.2.25] blocked using bl.example.net</c>.</summary>
public static class BlockedAddress
{
    /// <summary>The first address in a text that is not the remote server's own; null where there is none.</summary>
    public static IPAddress? Find(string text, string? remoteAddress)
    {
        // Compared as an address: the text may write the same address in another form.
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
            // 4.7.1 and 10:15 are not addresses: IPv4 needs four numbers, IPv6 at least two colons.
            var looksLikeAddress = (word.Count('.') == 3 || word.Count(':') >= 2) && word.Length <= 45;
            if (looksLikeAddress && IPAddress.TryParse(word, out var address) && !address.Equals(remote))
                return address;
        }

        return null;
    }

    static bool IsPart(char c) => char.IsAsciiHexDigit(c) || c is '.' or ':';
}
