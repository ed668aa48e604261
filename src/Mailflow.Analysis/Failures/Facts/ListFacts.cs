using System.Buffers;

namespace Mailflow.Analysis.Failures.Facts;

/// <summary>The blocklist that a reply names, its page and Outlook.com's S-code.</summary>
static class ListFacts
{
    static readonly SearchValues<string> Listing = SearchValues.Create(
        ["block", "listed", "blacklist", "rbl", "dnsbl", "denylist", "banned", "reputation", "refused", "denied", "reject"],
        StringComparison.Ordinal);

    static readonly SearchValues<char> NotInUrl = SearchValues.Create(" <>\"'`[]{}|\\");

    // Lists that replies call by their name instead of a zone.
    static readonly string[] Named =
    [
        "Spamhaus", "SpamCop", "Barracuda", "SORBS", "UCEPROTECT", "Senderscore", "Trend Micro", "Proofpoint", "Cloudmark", "Invaluement", "Abusix",
        "Mailspike", "PSBL", "SpamRATS", "Symantec", "Talos", "Truncate", "NiX Spam", "Surriel", "Abuseat", "FBLW15",
    ];

    static readonly SearchValues<string> AnyNamed = SearchValues.Create(Named, StringComparison.OrdinalIgnoreCase);

    public static void Find(ReplyWords words, List<Fact> facts)
    {
        SCode(words, facts);
        var listing = words.HasAny(Listing);
        if (listing)
        {
            var named = words.HasAny(AnyNamed) ? Array.Find(Named, n => words.Has(n.ToLowerInvariant())) : null;
            var list = words.Has("list") || words.Has("using") || words.Has("rbl") ? ListName.Find(words.Text) ?? named : null;
            facts.Add("list", list, "The blocklist that the reply names.");
        }
        if (Url(words) is { } url)
        {
            var lookup = url.AsSpan().ContainsAny(AnyNamed) || (listing && (facts.Value("list") is not null
                || facts.Value("s_code") is not null || words.Has("blocklist") || words.Has("blacklist")));
            if (lookup)
                facts.Add("lookup_url", url, "The page that the reply names for a lookup or a removal. Mailflow does not open it.");
            else
                facts.Add("help_url", url, "The page that the reply names. Mailflow does not open it.");
        }
        OurAddress.Find(words, facts);
    }

    // (S3150), (S775); S(2017052602) is Exchange Online's build and says nothing.
    static void SCode(ReplyWords words, List<Fact> facts)
    {
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (word is ['S', ..] && word.Length is >= 3 and <= 7 && word[1..].IndexOfAnyExceptInRange('0', '9') < 0 && words[i - 1] is "("
                && words[i + 1] is ")")
            {
                facts.Add("s_code", word.ToString(), word is "S3140" or "S3150"
                    ? "Outlook.com's code: the address or its network is on Outlook.com's own blocklist."
                    : "Outlook.com's code for this refusal.");
                if (words.Has("our block list"))
                    facts.Add("list", "Outlook.com's own blocklist", "The blocklist that the reply names.");
            }
        }
    }

    static string? Url(ReplyWords words)
    {
        var start = words.IndexOf("http");
        while (start >= 0 && !words.Text.AsSpan(start).StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            && !words.Text.AsSpan(start).StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            start = words.IndexOf("http", start + 4);
        }
        if (start < 0)
            return null;
        var url = words.Text.AsSpan(start);
        var end = url.IndexOfAny(NotInUrl);
        url = (end < 0 ? url : url[..end]).TrimEnd(".,;:)!");
        return Uri.TryCreate(url.ToString(), UriKind.Absolute, out var parsed) && parsed.Host.Length > 0 ? url.ToString() : null;
    }
}
