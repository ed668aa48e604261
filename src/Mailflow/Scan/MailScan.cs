using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Failures.Own;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Notices;
using Mailflow.Ledger;
using Mailflow.Pipeline;
using Mailflow.Tail;

namespace Mailflow.Scan;

/// <summary>Counts what the mails of a folder report. They are read after the logs, whose rows say more about the same failure.</summary>
/// <param name="told">What the logs have told of failed recipients.</param>
/// <param name="history">Receives the failures, too.</param>
sealed class MailScan(ScanReport report, ToldRecipients told, RulesInForce rules, RollupSums? history)
{
    /// <summary>Takes the files with mails out of a list, and adds those of folders.</summary>
    /// <param name="paths">Files and folders as they were given.</param>
    public static List<FoundFile> TakeFrom(List<FoundFile> files, IReadOnlyList<string> paths)
    {
        var named = paths.Select(Path.GetFullPath).ToHashSet(StringComparer.Ordinal);
        // A pipe has no size, and can be read only once.
        var mails = files.FindAll(f => MailFile.IsNamedSo(f.Path) || (f.Size > 0 && named.Contains(Path.GetFullPath(f.Path)) && Begins(f.Path)));
        files.RemoveAll(mails.Contains);
        foreach (var folder in paths.Where(Directory.Exists))
            mails.AddRange(MailFile.InFolder(folder));
        return [.. mails.DistinctBy(m => m.Inode == 0 ? (m.Path, 0L, 0L) : ("", m.Device, m.Inode))];
    }

    static bool Begins(string path)
    {
        try
        {
            using var handle = FileOpener.Open(path);
            var head = new byte[MailFile.HeadBytes];
            return MailFile.Begins(head[..RandomAccess.Read(handle, head, 0)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <param name="named">The given paths: one of them that cannot be read is an error.</param>
    public void Read(List<FoundFile> files, HashSet<string> named, IProgress<ScanProgress>? progress, long total, CancellationToken stop)
    {
        for (var i = 0; i < files.Count; i++)
        {
            try
            {
                using var stream = new FileStream(files[i].Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                progress?.Report(new(report.Bytes, total, i, files.Count));
                if (MailFile.IsOfOutlook(stream))
                {
                    report.LeftAlone.Add(new(files[i].Path, MailFile.IsOutlook));
                    continue;
                }
                Read(files[i].Path, stream, stop);
                report.Files++;
                report.Bytes += stream.Length;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                report.LeftAlone.Add(new(files[i].Path, e.Message));
                if (named.Contains(Path.GetFullPath(files[i].Path)))
                    report.Errors.Add($"{files[i].Path} cannot be read: {e.Message}");
            }
        }
    }

    void Read(string path, Stream stream, CancellationToken stop)
    {
        var (mails, ordinary) = (0L, 0L);
        foreach (var mail in MailFile.Read(stream))
        {
            stop.ThrowIfCancellationRequested();
            mails++;
            if (mail.Notices.Count == 0)
                ordinary++;
            for (var i = 0; i < mail.Notices.Count; i++)
                Count(mail, mail.Notices[i], i);
        }
        report.Mails.Mails += mails;
        report.Mails.Ordinary += ordinary;
        if (mails == 0)
            report.LeftAlone.Add(new(path, "not a mail that can be read: expected its header, an empty line, and its text"));
        else if (ordinary > 0)
            report.LeftAlone.Add(new(
                path, mails == 1 ? "not a report about delivery: an ordinary mail" : $"{ordinary} of its {mails} mails are not reports about delivery"));
    }

    void Count(MailNotices mail, StatusNotice notice, int index)
    {
        if (notice.Action == DeliveryAction.None)
        {
            report.Mails.Others++;
            return;
        }
        var recipient = notice.Facts.Value("recipient") ?? "";
        var messageId = notice.Facts.Value("message_id") ?? "";
        var state = notice.IsGood ? "good" : notice.Action == DeliveryAction.Delayed ? "delayed" : "failed";
        // Without the id of the message, two copies of a report are the same report.
        if (!told.Add(messageId.Length > 0 ? messageId : $"{mail.Id}\n{mail.Time.Ticks}\n{notice.Text}", recipient, state))
        {
            report.Mails.Repeated++;
            return;
        }
        if (notice.IsGood)
        {
            report.Mails.Good++;
            return;
        }
        var failure = new Failure(
            notice.Action == DeliveryAction.Delayed, mail.Time, "DSN", Direction.Unknown, recipient, notice.Facts.Value("sender") ?? "", messageId, "", "", "",
            notice.Diagnose(rules.Current), 0, index);
        var lone = new LoneFailure(failure, TrackedFile.UnknownServer, [], 0, 0);
        report.Take(lone);
        if (failure.Time != default)
            history?.Take(lone);
    }
}
