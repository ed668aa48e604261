namespace Mailflow.Analysis.Domains;

/// <summary>Suggests which existing domain a misspelled one was meant to be.</summary>
public static class NearestDomain
{
    /// <summary>Large mailbox providers: most misspelled domains are meant as one of these.</summary>
    public static IReadOnlyList<string> Common { get; } =
    [
        "gmail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "aol.com", "gmx.de", "gmx.net", "web.de",
        "t-online.de", "freenet.de", "yahoo.de", "hotmail.de", "outlook.de", "googlemail.com", "msn.com", "me.com", "proton.me",
        "protonmail.com", "orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "libero.it", "bluewin.ch", "gmx.at", "gmx.ch",
        "hotmail.co.uk", "yahoo.co.uk", "hotmail.fr", "btinternet.com",
    ];

    /// <summary>The nearest known domain within one typing error, or two where the name is long; null where there is none.</summary>
    public static string? Find(string domain, IEnumerable<string> known)
    {
        var (best, least) = ((string?)null, (domain.Length < 9 ? 1 : 2) + 1);
        foreach (var candidate in known)
        {
            if (Math.Abs(candidate.Length - domain.Length) >= least || candidate == domain)
                continue;
            if (Distance(domain, candidate, least) is var distance && distance < least)
                (best, least) = (candidate, distance);
        }

        return best;
    }

    /// <summary>
    /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment distance);
    /// <paramref name="most"/> where it is that or more.
    /// </summary>
    public static int Distance(string a, string b, int most)
    {
        var (before, last, row) = (new int[b.Length + 1], new int[b.Length + 1], new int[b.Length + 1]);
        for (var j = 0; j <= b.Length; j++)
            last[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            var least = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(last[j] + 1, row[j - 1] + 1), last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                least = Math.Min(least, row[j]);
            }

            if (least >= most)
                return most;
            (before, last, row) = (last, row, before);
        }

        return Math.Min(last[b.Length], most);
    }
}
