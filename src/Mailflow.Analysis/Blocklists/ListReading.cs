using System.Net;

namespace Mailflow.Analysis.Blocklists;

/// <summary>The result of a query to a list.</summary>
public enum ListState
{
    /// <summary>The list answered that it has no entry.</summary>
    NotListed,

    Listed,

    /// <summary>The list refuses to answer this client: not known.</summary>
    Refused,

    /// <summary>No answer, or one that no blocklist gives: not known.</summary>
    Error,

    /// <summary>The list fails its own test entries, so its answers are not used: not known.</summary>
    Unhealthy,

    /// <summary>The list was shut down and is not queried: not known.</summary>
    Closed,
}

/// <summary>An interpreted answer of a list.</summary>
/// <param name="Codes">The listing codes, as answered.</param>
/// <param name="Says">What they mean, or why the answer cannot be used.</param>
public sealed record ListReading(ListState State, IReadOnlyList<string> Codes, string Says)
{
    /// <summary>NXDOMAIN: the only way to say "not listed".</summary>
    public static ListReading NotListed { get; } = new(ListState.NotListed, [], "not listed");

    public static ListReading Failed(string why) => new(ListState.Error, [], why);

    /// <summary>
    /// Interprets the addresses that a list answered with. An answer that is not a listing by RFC 5782 section 2.1 or by the list's own
    /// documentation is an error, never a listing: outside 127/8 (a parked domain, a hijacking resolver), 127.0.0.1, 127.255.255.x, and
    /// the list's own refusals.
    /// </summary>
    public static ListReading Of(Blocklist list, IReadOnlyList<IPAddress> answers)
    {
        var listed = new List<(string Code, string Says)>();
        foreach (var answer in answers)
        {
            if (ErrorOf(list, answer) is { } refusal)
                return refusal;
            listed.AddRange(Listings(list, answer.ToString()));
        }

        return listed.Count == 0
            ? Failed("an answer without an address")
            : new(ListState.Listed, [.. listed.Select(l => l.Code)], string.Join("; ", listed.Select(l => l.Says)));
    }

    static ListReading? ErrorOf(Blocklist list, IPAddress answer)
    {
        var bytes = answer.GetAddressBytes();
        if (bytes is not [127, _, _, _])
            return Failed($"the answer {answer} is outside 127/8: the list's domain is parked, or a resolver gives false answers");
        if (bytes is [127, 255, 255, var error])
            return new(ListState.Refused, [], error switch
            {
                252 => "127.255.255.252: the zone is misspelt",
                254 => "127.255.255.254: asked through a public resolver, or one whose name tells no owner; use a resolver of your own",
                255 => "127.255.255.255: asked too often",
                _ => $"{answer}: refused",
            });
        var code = list.Codes.FirstOrDefault(c => c.Meaning == ListCodeKind.Refused
            && (list.Bitmask ? (Bits(c.Code) & bytes[3]) != 0 : c.Code == answer.ToString()));
        if (code is not null)
            return new(ListState.Refused, [], $"{answer}: {code.Says}");
        return bytes is [127, 0, 0, 1] ? Failed("127.0.0.1 is not a listing (RFC 5782 section 2.1)") : null;
    }

    static int Bits(string code) => IPAddress.Parse(code).GetAddressBytes()[3];

    static IEnumerable<(string Code, string Says)> Listings(Blocklist list, string answer)
    {
        if (list.Bitmask)
        {
            var known = list.Codes.Where(c => c.Meaning == ListCodeKind.Listed && (Bits(c.Code) & Bits(answer)) != 0).ToList();
            if (known.Count > 0)
                return known.Select(c => (c.Code, c.Says));
        }

        return [(answer, list.Codes.FirstOrDefault(c => c.Code == answer)?.Says ?? $"listed with {answer}, which Mailflow does not know the meaning of")];
    }
}
