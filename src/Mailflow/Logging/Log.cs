namespace Mailflow.Logging;

/// <summary>Every line of the program's own log. No address, subject or secret is ever among the arguments.</summary>
static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "Cannot list {Folder}: {Reason}. It is tried again at each poll; what is known of its files is kept.")]
    public static partial void RootUnreadable(ILogger log, string folder, string reason);

    [LoggerMessage(11, LogLevel.Information, "{Folder} can be listed again.")]
    public static partial void RootReadable(ILogger log, string folder);

    [LoggerMessage(2, LogLevel.Warning, "Cannot read {Path}: {Reason}. It is tried again.")]
    public static partial void FileUnreadable(ILogger log, string path, string reason);

    [LoggerMessage(3, LogLevel.Information, "{Path} is left alone: {Reason}.")]
    public static partial void Ignored(ILogger log, string path, string reason);

    [LoggerMessage(4, LogLevel.Warning, "{Path} is no longer the file that was read up to byte {Offset}: it was truncated or written anew. It is read again from its start.")]
    public static partial void Replaced(ILogger log, string path, long offset);

    [LoggerMessage(5, LogLevel.Error, "{Path} was deleted or emptied with {Bytes} bytes unread. Exchange keeps at most 1,000 MB or 30 days: see -MessageTrackingLogMaxDirectorySize.")]
    public static partial void LostUnread(ILogger log, string path, long bytes);

    [LoggerMessage(6, LogLevel.Error, "Cannot write to {Store}: {Reason}. Reading stands still until it works again; nothing is lost.")]
    public static partial void CommitFailed(ILogger log, string store, string reason);

    [LoggerMessage(12, LogLevel.Information, "{Store} can be written again: reading goes on.")]
    public static partial void CommitRecovered(ILogger log, string store);

    [LoggerMessage(8, LogLevel.Warning, "Cannot delete what is old from {Store}: {Reason}. It is tried again in half a minute.")]
    public static partial void PruneFailed(ILogger log, string store, string reason);

    [LoggerMessage(9, LogLevel.Warning, "Cannot list {Folder}: {Reason}. The rest of the root is read; what is known of the files there is kept.")]
    public static partial void FolderUnreadable(ILogger log, string folder, string reason);

    [LoggerMessage(10, LogLevel.Information, "{Path} is passed over: {Reason}.")]
    public static partial void PassedOver(ILogger log, string path, string reason);

    [LoggerMessage(14, LogLevel.Warning, "The label {Label} is full: {Name} is counted as other. mailflow_folded_values_total counts all of them; the first 10 names of each label are logged.")]
    public static partial void LabelFull(ILogger log, string label, string name);

    [LoggerMessage(13, LogLevel.Warning, "{Path} is the same file as {Other}, which is read under another root: its rows are counted once. Other files that the two share are not named.")]
    public static partial void SharedFile(ILogger log, string path, string other);

    [LoggerMessage(7, LogLevel.Warning, "Stopped with blocks in flight after {Seconds} s; they are read again at the next start.")]
    public static partial void DrainCut(ILogger log, string seconds);

    [LoggerMessage(200, LogLevel.Warning, "Cannot read which failures to ask about: {Reason}. It is tried again.")]
    public static partial void UnansweredUnreadable(ILogger log, string reason);

    [LoggerMessage(201, LogLevel.Warning, "{Subject}: {Check}: {Says}.")]
    public static partial void WatchTrouble(ILogger log, string subject, string check, string says);

    [LoggerMessage(202, LogLevel.Information, "{Subject}: {Check}: is good again.")]
    public static partial void WatchRecovered(ILogger log, string subject, string check);

    [LoggerMessage(100, LogLevel.Warning, "Events do not reach {Sink} ({Target}): {Reason}. They stay in the store and are sent when it works again; it is tried again and again.")]
    public static partial void SinkUnavailable(ILogger log, string sink, string target, string reason);

    [LoggerMessage(101, LogLevel.Error, "Events do not reach {Sink} ({Target}): {Reason}. They stay in the store; it is tried again every minute.")]
    public static partial void SinkMisconfigured(ILogger log, string sink, string target, string reason);

    [LoggerMessage(102, LogLevel.Information, "Events reach {Sink} ({Target}) again, after {Duration}; {Backlog} are waiting.")]
    public static partial void SinkRecovered(ILogger log, string sink, string target, TimeSpan duration, long backlog);

    [LoggerMessage(103, LogLevel.Warning, "{Sink} does not take event {EventId}: {Reason}. It is set aside in {Path}, and the others go on; {Rejected} were refused since the start.")]
    public static partial void EventRejected(ILogger log, string sink, string eventId, string reason, string path, long rejected);

    [LoggerMessage(104, LogLevel.Error, "{Count} events were deleted from the store before {Sink} had them, {Dropped} in all. Raise Store:Keep or Store:MaxMegabytes, or see why the sink is slow or away.")]
    public static partial void EventsDropped(ILogger log, string sink, long count, long dropped);

    [LoggerMessage(105, LogLevel.Warning, "The last line of {Path} was torn, as a crash leaves it: {Bytes} bytes were cut off. The events are written again.")]
    public static partial void TornLineCut(ILogger log, string path, int bytes);

    [LoggerMessage(300, LogLevel.Warning, "More than {Most} connections were open: {Count} were closed to make room for new ones. This is said once a minute at the most.")]
    public static partial void ConnectionsClosed(ILogger log, int most, long count);

    [LoggerMessage(301, LogLevel.Warning, "The page and the metrics at {Url} have no password: everybody who can connect can read them. Restrict access by a firewall or a reverse proxy, or listen on http://127.0.0.1:{Port}.")]
    public static partial void ListensOpenly(ILogger log, string url, int port);
}
