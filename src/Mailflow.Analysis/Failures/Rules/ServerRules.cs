using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Failures.Rules;

/// <summary>
/// Faults of the server that answers: its delivery agents, filters, tables, queue and storage. They name subjects of other rules (mailbox, virus,
/// recipient, alias), so they come before those.
/// </summary>
static class ServerRules
{
    const string Agents = "Postfix local(8) and pipe(8), Exim transports, Sendmail mailers, Courier, qmail-local: errors of delivery agents";

    public static Rule[] Rules { get; } =
    [
        // Files and programs of a local delivery.
        new(SystemError, "mailer",
            "[mailbox|maildir|mail spool|destination|include|directory|directories|home directory] .. "
            + "[is not a regular file|wrong uid|wrong gid|wrong mode|wrong owner|has too many links|is a directory|not owned by|"
            + "is not owned|permission denied|access denied|lock file|is writable|is sticky|read-only|no such file|not a directory] + !mailbox not found + "
            + "!mailbox unavailable | "
            + "is not a regular file | too many open files | read-only file system | "
            + "text file busy | stale file handle | stale NFS file handle | resource temporarily unavailable | is a directory | "
            + "ENOSPC | EACCES | EIO",
            Agents, "cannot deliver to mailbox /var/mail/ann: it is not a regular file"),
        new(SystemError, "mailer",
            "[unable to|cannot|can't|couldn't|could not|failed to] .. "
            + "[open mailbox|lock mailbox|access mailbox|read mailbox|open include file|read file|create directories|create directory|create maildir|"
            + "chdir to maildir|lock the mailbox|open the mailbox|create lock file|access home directory|create output|open input|create a pipe|"
            + "create file|write to file|create user output|write to the mailbox|open alias] + !file too large + !quota | "
            + "unable to run | can't run | cannot run | cannot exec | cannot fork | unable to fork",
            Agents, "failed to lock mailbox /var/mail/ann (lock file)"),
        new(SystemError, "mailer",
            "child process of | terminated by signal | died with signal | died with status | command time limit | time limit exceeded | "
            + "unable to exec | pipe delivery | delivery to pipe | delivery to file | local mailer | EX_TEMPFAIL | mail to command | "
            + "mail to file | mail directly to | unsafe for mailing | valid shell | for sendmail programs | smrsh | stuck delivery | "
            + "available process slots | courierdeliver | courier file | dynamic delivery instructions | local delivery failed | "
            + "delivery agent failed | delivery agent crashed | exited abnormally | home directory is | cannot open input | critical OS file | "
            + "system file missing | "
            + "insufficient permission + !send + !mail | sticky home directory | group/world writable | permission failure | vacation program",
            Agents, "Child process of address_pipe transport returned 127 (could mean unable to exec or command does not exist)"),
        new(SystemError, "mailer",
            "[LMTP|private/dovecot-lmtp|lmtp socket|dovecot/lmtp|local socket|unix socket] .. "
            + "[connection refused|no such file|connection failed|not connect|failed|unavailable] | to LMTP socket | connect to socket",
            "Postfix lmtp(8), Exim lmtp transport: the store on the same host",
            "connect to mx.contoso.example[private/dovecot-lmtp]: Connection refused"),

        new(SystemError, "mailer",
            "no such file or directory",
            "errno ENOENT: a missing mailbox, list or socket", "550 5.2.4 Cannot open /etc/mail/list: No such file or directory", Opening: true),

        // Tables, transports, queue.
        new(SystemError, "configuration",
            "transport unset | no transport set | mail transport unavailable | failed to expand | deferred transport | onward transmission | "
            + "unknown ruleset | required alias | [driver|transport|router|mailer] .. [not found|not defined|is unset] | nobody configured",
            "Exim specification, transports; Postfix transport(5)", "remote_smtp transport unset"),
        new(SystemError, "internal",
            "alias database unavailable | address resolver | user database failure | "
            + "[user|alias|table|map|directory|recipient|account|backend|database|transport|virtual alias|mailbox] .. "
            + "[lookup failure|lookup error|server failure|lookup deferred|lookup timed out] | in user lookup | "
            + "error validating | error checking address | error getting LDAP | cannot bind to map | "
            + "local data error | local data problem | system resource problem | no system resources | resource unavailable | "
            + "[backend|database|directory server|LDAP server|LDAP] .. [unavailable|not available|unreachable|not reachable|down|timeout|timed out|"
            + "cannot contact]",
            "Postfix and Sendmail: a table that could not be read", "550 5.3.0 User database failure"),
        new(SystemError, "mailing-list",
            "alias expansion | list expansion problem",
            "Postfix cleanup(8), OpenSMTPD", "524 5.2.4 Mailing list expansion problem"),
        new(SystemError, "internal",
            "queue file write | queue file read | spool error | spool file | writing spool | failed to queue | unable to queue | "
            + "cannot queue | re-queueing | requeueing | qq temporary | qq permanent | qq write | qqt failure | queue write error | "
            + "temporary failure submitting | submission service unavailable | [format|read|write|writing|reading] .. [spool|queue file]",
            "Postfix cleanup(8), Exim, qmail-queue", "451 4.3.0 Error: queue file write error"),
        new(SystemError, "internal",
            "failure on relaying | failure in relaying",
            "amavisd-new: the step after the filter failed", "451 4.5.0 id=1 - Temporary MTA failure on relaying"),
        new(SystemError, "internal",
            "[scanner|scanners|virus scanner|virus scanners|clamd|spamd|rspamd|milter|milters|mail filters|filter service|filtering service|"
            + "content scanner|virus_scan|antivirus service|anti-virus service|scan engine|DSPAM agent|daemon|filter daemon|virus daemon|"
            + "anti-virus daemon|antivirus daemon] .. "
            + "[unavailable|failed|failure|timeout|timed out|error|not available|not responding|did not respond|did not answer|not running|is down|"
            + "crashed|scan error] | "
            + "connect to backend | connect to database | connect to the filter | connect to daemon | "
            + "unable to scan | cannot scan | could not scan | can't scan | could not be scanned | scan failed | scanning failed | "
            + "error unpacking | filters temporarily unavailable | error communicating with",
            "milters, amavisd-new, Haraka plugins: the filter failed, not the message", "450 4.7.1 Unable to scan the message, try again later"),

        new(SystemError, "internal",
            "[database|backend|LDAP|policy server|policy service|SQL server|MySQL|directory|authentication server|auth server] .. [connection lost|"
            + "connection failed|connection refused|connection closed|unavailable|offline|not available|timed out] | [contact|reach|connect to|"
            + "query] .. [policy server|policy service|policy daemon|database|SQL server|auth server|authentication server] + !cluster | "
            + "[down|offline|closed|unavailable] for .. [upgrade|maintenance|backup] | store offline | "
            + "[filter|filters|content filter|mail filter|scanner] .. timed out | system not ready | server not ready | "
            + "error in processing | quarantine failed | failed to quarantine | unable to quarantine | cannot quarantine | could not quarantine | "
            + "error while processing | error during processing | failed to process + !certificate | could not be processed | "
            + "[could not|cannot|unable to|failed to|can't|couldn't] .. [read controls|change to the|figure out my|access user|access the user|"
            + "get user|load user|"
            + "open user|store message|store the message|save message|save the message|write message|write the message|create message|"
            + "accept message at this] | "
            + "message could not be stored | error writing message + !file too large + !quota | trouble in home directory | trouble reading | "
            + "temporary lookup | lookup problem",
            Agents, "421 unable to read controls (#4.3.0)"),

        // Storage of the whole system; that of one mailbox is in RecipientRules.
        new(SystemError, "storage",
            "[system|server|disk|file system|filesystem|spool|spool directory|message store|mail store|partition|volume|host|temp file] .. "
            + "[is full|disk full|out of space|out of disk|out of disk space|out of storage|no space|no free space|no storage|not enough space|"
            + "not enough storage|run out of|exhausted|low on space|low on disk space] + "
            + "!user + !recipient + !mailbox + !account + !inbox + !mailbox's + !recipient's + !user's",
            "RFC 3463 X.3.1", "The system has run out of storage and cannot take your message"),
        new(SystemError, "storage",
            "mail system full | file system full | filesystem full | space shortage | insufficient storage on | insufficient space on | "
            + "not enough space to write | low on disk space | "
            + "store is not available | store is unavailable | store unavailable",
            "RFC 3463 X.3.1; Exim check_spool_space", "452 Space shortage, please try later"),
        new(SystemError, "resources",
            "too much load | mail system congestion | system congestion | all server ports | out of resources | lack of resources",
            "RFC 5321 section 4.2.3; Exim smtp_load_reserve", "421 Too much load; please try again later."),
    ];
}
