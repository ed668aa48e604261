using Mailflow.Configuration;
using Mailflow.Logging;
using Mailflow.Ship;

namespace Mailflow.Mailing;

/// <summary>
/// Sends mails to several recipients until each has it or refuses it: a refused one does not stop the others, and those who have a mail do not get it
/// again while the program runs.
/// </summary>
sealed class MailRound(MailTarget server, IReadOnlyList<string> to, TimeProvider clock, ILogger log)
{
    readonly SmtpSender _sender = new(server, clock);

    readonly HashSet<string> _accepted = new(StringComparer.Ordinal);

    readonly HashSet<string> _refused = new(StringComparer.Ordinal);

    string _id = "";

    /// <summary>The recipients that the last attempt found refused.</summary>
    public IReadOnlyList<MailResult> Refused { get; private set; } = [];

    /// <summary>Sends a mail to the recipients that do not have it yet.</summary>
    /// <param name="id">The same for the same mail.</param>
    public async Task<SinkAnswer> SendAsync(string id, Letter letter, CancellationToken abort)
    {
        if (_id != id)
            Forget();
        _id = id;
        var results = await _sender.SendAsync(letter, [.. to.Where(t => !_accepted.Contains(t) && !_refused.Contains(t))], abort);
        Refused = [.. results.Where(r => r.Verdict == MailVerdict.Refused)];
        if (results.FirstOrDefault(r => r.Verdict == MailVerdict.Rejected) is { } rejected)
            return new(SinkOutcome.Rejected, $"the mail is not accepted: {rejected.Reason}");
        if (_accepted.Count == 0 && results.All(r => r.Verdict == MailVerdict.Refused))
        {
            // Nobody has it: the next attempt is for all.
            Forget();
            return new(SinkOutcome.Misconfigured, $"no recipient is accepted: {results[0].Reason}");
        }

        foreach (var result in results)
        {
            if (result.Verdict == MailVerdict.Refused)
            {
                Log.MailRefused(log, result.Recipient, server.ToString(), result.Reason);
                _refused.Add(result.Recipient);
            }

            if (result.Verdict == MailVerdict.Accepted)
                _accepted.Add(result.Recipient);
        }

        return results.FirstOrDefault(r => r.Verdict is MailVerdict.Later or MailVerdict.Misconfigured) is { } problem
            ? new(problem.Verdict == MailVerdict.Later ? SinkOutcome.Later : SinkOutcome.Misconfigured, problem.Reason)
            : SinkAnswer.Taken;
    }

    void Forget()
    {
        _accepted.Clear();
        _refused.Clear();
    }
}
