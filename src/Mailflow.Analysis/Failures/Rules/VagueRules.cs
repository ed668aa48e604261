using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Failures.Rules;

/// <summary>Words with little meaning: used only where no code is more specific.</summary>
static class VagueRules
{
    const string Basic = "RFC 5321 section 4.2.3";

    public static Rule[] Rules { get; } =
    [
        new(PolicyRestriction, "blocked-sender",
            "BLOCK-SEND-ER",
            "replies of content filters", "554 5.7.1 <ann@contoso.example>: Recipient address rejected: BLOCK-SEND-ER."),
        new(SenderRejected, "sender-address",
            "[access denied|rejected|denied|refused|blocked] + #mail",
            "Postfix and Exim name the refused command", "550 5.7.1 Access denied (in reply to MAIL FROM command)"),
        new(PolicyRestriction, null,
            "recipient address rejected .. access denied",
            "Postfix access(5)", "554 5.7.1 <ann@contoso.example>: Recipient address rejected: Access denied"),
        new(InvalidRecipient, null,
            "recipient address rejected | address rejected",
            Basic, "550 <ann@contoso.example>: Recipient address rejected"),
        new(SystemError, "unavailable",
            "service unavailable | service not available | service temporarily unavailable | service is unavailable | "
            + "server unavailable | temporarily unavailable | not available at this time | currently unavailable | server busy | "
            + "server is busy | system busy | too busy | system overloaded | overload* | load too high | high load | load average | "
            + "resources | shutting down | closing transmission channel | service closing | system maintenance | under maintenance | "
            + "license expired | unavailable at the moment | temporarily not available | temporarily unable | temporarily refused | "
            + "temporarily deferred | deferred + busy | unable to process | try again later + busy | mail system busy | "
            + "temporarily reject* | busy | not accepting connections | cannot process | x-unix | permission denied | outbound is unavailable",
            "RFC 5321 section 4.2.3", "421 Service not available, try again later"),
        new(Greylisted, null,
            "[#4.7.1|#4.7.0|#4.2.0|#4.2.1|#450|#421] + [try again later|try again|please try later|try later]",
            "RFC 6647 section 2", "451 4.7.1 Please try again later"),
        new(PolicyRestriction, null,
            "client host rejected + access denied",
            "Postfix access(5)", "554 5.7.1 <unknown[192.0.2.5]>: Client host rejected: Access denied"),
        new(PolicyRestriction, null,
            "administrative prohibition | policy | prohibited | not authorized | unauthorized | restricted | restriction | not allowed | "
            + "not permitted | forbidden | disallowed | blocked | denied",
            "RFC 3463 X.7.1", "550 Administrative prohibition"),
        new(SystemError, "unavailable",
            "tempory | temporaly | temporarely | temporay | temporarly | temporally | tempoarily | try latter | try again latter | try agian",
            "misspelt", "450 tempory problem"),
        new(MailboxFull, null,
            "exeeded | exceded | exeeds | excedes",
            "misspelt", "552 storage exeeded"),
        new(InvalidRecipient, null,
            "unkown | uknown | recipient reject | sconosciuto | sconosciuta | inconnu | inconnue | desconocido | desconhecido | unbekannt | onbekend | "
            + "nieznany | neznámý | neexistuje | okänd | ukendt | ukjent | bilinmeyen | неизвестен | не существует",
            "one word of a reply in another language", "550 <ann@contoso.example>, destin. sconosciuto"),
        new(SystemError, null,
            "spróbuj ponownie później | spróbuj później | probeer het later | later opnieuw | zkuste to později | zkuste později | försök igen senare | "
            + "prøv igen senere | prøv igjen senere | daha sonra tekrar | más tarde | più tardi | mais tarde | plus tard | später erneut | 나중에 다시 | "
            + "잠시 후 | 稍后再试 | 稍後再試 | 请稍后 | しばらくして | 後ほど | повторите позже | попробуйте позже",
            "'try again later' in other languages", "451 Spróbuj ponownie później"),
        new(SystemError, null,
            "try again later | please try again | try later | temporary | temporarily | retry | later | deferred",
            Basic, "451 Please try again later"),
        new(NetworkFailure, "refused",
            "refused to talk to me",
            "Postfix smtp(8): the reply to the connection follows", "host mx.contoso.example[192.0.2.25] refused to talk to me: 554 mx.contoso.example"),
    ];
}
