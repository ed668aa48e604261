using System.Buffers;
using System.Text.RegularExpressions;
using Mailflow.Analysis.Failures;

namespace Mailflow.Privacy;

/// <summary>
/// The forms in which servers name a person without an address: <c>User jsmith unknown</c>, <c>CONTOSO\jsmith</c>, <c>CN=John Smith,OU=Users</c>.
/// A word in the place of a name is masked only if it can be a name: not a host, a code, or a word of a diagnosis. docs/events.md lists the forms.
/// </summary>
static partial class PersonForms
{
    const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    /// <summary>
    /// In milliseconds. A normal status takes less than a hundredth of this; a text that takes longer was written to do so, and is masked completely.
    /// </summary>
    const int Timeout = 1000;

    /// <summary>A login or a part of a name. Already masked text contains a star and does not match.</summary>
    const string Name = @"(?<n>[\p{L}\p{N}_][\p{L}\p{N}\p{M}._+'’=-]{0,62}[\p{L}\p{N}\p{M}_]|[\p{L}\p{N}_])";

    /// <summary>Within quotes or brackets a name may contain spaces.</summary>
    const string Quoted = @"(?<n>[\p{L}\p{N}_][\p{L}\p{N}\p{M}._+’= ,-]{0,62}[\p{L}\p{N}\p{M}_.])";

    const string Person = "(?:user|users|user name|username|userid|user id|mailbox|inbox|recipient|account|alias|addressee|login|person|utilisateur|"
        + "benutzer|usuario|utente|gebruiker)";

    const string Lacks =
        "(?:unknown|not|no|does|doesn['’]?t|is|isn['’]?t|was|has|hasn['’]?t|had|could|couldn['’]?t|cannot|can['’]?t|unavailable|disabled|suspended|"
        + "inactive|full|over|over-quota|overquota|exceed(?:s|ed)?|rejected|refused|invalid|nonexistent|non-existent|undeliverable|denied|closed|"
        + "blocked|moved|expired|unbekannt|inconnu|desconocido|sconosciuto|onbekend)";

    /// <summary>Before the first word of a reply: the start of the text, a code, or an opening bracket or quote.</summary>
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

    /// <summary>Words that occur in the place of a name and are in no rule.</summary>
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

    static readonly HashSet<string> Tops = new(
        [
            "com", "net", "org", "edu", "gov", "mil", "int", "info", "biz", "test", "example", "local", "lan", "internal", "invalid", "arpa", "corp",
            "home", "log",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Replaces all names in a text.</summary>
    public static string Hide(string text, Func<string, string> hide)
    {
        foreach (var form in Forms)
            text = form.Hide(text, hide);
        return text;
    }

    /// <summary>Whether the words in the place of a name may be a name: they contain no word of a diagnosis, and are not a host, a code or a number.</summary>
    static bool IsName(ReadOnlySpan<char> words) => MayBeName(words) && CountOrdinary(words) is (0, > 0);

    /// <summary>Whether the local part of an address is a name: it contains at least one word that is not a word of a diagnosis.</summary>
    public static bool IsOwnName(ReadOnlySpan<char> local) => MayBeName(local) && CountOrdinary(local) is (_, > 0);

    static bool MayBeName(ReadOnlySpan<char> words) => !RuleWords.Contains(words) && !IsHost(words) && !IsHash(words);

    /// <summary>Counts the words of a diagnosis and ordinary words, and the other words that contain a letter.</summary>
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

    /// <summary>A hash written by Masking.</summary>
    static bool IsHash(ReadOnlySpan<char> word) => word.Length == 16 && !word.ContainsAnyExcept(HashDigits);

    /// <summary>Two dots, a last label of two letters, or a known last label: <c>john.smith</c> has none of them.</summary>
    static bool IsHost(ReadOnlySpan<char> word)
    {
        var dot = word.LastIndexOf('.');
        if (dot <= 0 || word.Contains(' '))
            return false;
        return word[..dot].Contains('.') || word.Length - dot == 3 || Tops.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word[(dot + 1)..]);
    }

    /// <param name="pattern">Groups <c>n</c> and <c>g</c> are names; <c>d</c>, a Windows domain, must not be a word of a diagnosis.</param>
    /// <param name="needs">A text without any of these characters cannot match; checked first, because it is faster. Empty: any text may match.</param>
    sealed class Form(Regex pattern, string needs = "")
    {
        static readonly string[] Groups = ["n", "g"];

        /// <summary>The form contains an at sign: then every word is masked, also a word of a diagnosis.</summary>
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
            // From the last to the first, so that the earlier indexes stay valid.
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

        /// <summary>Exchange writes a line end as the two characters \r or \n: the text after the backslash is then not a login.</summary>
        static bool IsLineEnd(ReadOnlySpan<char> after) =>
            after[0] is 'r' or 'n' or 't' && (after.Length == 1 || char.IsUpper(after[1]) || char.IsDigit(after[1]));
    }
}
