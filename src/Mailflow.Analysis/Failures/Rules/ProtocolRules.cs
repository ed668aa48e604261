using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Failures.Rules;

/// <summary>
/// Faults of form: headers, lines, the order of commands. Their subject (DKIM, RCPT, HELO, From) is a keyword of other rules, so they come before
/// those.
/// </summary>
static class ProtocolRules
{
    public static Rule[] Rules { get; } =
    [
        new(MailLoop, "hop-count",
            "[Received|Received headers|Received lines|Received header|trace headers|hops] .. [exceeds|exceed|exceeded|too many|limit|maximum|more than] + "
            + "!messages received + !received too many + !received from + !has received + !rate | [number of|too many|count of|maximum] .. "
            + "[Received headers|Received header|Received lines|Received fields|trace headers]",
            "RFC 5321 section 6.3: the headers are counted", "554 The number of Received headers exceeds the maximum"),
        new(InvalidRecipient, "bad-syntax",
            "[restricted|illegal|invalid|forbidden|disallowed|bad|unsupported|not allowed|prohibited|special] .. [characters|character|chars|char] .. "
            + "[in address|in the address|in local part|in recipient|in the recipient|in mailbox|in user|address|local part|recipient|"
            + "mailbox name] + !sender + !from + !header | "
            + "[address|recipient|local part|mailbox name] .. [contains|has|includes] .. [illegal|invalid|forbidden|restricted|bad|"
            + "unsupported] .. [character|characters|chars] + "
            + "!sender + !from + !header | "
            + "[syntax|format] .. [recipient address|email address|rcpt address] .. [wrong|invalid|incorrect|bad|illegal] + !sender + !from | "
            + "incorrectly addressed | badly formatted address | improperly formatted address | "
            + "address syntax + !in MAIL + !sender + !from + !bad sender | invalid RCPT TO | RCPT TO address .. invalid",
            "RFC 3463 X.1.3", "550 The address contains illegal characters"),
        new(InvalidRecipient, "bad-syntax",
            "not a valid RFC-5321 address | not a valid RFC 2822 address + !sender + !from",
            "Gmail", "553 5.1.2 The recipient address <ann> is not a valid RFC-5321 address."),
        new(PolicyRestriction, "content",
            "[subject|subject line|blank subject|empty subject] .. [mandatory|must not be empty|may not be empty|is empty|is blank|is required|"
            + "not be blank|not allowed|missing or empty] + "
            + "!header field | [empty|blank|no] .. subject .. [not accepted|not allowed|rejected|refused] | "
            + "[rejected|refused] .. [no subject|empty subject|blank subject|subject missing|missing subject]",
            "servers that want a subject, which RFC 5322 section 3.6 does not", "550 A subject is mandatory here"),
        new(InvalidRecipient, "bad-syntax",
            "[recipient address|recipient|destination address|destination] .. [must contain a domain|must contain a dot] | malformed destination address | "
            + "[bad|invalid|malformed|illegal] .. [destination address|recipient address] .. syntax | unmatched doublequote",
            "Exim, RFC 5321 section 4.1.2", "501 <ann>: recipient address must contain a domain"),
        new(ProtocolError, "header",
            "[duplicate|duplicated|multiple|more than one|two|several|only one|exactly one|doubled|repeated] .. "
            + "[header|headers|header field|header fields|Message-ID|Message-IDs|From field|Subject field|Date field] | too many equal",
            "RFC 5322 section 3.6", "550 Duplicate Message-Id header"),
        new(ProtocolError, "malformed",
            "[Message-ID|Date header|Subject header|From header|header field|To header|Received header|header lines|Return-Path header] .. "
            + "[missing|malformed|not valid|could not be parsed|cannot be parsed|unparseable|too far in the future|in the future|too old|is invalid|"
            + "must not|must be present|duplicated|occurs twice|more than once|not CRLF|is not allowed|is not RFC|bad format|wrong format]",
            "RFC 5322 section 3.6", "550 The Date header could not be parsed"),
        new(ProtocolError, "malformed",
            "required header | must not have a Return-Path | non-empty Return-Path | header syntax | headers-syntax | header line too long | "
            + "header line is too long | header is ridiculously long | "
            + "header is too long | header not CRLF | message header length | header length exceeds | headers specify no | "
            + "header is not valid | header is not RFC | not RFC compliant | is not RFC 2822 | is not RFC 5322 | not compliant with RFC | "
            + "violates RFC 5322 | violates RFC 2822 | line length is | allowed line length | lines longer | lines are too long | "
            + "lines too long | invalid message format | message format error | error parsing message | cannot parse message | "
            + "invalid MIME | bare linefeed* | bare carriage | bare CRLF | encoding domain | "
            + "8-bit data | eight bit data | 8bit data | NUL byte* | NUL character* | null byte* | conversion required + !security | "
            + "7bit required | no conversion possible | MIME complexity | MIME nesting | MIME parts",
            "RFC 5322 section 2.1.1, RFC 2045", "550 maximum allowed line length is 998 octets, got 1503"),
        new(ProtocolError, "smtputf8",
            "unicode address* | unicode mail server | unicode e-mail | international e-mail address | internationalised mailbox | "
            + "non-ASCII address*",
            "RFC 6531", "553 5.6.7 Must declare SMTPUTF8 to send unicode address"),
        new(ProtocolError, "sequence",
            "HELO or EHLO required | EHLO or HELO required | HELO required before | EHLO required before | use EHLO/HELO | use HELO/EHLO | "
            + "send HELO/EHLO | send EHLO/HELO | introduce yourself | use MAIL before | MAIL required first | RCPT required first | "
            + "RCPT before | RCPT after | MAIL after | DATA after | sender not yet given | no sender yet given | sender already given | "
            + "recipient not yet given | no recipient specified | no recipients specified | all RCPT commands were rejected with this error | "
            + "need an address to send to | synchronization error | SMTP protocol synchronization | must precede DATA | "
            + "not allowed at this point | already authenticated | already in TLS | TLS already active | already identified | BDAT + !rejected command | "
            + "MAIL transaction in progress",
            "RFC 5321 section 4.1.4", "503 RCPT required first"),
        new(ProtocolError, "errors",
            "too many bad commands + !from your | too many unknown commands | "
            + "too many syntax errors | too many protocol errors | too many invalid commands",
            "Postfix smtpd_hard_error_limit, Sendmail MaxBadCommands", "421 too many bad commands"),
        new(ProtocolError, "command",
            "syntax MAIL FROM | syntax RCPT TO | syntax HELO | syntax EHLO | syntax DATA | syntax AUTH | syntax VRFY | syntax RSET | "
            + "syntax BDAT | unsupported option | unsupported BODY | bad protocol | syntax error in parameters | command refused + !authenticat* | "
            + "VRFY command is disabled | "
            + "nonmail commands | "
            + "I can break rules | command disabled | no command given | invalid command parameters | malformed command | "
            + "[AUTH mechanism|AUTH method|authentication mechanism] .. [not available|not supported|unsupported]",
            "RFC 5321 section 4.1.1", "501 5.5.4 Syntax: RCPT TO:<address>"),
    ];
}
