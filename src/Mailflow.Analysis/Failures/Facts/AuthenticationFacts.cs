using System.Buffers;
using System.Globalization;

namespace Mailflow.Analysis.Failures.Facts;

/// <summary>
/// What a reply says about SPF, DKIM and DMARC, and for which domain. Outlook.com writes <c>Spf= Fail , Dkim= Pass</c>, Gmail
/// <c>SPF [example.com] with ip: [192.0.2.1] = did not pass</c>, others sentences: <c>does not pass DMARC verification</c>.
/// </summary>
static class AuthenticationFacts
{
    /// <summary>A result is at most this many words after the name of the check.</summary>
    const int Reach = 16;

    static readonly SearchValues<string> About = SearchValues.Create(["spf", "dkim", "dmarc", "authenticat"], StringComparison.Ordinal);
    static readonly string[] Mechanisms = ["spf", "dkim", "dmarc"];
    static readonly string[] Joins = ["and", "or", "nor", "both", "/", "&", "check", "checks"];
    static readonly string[] Modal = ["must", "should", "to", "needs", "need", "requires", "required", "require", "either", "whether", "can"];

    // Words of a result, and the result in the terms of RFC 8601.
    static readonly (string Result, string[] Words)[] Results =
    [
        ("pass", ["pass", "passed", "passes"]),
        ("fail", ["fail", "failed", "fails", "failure", "hardfail", "failing", "invalid", "unauthorized", "mismatch", "violation"]),
        ("softfail", ["softfail", "soft-fail"]),
        ("neutral", ["neutral"]),
        ("none", ["none", "missing"]),
        ("temperror", ["temperror"]),
        ("permerror", ["permerror"]),
    ];

    static readonly string[] AfterNot = ["pass", "passed", "valid", "aligned", "align", "verified", "authorized", "authorised", "permitted",
        "allowed", "match"];
    static readonly string[] Not = ["not", "didn't", "doesn't", "don't", "isn't", "cannot", "wasn't", "weren't"];

    // Words before the domain that failed, most exact first.
    static readonly string[] BeforeDomain =
    [
        "sending domain", "spf check for", "spf checks for", "spf domain", "dkim domain", "mail from domain", "header.from", "from domain", "domain of",
        "email from", "allowed to send from", "allowed to send mail from", "behalf of", "dmarc policy for", "dmarc policy of", "spf record of",
        "spf record for", "dmarc record of", "dmarc record for", "smtp.mailfrom", "administrator of", "for domain", "spf", "domain",
    ];

    public static void Find(ReplyWords words, List<Fact> facts)
    {
        if (!words.HasAny(About))
            return;
        foreach (var mechanism in Mechanisms)
            if (ResultOf(words, mechanism) is { } result)
                facts.Add(mechanism, result, $"The reply says: {mechanism.ToUpperInvariant()} {Sentence(result)}.");
        Policy(words, facts);
        facts.Add("failing_domain", DomainOf(words), "The domain whose SPF, DKIM or DMARC check the reply is about.");
    }

    static string Sentence(string result) => result switch
    {
        "pass" => "passed",
        "fail" => "failed",
        "softfail" => "failed (softfail: the record says ~all)",
        "none" => "has nothing to check: no record or no signature",
        "temperror" => "was not checked: a temporary DNS error",
        "permerror" => "was not checked: the record has an error",
        _ => $"result is {result}",
    };

    static string? ResultOf(ReplyWords words, string mechanism)
    {
        string? said = null;
        for (var i = 0; i < words.Count; i++)
        {
            if (!words.Is(i, mechanism))
                continue;
            var result = Ahead(words, i, out var assigned);
            // "DKIM = did not pass" outweighs a sentence.
            if (assigned && result is not null)
                return result;
            said ??= result ?? Before(words, i);
        }
        return said;
    }

    static string? Ahead(ReplyWords words, int at, out bool assigned)
    {
        (assigned, var joined, var modal) = (false, true, false);
        for (var i = at + 1; i < Math.Min(at + Reach, words.Count); i++)
        {
            if (words[i] is "." or ";")
                break;
            if (words.IsAny(i, Mechanisms))
            {
                // "SPF and DKIM both do not pass" is said of both.
                if (!joined)
                    break;
                continue;
            }
            assigned |= words[i] is "=";
            if (words.IsMark(i))
                continue;
            var result = ResultAt(words, i);
            if (result is not null && (result != "pass" || !modal))
                return result;
            modal |= words.IsAny(i, Modal);
            joined &= words.IsAny(i, Joins);
        }
        return null;
    }

    static string? ResultAt(ReplyWords words, int at)
    {
        if (words.IsAny(at, Not))
            return words.IsAny(at + 1, AfterNot) || (words.Is(at + 1, "be") && words.IsAny(at + 2, AfterNot)) ? "fail" : null;
        if (words.Is(at, "soft") && words.Is(at + 1, "fail"))
            return "softfail";
        // "a hard fail policy" describes the record, but only a check that failed mentions it.
        foreach (var (result, names) in Results)
            if (words.IsAny(at, names))
                return result;
        return null;
    }

    // "fails SPF", "does not pass DMARC verification", "no DKIM signature", "rejected per SPF policy".
    static string? Before(ReplyWords words, int at)
    {
        var before = at - 1;
        while (words.IsMark(before) || words.IsAny(before, ["the", "a", "an", "our", "your", "its", "their", "both", "domain's", "sender's", "valid"]))
            before--;
        if (words.IsAny(before, ["pass", "passed"]))
            return words.IsAny(before - 1, Not) || (words.Is(before - 1, "to") && words.IsAny(before - 2, ["fails", "failed", "failure"])) ? "fail" : null;
        if (words.IsAny(before, ["fail", "fails", "failed", "failing", "violates", "violated", "bad", "invalid"]))
            return "fail";
        if (words.IsAny(before, ["no", "without", "missing", "lacks"]))
            return "none";
        return words.IsAny(at + 1, ["policy", "record", "evaluation", "rules"]) && words.IsAny(before, ["per", "by", "to", "of"])
            && (words.Has("reject") || words.Has("not accepted") || words.Has("not allowed") || words.Has("denied")) ? "fail" : null;
    }

    static void Policy(ReplyWords words, List<Fact> facts)
    {
        foreach (var phrase in (string[])["dmarc policy of", "dmarc policy is", "dmarc policy"])
            foreach (var at in words.After(phrase))
                if (words.IsAny(words.Skip(at), ["reject", "quarantine", "none"]))
                    facts.Add("dmarc_policy", words.Lower(words.Skip(at)).ToString(), "The policy that the domain's own DMARC record asks for.");
    }

    static string? DomainOf(ReplyWords words)
    {
        foreach (var phrase in BeforeDomain)
            foreach (var at in words.After(phrase))
                if (words.DomainAt(at) is { } domain)
                    return domain;
        // http://www.openspf.net/Why?s=mfrom;id=ann%40example.com;ip=192.0.2.1
        var id = words.IndexOf(";id=");
        id = id < 0 ? words.IndexOf("?id=") : id;
        if (id < 0 || !words.Has("spf"))
            return BeforeItsRecord(words);
        var value = words.Text[(id + 4)..];
        var end = value.AsSpan().IndexOfAny(";& ");
        value = Uri.UnescapeDataString(end < 0 ? value : value[..end]);
        value = value[(value.LastIndexOf('@') + 1)..];
        return ReplyWords.IsDomain(value) ? value.ToLower(CultureInfo.InvariantCulture) : BeforeItsRecord(words);
    }

    // "192.0.2.10 is not allowed to send from <example.com> per its SPF Record", "<ann@example.com> violates the DMARC policy"
    static string? BeforeItsRecord(ReplyWords words)
    {
        foreach (var verb in (string[])["per", "violates", "fails", "failed"])
            foreach (var at in words.After(verb))
            {
                var before = at - 2;
                while (words.IsMark(before))
                    before--;
                if (words.DomainAt(before) is { } domain)
                    return domain;
            }
        return null;
    }
}
