using System.Buffers;
using System.Text.RegularExpressions;
using Mailflow.Analysis.Failures;

namespace Mailflow.Privacy;

/// <summary>
/// The forms in which servers name a person without an address: <c>User jsmith unknown</c>, <c>CONTOSO\jsmith</c>, <c>CN=John Smith,OU=Users</c>. What stands in the place of
/// a name and is a host, a code, or a word of a diagnosis is no name: a person is hidden only where a form and the word agree. docs/events.md lists them.
/// </summary>
static partial class PersonForms
{
    const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    /// <summary>In milliseconds. No status takes a hundredth of it: a text that takes longer was made to, and is hidden whole.</summary>
    const int Timeout = 1000;

    /// <summary>A login or a part of a name: what is hidden already has a star.</summary>
    const string Name = @"(?<n>[\p{L}\p{N}_][\p{L}\p{N}\p{M}._+'’=-]{0,62}[\p{L}\p{N}\p{M}_]|[\p{L}\p{N}_])";

    /// <summary>Within quotes or brackets it may have spaces.</summary>
    const string Quoted = @"(?<n>[\p{L}\p{N}_][\p{L}\p{N}\p{M}._+’= ,-]{0,62}[\p{L}\p{N}\p{M}_.])";

    const string Person = "(?:user|users|user name|username|userid|user id|mailbox|inbox|recipient|account|alias|addressee|login|person|utilisateur|"
        + "benutzer|usuario|utente|gebruiker)";

    const string Lacks =
        "(?:unknown|not|no|does|doesn['’]?t|is|isn['’]?t|was|has|hasn['’]?t|had|could|couldn['’]?t|cannot|can['’]?t|unavailable|disabled|suspended|"
        + "inactive|full|over|over-quota|overquota|exceed(?:s|ed)?|rejected|refused|invalid|nonexistent|non-existent|undeliverable|denied|closed|"
        + "blocked|moved|expired|unbekannt|inconnu|desconocido|sconosciuto|onbekend)";

    /// <summary>Where a reply says its first word: at the start, behind a code, or in brackets.</summary>
    const string First = @"(?:^|\d[ -]|[<""'])";

    static readonly Form[] Forms =
    [
        // User jsmith unknown; The user 'jsmith' does not exist; Mailbox <jsmith> unavailable; mailbox "John Smith" is full; No such user (jsmith)
        new(UserUnknown),
        new(QuotedUser),
        new(FullNameUnknown),
        new(NoSuchUser),
        new(NoSuchUserAtEnd),
        new(ByThatName),
        // jsmith... User unknown; jsmith: Recipient not found; <jsmith>: unknown user; jsmith's mailbox
        new(BeforeDots),
        new(BeforeColon, ":"),
        new(Mailbox, "'’"),
        new(Path, "<"),
        // Windows and directories
        new(Login, "\\"),
        new(CommonName, "="),
        new(Proxy, ":"),
        new(SurnameFirst, "="),
        new(GivenNameFirst, "="),
        // "Anna Smith" <a@b>, Anna Smith <a@b>, (Anna Smith) a@b, a@b (Anna Smith)
        new(QuotedDisplayName, "\""),
        new(DisplayName, "<"),
        new(NameBefore, "("),
        new(NameBehind, "("),
        // jsmith (at) contoso.com, jsmith @ contoso.com, jsmith at contoso dot com
        new(BracketedAt, "([{<") { IsAddress = true },
        new(SpacedAt, "@") { IsAddress = true },
        new(SpelledAt) { IsAddress = true },
    ];

    [GeneratedRegex($@"\b{Person}:? {Name}[,:]? {Lacks}\b", Options, Timeout)]
    static partial Regex UserUnknown { get; }

    [GeneratedRegex($@"\b{Person}[:,]? ?(?:'{Quoted}'|""{Quoted}""|<{Quoted}>|\({Quoted}\)|\[{Quoted}\]|‘{Quoted}’|“{Quoted}”|«{Quoted}»)", Options, Timeout)]
    static partial Regex QuotedUser { get; }

    [GeneratedRegex(
        $@"\b{Person} (?<n>\p{{Lu}}[\p{{L}}\p{{M}}'’.-]{{0,30}}(?: \p{{Lu}}[\p{{L}}\p{{M}}'’.-]{{0,30}}){{1,3}})(?: \((?<g>[^()@*]{{2,64}})\))? {Lacks}\b",
        Options, Timeout)]
    static partial Regex FullNameUnknown { get; }

    [GeneratedRegex(
        $@"\b(?:no such|unknown|invalid|bad|nonexistent) {Person}(?: here| name)?(?: ?[:;=-]{{1,2}} ?){Name}(?:$|[\s.,;:)\]>""'])", Options, Timeout)]
    static partial Regex NoSuchUser { get; }

    [GeneratedRegex($@"\b(?:no such|unknown) {Person}(?: here| name)? {Name}$", Options, Timeout)]
    static partial Regex NoSuchUserAtEnd { get; }

    [GeneratedRegex($@"\b(?:by|of) (?:that|this) name: ?{Name}", Options, Timeout)]
    static partial Regex ByThatName { get; }

    [GeneratedRegex(
        $@"{First}{Name}>?\.\.\. ?(?:user|no such|mailbox|recipient|unknown|relaying|account|address|cannot|can't|unable|deferred|host)\b",
        Options, Timeout)]
    static partial Regex BeforeDots { get; }

    [GeneratedRegex(
        $@"{First}{Name}>?['""]?: ?(?:user|no such|unknown|mailbox|recipient|account|does not exist|invalid|not found|no mailbox|inactive)\b",
        Options, Timeout)]
    static partial Regex BeforeColon { get; }

    [GeneratedRegex($@"(?:^|[\s<""'(]){Name}['’]s? (?:mailbox|mail box|inbox|account|quota|mail quota|storage|e-?mail)\b", Options, Timeout)]
    static partial Regex Mailbox { get; }

    [GeneratedRegex($@"\b(?:RCPT TO|MAIL FROM|VRFY|EXPN|to|from|for|recipient|by|cc):? ?<{Name}>", Options, Timeout)]
    static partial Regex Path { get; }

    [GeneratedRegex($@"(?:^|[\s'""(<\[=:,;])(?<d>\p{{L}}[\p{{L}}\p{{N}}-]{{1,14}})\\{Name}", Options, Timeout)]
    static partial Regex Login { get; }

    [GeneratedRegex(@"\bCN=(?<n>[^,;/""<>=*\\]{2,64})(?:\\?, ?(?:OU|CN|DC|O)=|$|[/;""<>])", Options, Timeout)]
    static partial Regex CommonName { get; }

    [GeneratedRegex(@"\b(?:EUM|NOTES|CCMAIL|MSMAIL|GWISE):(?<n>[^;/@""<>*\s][^;/@""<>*]{0,62}?)(?:[;/@""<>]|\s|$)", Options, Timeout)]
    static partial Regex Proxy { get; }

    [GeneratedRegex(@"(?:^|[;:/\s])s=(?<n>[^;/=*@]{2,64});g=(?<g>[^;/=*@]{2,64})(?:[;/\s]|$)", Options, Timeout)]
    static partial Regex SurnameFirst { get; }

    [GeneratedRegex(@"(?:^|[;:/\s])g=(?<g>[^;/=*@]{2,64});(?:i=[^;]{0,8};)?s=(?<n>[^;/=*@]{2,64})(?:[;/\s]|$)", Options, Timeout)]
    static partial Regex GivenNameFirst { get; }

    [GeneratedRegex(@"""(?<n>[^""<>@*]{2,64})"" ?<[^<>\s]{1,320}@", Options, Timeout)]
    static partial Regex QuotedDisplayName { get; }

    [GeneratedRegex(@"(?:^|[\s:;,([])(?<n>\p{Lu}[\p{L}\p{M}'’.-]{0,30}(?: \p{Lu}[\p{L}\p{M}'’.-]{0,30}){1,3}) ?<[^<>\s]{1,320}@", Options, Timeout)]
    static partial Regex DisplayName { get; }

    [GeneratedRegex(@"\((?<n>\p{L}[\p{L}\p{M}'’., -]{1,62})\) ?<?[^\s<>()@]{1,64}@", Options, Timeout)]
    static partial Regex NameBefore { get; }

    [GeneratedRegex(@"@[\p{L}\p{N}.-]{1,255}>? ?\((?<n>\p{L}[\p{L}\p{M}'’., -]{1,62})\)", Options, Timeout)]
    static partial Regex NameBehind { get; }

    [GeneratedRegex($@"(?:^|[\s<""'(:;,]){Name}\s?(?:\(at\)|\[at\]|\{{at\}}|<at>|\[@\]|\(@\))\s?[\p{{L}}\p{{N}}]", Options, Timeout)]
    static partial Regex BracketedAt { get; }

    [GeneratedRegex($@"(?:^|[\s<""'(:;,]){Name}(?:\s{{1,2}}@\s{{0,2}}|@\s{{1,2}})[\p{{L}}\p{{N}}]", Options, Timeout)]
    static partial Regex SpacedAt { get; }

    [GeneratedRegex($@"(?:^|[\s<""'(:;,]){Name} at [\p{{L}}\p{{N}}-]{{1,63}}(?: dot [\p{{L}}\p{{N}}-]{{1,63}})+", Options, Timeout)]
    static partial Regex SpelledAt { get; }

    static readonly SearchValues<char> HashDigits = SearchValues.Create("0123456789abcdef");
    static readonly SearchValues<char> Joints = SearchValues.Create(" ,._-+='’\t");

    /// <summary>Words that stand where a name could, and are in no rule.</summary>
    static readonly HashSet<string> Ordinary = new(
        """
        a an the this that these those your our their his her its my any all some each no not one it we you he she they who which what there here
        is are was were be been being has have had does do did can could may might must shall should will would
        and or but for from with without by of to in on at as if then than because due via per after before while when where
        sorry please error errors warning notice failure failed rejected reason status detail details diagnostic message messages
        said says reply response remote local server servers
        host hosts domain domains system service smtp esmtp lmtp rcpt mail from data ehlo helo command line transaction session connection
        postmaster mailer-daemon mailer daemon abuse hostmaster webmaster administrator admin support root nobody anonymous guest everyone
        default client frontend outbound inbound proxy internet anonymous relay queue store database today yesterday tomorrow
        recipients users configuration servers groups computers contacts services system microsoft exchange enterprise
        taken undeliverable undelivered bounce bounced blocked denied deferred attempt attempted requested action final temporary
        permanent fatal unable delivery
        group list member members contact folder public shared room resource distribution office
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
        StringComparer.OrdinalIgnoreCase);

    static readonly HashSet<string> Tops = new(["com", "net", "org", "edu", "gov", "mil", "int", "info", "biz", "test", "example", "local", "lan", "internal", "invalid", "arpa", "corp", "home", "log"], StringComparer.OrdinalIgnoreCase);

    /// <summary>The text with what stands in the place of a name replaced.</summary>
    public static string Hide(string text, Func<string, string> hide)
    {
        foreach (var form in Forms)
            text = form.Hide(text, hide);
        return text;
    }

    /// <summary>Whether what stands in the place of a name may be one: no word of a diagnosis is in it, and it is no host, code or number.</summary>
    static bool IsName(ReadOnlySpan<char> words) => MayBeName(words) && CountOrdinary(words) is (0, > 0);

    /// <summary>Whether the local part of an address is a name: not where it has nothing but words of a diagnosis.</summary>
    public static bool IsOwnName(ReadOnlySpan<char> local) => MayBeName(local) && CountOrdinary(local) is (_, > 0);

    static bool MayBeName(ReadOnlySpan<char> words) => !RuleWords.Contains(words) && !IsHost(words) && !IsHash(words);

    /// <summary>Words of a diagnosis or of everyday, and others that have a letter.</summary>
    static (int Ordinary, int Others) CountOrdinary(ReadOnlySpan<char> words)
    {
        var (ordinary, others) = (0, 0);
        foreach (var range in words.SplitAny(Joints))
        {
            var word = words[range];
            if (RuleWords.Contains(word) || Ordinary.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word))
                ordinary++;
            else if (HasLetter(word))
                others++;
        }

        return (ordinary, others);
    }

    static bool HasLetter(ReadOnlySpan<char> word)
    {
        foreach (var c in word)
            if (char.IsLetter(c))
                return true;
        return false;
    }

    /// <summary>As Masking writes them.</summary>
    static bool IsHash(ReadOnlySpan<char> word) => word.Length == 16 && !word.ContainsAnyExcept(HashDigits);

    /// <summary>Two dots, or a known last label: <c>john.smith</c> has neither.</summary>
    static bool IsHost(ReadOnlySpan<char> word)
    {
        var dot = word.LastIndexOf('.');
        return dot > 0 && !word.Contains(' ') && (word[..dot].Contains('.') || word.Length - dot == 3 || Tops.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word[(dot + 1)..]));
    }

    /// <param name="pattern">Its groups <c>n</c> and <c>g</c> are names; <c>d</c>, a Windows domain, must not be a word of a diagnosis.</param>
    /// <param name="needs">A text without any of these characters has no match, which is found out sooner so; empty: any text may have one.</param>
    sealed class Form(Regex pattern, string needs = "")
    {
        static readonly string[] Groups = ["n", "g"];

        /// <summary>It has an at sign of a kind: then any word is somebody's.</summary>
        public bool IsAddress { get; init; }

        public string Hide(string text, Func<string, string> hide)
        {
            if (needs.Length > 0 && text.AsSpan().IndexOfAny(needs) < 0)
                return text;
            try
            {
                return pattern.Replace(text, match => Hide(text, match, hide));
            }
            catch (RegexMatchTimeoutException)
            {
                return hide(text);
            }
        }

        string Hide(string text, Match match, Func<string, string> hide)
        {
            if (match.Groups["d"] is { Success: true } domain && (!IsName(domain.ValueSpan) || IsLineEnd(match.Groups["n"].ValueSpan)))
                return match.Value;
            var hidden = match.Value;
            // From the last to the first, so that places stay.
            foreach (var name in Groups.Select(g => match.Groups[g]).Where(g => g.Success).OrderByDescending(g => g.Index))
            {
                var end = name.Index + name.Length;
                if ((!IsAddress && !IsName(name.ValueSpan)) || (end < text.Length && text[end] == '*'))
                    return match.Value;
                var at = name.Index - match.Index;
                hidden = string.Concat(hidden.AsSpan(0, at), hide(name.Value), hidden.AsSpan(at + name.Length));
            }

            return hidden;
        }

        /// <summary>Exchange writes a line end as the two characters \r or \n: what follows is no login.</summary>
        static bool IsLineEnd(ReadOnlySpan<char> after) => after[0] is 'r' or 'n' or 't' && (after.Length == 1 || char.IsUpper(after[1]) || char.IsDigit(after[1]));
    }
}
