using System.Buffers;
using System.Globalization;
using static Mailflow.Analysis.Failures.Cause;
using static Mailflow.Analysis.Failures.Strength;

namespace Mailflow.Analysis.Failures;

/// <summary>The meaning of a code, used where the text around it is not clearer.</summary>
sealed record CodeMeaning(string Code, Cause Cause, Strength Strength, string Source, string? Sub = null)
{
    /// <summary>How often the code alone is right: vendors use their own codes for one thing; those of RFC 3463 stand in replies about anything.</summary>
    public double Sure => Source.StartsWith("RFC", StringComparison.Ordinal) ? 0.78 : 0.9;

    public string Says => field ??= Sub is null ? $"{Cause.Name()}: {Source}" : $"{Cause.Name()} ({Sub}): {Source}";
}

/// <summary>The meanings of codes: IANA's registry first, then vendors' own codes.</summary>
static class CodeTable
{
    const string Exo = "Exchange Online NDR codes";
    const string Exchange = "Exchange Server NDR codes";
    const string Gmail = "Gmail SMTP errors";

    // "x" stands for any class. A row with a class takes precedence over one with x.
    static readonly CodeMeaning[] Enhanced =
    [
        new("x.1.0", InvalidRecipient, VagueCode, "RFC 3463 X.1.0"),
        new("x.1.1", InvalidRecipient, Code, "RFC 3463 X.1.1", "unknown-user"),
        // Postfix: not known yet whether the recipient exists; the reason follows.
        new("4.1.1", InvalidRecipient, VagueCode, "Postfix unverified_recipient_reject_code", "unknown-user"),
        new("x.1.2", DnsFailure, Code, "RFC 3463 X.1.2", "bad-domain"),
        new("x.1.3", InvalidRecipient, Code, "RFC 3463 X.1.3", "bad-syntax"),
        new("x.1.4", InvalidRecipient, Code, "RFC 3463 X.1.4", "ambiguous"),
        new("x.1.6", MailboxDisabled, Code, "RFC 3463 X.1.6", "moved"),
        new("x.1.7", SenderRejected, Code, "RFC 3463 X.1.7", "sender-address"),
        new("x.1.8", SenderRejected, Code, "RFC 3463 X.1.8", "sender-domain"),
        new("x.1.9", SystemError, VagueCode, "RFC 3886 X.1.9"),
        // IANA's X.1.10 is the null MX (RFC 7505), which its text mentions; Exchange Online uses it for "recipient not found".
        new("x.1.10", InvalidRecipient, Code, Exo + " 5.1.10", "unknown-user"),
        new("x.1.11", InvalidRecipient, Code, Exchange + " 5.1.11", "legacy-address"),
        new("x.1.20", ProtocolError, Code, Exo + " 5.1.20", "from-header"),
        new("x.1.90", RateLimited, Code, Exo + " 5.1.90", "recipient-limit"),
        new("x.1.350", InvalidRecipient, Code, Exo + " 5.1.350"),
        new("x.1.351", InvalidRecipient, Code, Exo + " 5.1.351"),
        new("x.2.0", MailboxDisabled, VagueCode, "RFC 3463 X.2.0"),
        new("5.2.1", MailboxDisabled, Code, "RFC 3463 X.2.1"),
        new("4.2.1", MailboxDisabled, VagueCode, "RFC 3463 X.2.1"),
        new("x.2.2", MailboxFull, Code, "RFC 3463 X.2.2"),
        new("x.2.3", MessageTooLarge, Code, "RFC 3463 X.2.3"),
        new("x.2.4", SystemError, VagueCode, "RFC 3463 X.2.4", "mailing-list"),
        new("x.2.121", RateLimited, Code, Exo + " 5.2.121", "recipient-limit"),
        new("x.2.122", RateLimited, Code, Exo + " 5.2.122", "recipient-rate"),
        new("x.3.0", SystemError, VagueCode, "RFC 3463 X.3.0"),
        new("x.3.1", SystemError, Code, "RFC 3463 X.3.1", "storage"),
        new("x.3.2", SystemError, Code, "RFC 3463 X.3.2"),
        new("x.3.3", ProtocolError, VagueCode, "RFC 3463 X.3.3"),
        new("x.3.4", MessageTooLarge, Code, "RFC 3463 X.3.4"),
        new("x.3.5", SystemError, VagueCode, "RFC 3463 X.3.5", "misconfigured"),
        new("x.4.0", NetworkFailure, VagueCode, "RFC 3463 X.4.0"),
        new("4.4.1", NetworkFailure, Code, "RFC 3463 X.4.1", "no-answer"),
        new("5.4.1", InvalidRecipient, VagueCode, Exo + " 5.4.1"),
        new("x.4.2", NetworkFailure, Code, "RFC 3463 X.4.2", "dropped"),
        new("x.4.3", DnsFailure, VagueCode, "RFC 3463 X.4.3"),
        new("x.4.4", DnsFailure, Code, "RFC 3463 X.4.4", "unroutable"),
        new("x.4.5", RateLimited, VagueCode, "RFC 3463 X.4.5"),
        new("x.4.6", MailLoop, Code, "RFC 3463 X.4.6"),
        new("x.4.7", MessageExpired, VagueCode, "RFC 3463 X.4.7"),
        new("x.4.14", MailLoop, Code, Exo + " 5.4.14"),
        new("x.4.8", TlsFailure, VagueCode, Exo + " 4.4.8", "mta-sts"),
        new("x.4.11", MailLoop, Code, Exo + " 5.4.11"),
        new("x.4.12", MailLoop, Code, Exo + " 5.4.12"),
        new("x.4.20", MailLoop, Code, Exo + " 5.4.20"),
        new("x.4.62", RelayDenied, Code, Exo + " 4.4.62", "wrong-region"),
        new("x.4.300", MessageExpired, VagueCode, Exo + " 5.4.300"),
        new("x.4.310", DnsFailure, Code, Exo + " 5.4.310", "nxdomain"),
        new("x.4.312", DnsFailure, Code, Exo + " 5.4.312", "servfail"),
        new("x.4.315", NetworkFailure, Code, Exo + " 5.4.315"),
        new("x.4.316", NetworkFailure, Code, Exo + " 5.4.316", "refused"),
        new("x.4.317", NetworkFailure, Code, Exo + " 4.4.317", "session"),
        new("x.4.318", NetworkFailure, Code, Exo + " 4.4.318", "reset"),
        new("x.4.395", NetworkFailure, VagueCode, Exo + " 4.4.395"),
        new("x.5.0", ProtocolError, VagueCode, "RFC 3463 X.5.0"),
        new("x.5.1", ProtocolError, VagueCode, "RFC 3463 X.5.1", "command"),
        new("x.5.2", ProtocolError, VagueCode, "RFC 3463 X.5.2", "syntax"),
        new("x.5.3", RateLimited, Code, "RFC 3463 X.5.3", "recipient-limit"),
        new("x.5.4", ProtocolError, VagueCode, "RFC 3463 X.5.4", "arguments"),
        new("x.5.5", ProtocolError, VagueCode, "RFC 3463 X.5.5"),
        new("x.5.6", ProtocolError, Code, "RFC 4954 X.5.6"),
        new("x.5.105", PolicyRestriction, Code, Exo + " 5.5.105", "hve-external"),
        new("x.6.1", ProtocolError, Code, "RFC 3463 X.6.1", "content"),
        new("x.6.2", ProtocolError, Code, "RFC 3463 X.6.2", "content"),
        new("x.6.3", ProtocolError, Code, "RFC 3463 X.6.3", "content"),
        new("x.6.5", ProtocolError, Code, "RFC 3463 X.6.5", "content"),
        new("x.6.7", ProtocolError, Code, "RFC 6531 X.6.7", "smtputf8"),
        new("x.6.9", ProtocolError, Code, "RFC 6531 X.6.9", "smtputf8"),
        new("x.6.11", ProtocolError, Code, Exo + " 5.6.11", "content"),
        new("x.6.0", ProtocolError, VagueCode, "RFC 3463 X.6.0", "content"),
        new("x.7.0", PolicyRestriction, VagueCode, "RFC 3463 X.7.0"),
        new("4.7.0", RateLimited, VagueCode, "RFC 3463 X.7.0"),
        new("x.7.1", PolicyRestriction, VagueCode, "RFC 3463 X.7.1"),
        new("4.7.1", Greylisted, VagueCode, "RFC 3463 X.7.1"),
        new("x.7.2", PolicyRestriction, Code, "RFC 3463 X.7.2", "list-expansion"),
        new("x.7.3", RelayDenied, Code, "RFC 3463 X.7.3; Exchange 5.7.3", "authentication"),
        new("x.7.4", RelayDenied, VagueCode, "RFC 3463 X.7.4", "authentication"),
        new("x.7.5", TlsFailure, Code, "RFC 3463 X.7.5"),
        new("x.7.8", RelayDenied, Code, "RFC 4954 X.7.8", "authentication"),
        new("x.7.6", TlsFailure, VagueCode, "RFC 3463 X.7.6"),
        new("x.7.9", RelayDenied, VagueCode, "RFC 4954 X.7.9", "authentication"),
        new("x.7.10", TlsFailure, Code, "RFC 5248 X.7.10", "encryption-required"),
        new("x.7.11", TlsFailure, Code, "RFC 4954 X.7.11", "encryption-required"),
        new("x.7.12", PolicyRestriction, VagueCode, Exo + " 5.7.12"),
        new("x.7.13", MailboxDisabled, Code, "RFC 5248 X.7.13"),
        new("x.7.14", RelayDenied, Code, "RFC 5248 X.7.14", "authentication"),
        new("x.7.15", PolicyRestriction, Code, "RFC 6710 X.7.15"),
        new("x.7.17", MailboxDisabled, Code, "RFC 7293 X.7.17", "moved"),
        new("x.7.18", DnsFailure, Code, "RFC 7293 X.7.18", "bad-domain"),
        new("x.7.20", SenderAuthFailure, Code, "RFC 7372 X.7.20", "dkim"),
        new("x.7.21", SenderAuthFailure, Code, "RFC 7372 X.7.21", "dkim"),
        new("x.7.22", SenderAuthFailure, Code, "RFC 7372 X.7.22", "dkim"),
        new("x.7.23", SenderAuthFailure, Code, "RFC 7372 X.7.23", "spf"),
        new("x.7.24", SenderAuthFailure, Code, "RFC 7372 X.7.24", "spf"),
        new("x.7.25", SenderRejected, Code, "RFC 7372 X.7.25", "reverse-dns"),
        new("x.7.26", SenderAuthFailure, Code, "RFC 7372 X.7.26"),
        new("x.7.27", SenderRejected, Code, "RFC 7505 X.7.27", "null-mx"),
        new("x.7.28", Blocklisted, Code, Gmail + " 5.7.28", "reputation"),
        new("4.7.29", TlsFailure, Code, Gmail + " 4.7.29", "starttls-required"),
        new("4.7.28", RateLimited, Code, Gmail + " 4.7.28", "reputation"),
        new("5.7.29", SenderAuthFailure, Code, "RFC 8617 X.7.29", "arc"),
        // X.7.30 is REQUIRETLS in RFC 8689 and DKIM at Gmail; the text decides.
        new("x.7.30", SenderAuthFailure, VagueCode, Gmail + " 5.7.30", "dkim"),
        new("x.7.31", SenderAuthFailure, Code, Gmail + " 4.7.31", "dmarc"),
        new("x.7.32", SenderAuthFailure, Code, Gmail + " 4.7.32", "alignment"),
        new("x.7.40", SenderAuthFailure, Code, Gmail + " 4.7.40", "dmarc"),
        new("x.7.51", RelayDenied, Code, Exo + " 5.7.51", "connector"),
        new("x.7.54", RelayDenied, Code, Exchange + " 5.7.54"),
        new("x.7.57", RelayDenied, Code, Exchange + " 5.7.57", "authentication"),
        new("x.7.60", RelayDenied, Code, Exchange + " 5.7.60", "send-as"),
        new("x.7.61", RelayDenied, Code, Exchange + " 5.7.61", "authentication"),
        new("x.7.64", RelayDenied, Code, Exo + " 5.7.64", "connector"),
        new("x.7.66", TlsFailure, Code, Exo + " 4.7.66", "version"),
        new("x.7.68", PolicyRestriction, Code, Exo + " 5.7.68", "direct-send"),
        new("x.7.105", SenderRejected, Code, Exchange + " 5.7.105", "sender-filter"),
        new("x.7.139", RelayDenied, Code, Exo + " 5.7.139", "authentication"),
        new("4.7.230", RateLimited, Code, Exo + " 4.7.230", "outdated-server"),
        new("5.7.230", PolicyRestriction, Code, Exo + " 5.7.230", "outdated-server"),
        new("x.7.232", RateLimited, Code, Exo + " 5.7.232", "tenant-quota"),
        new("x.7.233", RateLimited, Code, Exo + " 5.7.233", "tenant-quota"),
        new("x.7.236", RateLimited, Code, Exo + " 5.7.236", "onmicrosoft-limit"),
        new("x.7.320", TlsFailure, Code, Exo + " 4.7.320", "own-certificate"),
        new("x.7.321", TlsFailure, Code, Exo + " 4.7.321", "starttls-not-offered"),
        new("x.7.322", TlsFailure, Code, Exo + " 4.7.322", "certificate"),
        new("x.7.323", TlsFailure, Code, Exo + " 4.7.323", "dane"),
        new("x.7.324", TlsFailure, Code, Exo + " 4.7.324", "dane"),
        new("x.7.325", TlsFailure, Code, Exo + " 4.7.325", "dane"),
        new("x.7.504", InvalidRecipient, Code, Exo + " 5.7.504"),
        new("x.7.505", InvalidRecipient, Code, Exo + " 5.7.505"),
        new("x.7.506", SenderRejected, Code, Exo + " 5.7.506", "helo"),
        new("x.7.507", PolicyRestriction, Code, Exo + " 5.7.507"),
        new("x.7.508", RateLimited, Code, Exo + " 5.7.508"),
        new("x.7.509", SenderAuthFailure, Code, Exo + " 5.7.509", "dmarc"),
        new("x.7.510", PolicyRestriction, Code, Exo + " 5.7.510"),
        new("x.7.512", SenderRejected, Code, Exo + " 5.7.512", "from-header"),
        new("x.7.515", SenderAuthFailure, Code, Exo + " 5.7.515"),
        new("x.7.520", PolicyRestriction, Code, Exo + " 5.7.520", "external-forwarding"),
        new("x.7.711", RelayDenied, Code, Exo + " 5.7.711", "connector"),
        new("x.7.703", PolicyRestriction, Code, Exo + " 5.7.703", "tenant-block-list"),
    ];

    // Exchange Online gives whole ranges one meaning; an exact row takes precedence.
    static readonly (string Prefix, int First, int Last, CodeMeaning Meaning)[] Ranges =
    [
        ("4.7.", 500, 699, new("4.7.500-699", RateLimited, Code, Exo + " 4.7.500-699", "reputation")),
        ("4.7.", 700, 899, new("4.7.700-899", RateLimited, Code, Exo + " 4.7.850-899", "reputation")),
        ("5.7.", 110, 199, new("5.7.110-199", PolicyRestriction, Code, Exo + " 5.7.124 to 5.7.193", "sender-not-allowed")),
        ("5.7.", 501, 519, new("5.7.501-519", Blocklisted, Code, Exo + " 5.7.501-503, 5.7.511, 5.7.513", "microsoft")),
        ("5.7.", 606, 649, new("5.7.606-649", Blocklisted, Code, Exo + " 5.7.606-649", "microsoft")),
        ("5.7.", 700, 800, new("5.7.700-750", Blocklisted, Code, Exo + " 5.7.700-750", "restricted-tenant")),
        ("5.7.", 900, 999, new("5.7.900-999", PolicyRestriction, Code, Exchange + " 5.7.900-999", "transport-rule")),
    ];

    static readonly CodeMeaning[] Smtp =
    [
        new("421", SystemError, Strength.Smtp, "RFC 5321 section 4.2.3: service not available"),
        new("451", SystemError, Strength.Smtp, "RFC 5321 section 4.2.3: local error in processing"),
        new("452", SystemError, Strength.Smtp, "RFC 5321 section 4.2.3: insufficient system storage"),
        new("500", ProtocolError, Strength.Smtp, "RFC 5321 section 4.2.3: syntax error"),
        new("501", ProtocolError, Strength.Smtp, "RFC 5321 section 4.2.3: syntax error in parameters"),
        new("502", ProtocolError, Strength.Smtp, "RFC 5321 section 4.2.3: command not implemented"),
        new("503", ProtocolError, Strength.Smtp, "RFC 5321 section 4.2.3: bad sequence of commands"),
        new("504", ProtocolError, Strength.Smtp, "RFC 5321 section 4.2.3: parameter not implemented"),
        new("530", RelayDenied, Strength.Smtp, "RFC 4954 section 6: authentication required"),
        new("535", RelayDenied, Strength.Smtp, "RFC 4954 section 6: authentication failed"),
        new("551", InvalidRecipient, Strength.Smtp, "RFC 5321 section 3.4: user not local"),
        new("552", MailboxFull, Strength.Smtp, "RFC 5321 section 4.2.3: exceeded storage allocation"),
        new("553", InvalidRecipient, Strength.Smtp, "RFC 5321 section 4.2.3: mailbox name not allowed"),
        new("555", ProtocolError, Strength.Smtp, "RFC 5321 section 4.2.3: parameters not recognised"),
        new("556", DnsFailure, Strength.Smtp, "RFC 7504: domain does not accept mail", "null-mx"),
    ];

    static readonly Dictionary<string, CodeMeaning> ByCode = Enhanced.ToDictionary(m => m.Code, StringComparer.Ordinal);
    static readonly Dictionary<string, CodeMeaning>.AlternateLookup<ReadOnlySpan<char>> BySpan = ByCode.GetAlternateLookup<ReadOnlySpan<char>>();
    static readonly Dictionary<int, CodeMeaning> BySmtp = Smtp.ToDictionary(m => int.Parse(m.Code, CultureInfo.InvariantCulture));

    public static IReadOnlyList<CodeMeaning> All => [.. Enhanced, .. Smtp];

    /// <summary>The meanings of whole ranges of codes.</summary>
    public static IReadOnlyList<CodeMeaning> AllRanges => [.. Ranges.Select(r => r.Meaning)];

    public static CodeMeaning? Of(string enhanced)
    {
        if (ByCode.TryGetValue(enhanced, out var meaning))
            return meaning;
        Span<char> anyClass = stackalloc char[16];
        if (enhanced.Length > anyClass.Length)
            return null;
        enhanced.CopyTo(anyClass);
        anyClass[0] = 'x';
        return BySpan.TryGetValue(anyClass[..enhanced.Length], out meaning) ? meaning : OfRange(enhanced);
    }

    static CodeMeaning? OfRange(string enhanced)
    {
        foreach (var (prefix, first, last, meaning) in Ranges)
        {
            if (enhanced.StartsWith(prefix, StringComparison.Ordinal)
                && int.TryParse(enhanced.AsSpan(prefix.Length), CultureInfo.InvariantCulture, out var detail)
                && detail >= first && detail <= last)
            {
                return meaning;
            }
        }
        return null;
    }

    /// <summary>
    /// The meaning of the number alone. 550, 551 and 553 are used for everything: they mean the address where the server answered MAIL or RCPT,
    /// 551 and 553 also where an address follows.
    /// </summary>
    public static CodeMeaning? OfSmtp(int smtp, ReplyStage stage, ReadOnlySpan<char> words) => smtp switch
    {
        550 or 551 or 553 when stage is ReplyStage.Mail or ReplyStage.Rcpt => Address,
        551 or 553 when !words.Contains('@') && !words.Contains(" address ", StringComparison.Ordinal) => null,
        _ => BySmtp.GetValueOrDefault(smtp),
    };

    static readonly CodeMeaning Address = new("550", InvalidRecipient, Strength.Smtp, "RFC 5321 section 4.2.3: the address is refused");

    // Words that name another subject than the code does: "5.1.1 ... sender ..." is no wrong recipient.
    static readonly SearchValues<string> Vetoes = SearchValues.Create(
        [" sender ", " senders ", "policy ", " policies ", " header ", " headers ", " volume ", " relay", " replicat"],
        StringComparison.Ordinal);

    /// <summary>Whether a text whose code names the recipient, its host or the size is about something else.</summary>
    public static bool IsVetoed(Cause cause, ReadOnlySpan<char> words) =>
        cause is InvalidRecipient or MailboxDisabled or MailboxFull or MessageTooLarge or DnsFailure or NetworkFailure && words.ContainsAny(Vetoes);
}
