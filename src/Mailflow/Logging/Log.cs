namespace Mailflow.Logging;

/// <summary>All messages of the program's own log. Arguments never contain an address, a subject or a secret.</summary>
static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "Cannot list {Folder}: {Reason}. Mailflow retries at each poll; known files and positions are kept.")]
    public static partial void RootUnreadable(ILogger log, string folder, string reason);

    [LoggerMessage(11, LogLevel.Information, "{Folder} can be listed again.")]
    public static partial void RootReadable(ILogger log, string folder);

    [LoggerMessage(2, LogLevel.Warning, "Cannot read {Path}: {Reason}. Mailflow retries.")]
    public static partial void FileUnreadable(ILogger log, string path, string reason);

    [LoggerMessage(3, LogLevel.Information, "{Path} is ignored: {Reason}.")]
    public static partial void Ignored(ILogger log, string path, string reason);

    [LoggerMessage(4, LogLevel.Warning, "{Path} was truncated or replaced after it had been read up to byte {Offset}. It is read again from its start.")]
    public static partial void Replaced(ILogger log, string path, long offset);

    [LoggerMessage(
        5, LogLevel.Error,
        "{Path} was deleted or emptied with {Bytes} bytes unread. By default Exchange keeps 30 days or 1,000 MB:"
        + " see Set-TransportService -MessageTrackingLogMaxDirectorySize.")]
    public static partial void LostUnread(ILogger log, string path, long bytes);

    [LoggerMessage(6, LogLevel.Error, "Cannot write to {Store}: {Reason}. Reading is paused until writing works; nothing is lost.")]
    public static partial void CommitFailed(ILogger log, string store, string reason);

    [LoggerMessage(12, LogLevel.Information, "{Store} can be written again. Reading continues.")]
    public static partial void CommitRecovered(ILogger log, string store);

    [LoggerMessage(8, LogLevel.Warning, "Cannot delete old data from {Store}: {Reason}. Mailflow retries in 30 s.")]
    public static partial void PruneFailed(ILogger log, string store, string reason);

    [LoggerMessage(9, LogLevel.Warning, "Cannot list {Folder}: {Reason}. The other folders are read; known files and positions of this folder are kept.")]
    public static partial void FolderUnreadable(ILogger log, string folder, string reason);

    [LoggerMessage(
        58, LogLevel.Information, "{Path}: {Read} logs of the archive were read; {Copies} are copies of logs in a folder, {Others} files are something else.")]
    public static partial void ArchiveRead(ILogger log, string path, int read, int copies, int others);

    [LoggerMessage(59, LogLevel.Warning, "{Path} was not read to its end: {Reason}. It is read again when it changes.")]
    public static partial void ArchiveIncomplete(ILogger log, string path, string reason);

    [LoggerMessage(
        60, LogLevel.Information,
        "The archives in {Folder} have waited {Minutes} minutes for {Logs} logs that are not read to their end yet. They are read now, and copies count once.")]
    public static partial void ArchivesDoNotWait(ILogger log, string folder, int minutes, int logs);

    [LoggerMessage(10, LogLevel.Information, "{Path} is skipped: {Reason}.")]
    public static partial void PassedOver(ILogger log, string path, string reason);

    [LoggerMessage(
        14, LogLevel.Warning,
        "The label {Label} is full: {Name} is counted as other. mailflow_folded_values_total counts all of them; the first 10 names of each label are logged.")]
    public static partial void LabelFull(ILogger log, string label, string name);

    [LoggerMessage(
        15, LogLevel.Warning,
        "{Path}: {Rows} rows of its counters have a name or label that this version does not know. They are kept and not shown.")]
    public static partial void CountersUnknown(ILogger log, string path, int rows);

    [LoggerMessage(
        16, LogLevel.Error,
        "The list of messages on their way in {Path} is damaged ({Fault}). Positions and counters are good. Messages are followed from the newest row on:"
        + " those that were on their way before are not shown.")]
    public static partial void CopiesDamaged(ILogger log, string path, string fault);

    [LoggerMessage(
        330, LogLevel.Error,
        "The evidence of incidents in {Path} is damaged ({Fault}). Positions and counters are good. Incidents are found from the newest row on.")]
    public static partial void EvidenceDamaged(ILogger log, string path, string fault);

    [LoggerMessage(
        331, LogLevel.Error,
        "{Rows} rows with evidence of incidents in {Path} are damaged and left out: incidents of these hours may be incomplete.")]
    public static partial void EvidenceRowsDamaged(ILogger log, string path, long rows);

    [LoggerMessage(332, LogLevel.Warning, "Incidents cannot be looked for now, because {Path} cannot be read: {Fault}. Tried again.")]
    public static partial void EvidenceUnreadable(ILogger log, string path, string fault);

    [LoggerMessage(
        13, LogLevel.Warning,
        "{Path} is the same file as {Other}, which is read in another log folder. Its rows are counted once. Further shared files are not logged.")]
    public static partial void SharedFile(ILogger log, string path, string other);

    [LoggerMessage(
        18, LogLevel.Warning, "Cannot keep copies of logs in {Folder}: {Reason}. Mailflow retries each minute; what Exchange deletes meanwhile is not kept.")]
    public static partial void KeepFailed(ILogger log, string folder, string reason);

    [LoggerMessage(23, LogLevel.Warning, "The index of traces in {Store} cannot be read: {Reason}. Searches read the logs without it.")]
    public static partial void IndexUnreadable(ILogger log, string store, string reason);

    [LoggerMessage(19, LogLevel.Information, "{Logs} logs were copied to {Folder}.")]
    public static partial void KeptLogs(ILogger log, int logs, string folder);

    [LoggerMessage(17, LogLevel.Warning, "The copy {Path} is missing. It is made again if its log still exists.")]
    public static partial void KeptMissing(ILogger log, string path);

    [LoggerMessage(7, LogLevel.Warning, "Stopped after {Seconds} s although some log data was not committed. It is read again at the next start.")]
    public static partial void DrainCut(ILogger log, string seconds);

    [LoggerMessage(200, LogLevel.Warning, "Cannot read the failures to check in DNS: {Reason}. Mailflow retries.")]
    public static partial void UnansweredUnreadable(ILogger log, string reason);

    [LoggerMessage(201, LogLevel.Warning, "{Subject}: {Check}: {Says}.")]
    public static partial void WatchTrouble(ILogger log, string subject, string check, string says);

    [LoggerMessage(202, LogLevel.Information, "{Subject}: {Check}: passed again.")]
    public static partial void WatchRecovered(ILogger log, string subject, string check);

    [LoggerMessage(210, LogLevel.Information, "{Rules} own rules of {Path} are in force.")]
    public static partial void RulesLoaded(ILogger log, int rules, string path);

    [LoggerMessage(
        211, LogLevel.Error,
        "The rules file {Path} is not used: {Problem}. {Rules} own rules stay in force. Check it with: mailflow rules test FILE.")]
    public static partial void RulesRefused(ILogger log, string path, string problem, int rules);

    [LoggerMessage(100, LogLevel.Warning, "Cannot send to {Sink} ({Target}): {Reason}. Mailflow keeps the data in the store and retries.")]
    public static partial void SinkUnavailable(ILogger log, string sink, string target, string reason);

    [LoggerMessage(101, LogLevel.Error, "Cannot send to {Sink} ({Target}): {Reason}. Mailflow keeps the data in the store and retries every minute.")]
    public static partial void SinkMisconfigured(ILogger log, string sink, string target, string reason);

    [LoggerMessage(102, LogLevel.Information, "Events reach {Sink} ({Target}) again, after {Duration}; {Backlog} are waiting.")]
    public static partial void SinkRecovered(ILogger log, string sink, string target, TimeSpan duration, long backlog);

    [LoggerMessage(
        103, LogLevel.Warning,
        "{Sink} rejected event {EventId}: {Reason}. It is saved in {Path}; the other events are sent. Rejected since the start: {Rejected}.")]
    public static partial void EventRejected(ILogger log, string sink, string eventId, string reason, string path, long rejected);

    [LoggerMessage(
        104, LogLevel.Error,
        "{Count} events were deleted from the store before they were sent to {Sink}, {Dropped} in total."
        + " Raise Store:Keep or Store:MaxMegabytes, or check why the sink is slow or unavailable.")]
    public static partial void EventsDropped(ILogger log, string sink, long count, long dropped);

    [LoggerMessage(105, LogLevel.Warning, "The last line of {Path} was incomplete after a crash: {Bytes} bytes were removed. The events are written again.")]
    public static partial void TornLineCut(ILogger log, string path, int bytes);

    [LoggerMessage(
        300, LogLevel.Warning,
        "More than {Most} connections were open: {Count} were closed to make room for new ones. This message appears at most once a minute.")]
    public static partial void ConnectionsClosed(ILogger log, int most, long count);

    [LoggerMessage(
        301, LogLevel.Warning,
        "The page and the metrics at {Url} have no password: everybody with network access can read them."
        + " Restrict access with a firewall or a reverse proxy, or listen on http://127.0.0.1:{Port}.")]
    public static partial void ListensOpenly(ILogger log, string url, int port);

    [LoggerMessage(
        302, LogLevel.Warning,
        "No sign-in is set: to other machines the page and the API at {Url} answer 403, and /metrics is open. Set Web:TokenFile, or Web:ProxyHeader with"
        + " Web:TrustedProxies, or Web:AllowAnonymous=true. See docs/deployment.md.")]
    public static partial void NeedsSignIn(ILogger log, string url);

    [LoggerMessage(
        303, LogLevel.Warning,
        "The sign-in at {Url} is not encrypted: others on the network can read the token. Use https:// with Web:CertificateFile, or a reverse proxy with TLS.")]
    public static partial void TokenInClear(ILogger log, string url);

    [LoggerMessage(
        304, LogLevel.Warning, "A wrong token came from {Remote}, {Count} within a minute. From the 11th on, its tokens are refused for this minute.")]
    public static partial void WrongToken(ILogger log, string remote, int count);

    [LoggerMessage(305, LogLevel.Information, "The certificate of the page is read from {Path}: {Subject}, until {End}.")]
    public static partial void CertificateRead(ILogger log, string path, string subject, string end);

    [LoggerMessage(306, LogLevel.Error, "The new certificate of the page cannot be used, and the last one stays: {Reason}.")]
    public static partial void CertificateKept(ILogger log, string reason);

    [LoggerMessage(310, LogLevel.Information, "Search by {Remote} for {Kind} {Asked}: {Result}, {Found} found in {Seconds} s.")]
    public static partial void Searched(ILogger log, string remote, string kind, string asked, string result, long found, string seconds);

    [LoggerMessage(
        320, LogLevel.Warning,
        "In {Store}, {Groups} groups of the index of traces are damaged. They are deleted and built again from the logs; until then, traces read the logs.")]
    public static partial void IndexDamaged(ILogger log, string store, int groups);

    [LoggerMessage(321, LogLevel.Information, "The index of traces is built for {Path}, bytes {From} to {To}.")]
    public static partial void IndexBuilding(ILogger log, string path, long from, long to);

    [LoggerMessage(340, LogLevel.Warning, "{Target} refuses {Recipient}: {Reason}. The mail is not sent to this recipient again; the others get it.")]
    public static partial void MailRefused(ILogger log, string recipient, string target, string reason);
}
