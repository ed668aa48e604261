using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Notices;

/// <summary>What a mail says about the delivery of others: its statuses, or why it has none.</summary>
/// <param name="Notices">One for each recipient; empty for a mail that is no report.</param>
/// <param name="Refused">Why there are none, in a sentence; null where there are some.</param>
/// <param name="Id">The Message-ID of the mail itself; empty where it has none.</param>
/// <param name="Time">When the report was written, UTC; default where its header does not say so clearly.</param>
public sealed record MailNotices(IReadOnlyList<StatusNotice> Notices, string? Refused, string Id, DateTime Time)
{
    const int LongestSubject = 80;

    /// <summary>An automatic mail of a few lines is a bounce; one of many is something else.</summary>
    const int LongestBounce = 200;

    // Mails that name one failed message and have no delivery status.
    static readonly string[] Automatic = ["mailer-daemon", "postmaster", "mail delivery", "mail-daemon", "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e"];

    /// <summary>The mails of a stream that can seek: of a file of one mail, or of an mbox, one after the other.</summary>
    public static IEnumerable<MailNotices> Read(Stream mails) => MailReading.Read(mails).Select(Of);

    /// <summary>Whether the first lines of a file are those of a mail or an mbox.</summary>
    public static bool Begins(IReadOnlyList<string> lines) => NoticeMail.Begins(lines);

    internal static MailNotices Of(NoticeMail mail)
    {
        var time = MailTime.Of(mail.Header["Date"]);
        var notices = Reported(mail) ?? Attached(mail) ?? Written(mail);
        var id = mail.Header["Message-ID"] ?? "";
        return notices is { Count: > 0 } ? new(notices, null, id, time) : new([], Refusal(mail), id, time);
    }

    static IReadOnlyList<StatusNotice>? Reported(NoticeMail mail) =>
        DeliveryReport.Read(mail.Text, mail) ?? FeedbackReport.Read(mail);

    // A report that somebody has forwarded as an attachment. The message that a report returns is not one, since the report itself was read.
    static List<StatusNotice>? Attached(NoticeMail mail)
    {
        var notices = mail.Attached.SelectMany(a => Reported(a) ?? Attached(a) ?? Written(a) ?? []).Take(NoticeText.MostRecipients).ToList();
        return notices.Count > 0 ? notices : null;
    }

    // Without a delivery status: Exchange's section for administrators, a bounce for people, or any other automatic mail with a reply in it.
    static IReadOnlyList<StatusNotice>? Written(NoticeMail mail)
    {
        var lines = mail.Text;
        if ((ExchangeNotice.Read(lines) ?? NoticeText.Bounce(lines, mail) ?? FormatList.Read(lines)) is { } notices)
            return notices;
        if (!IsAutomatic(mail.Header) || lines.Count > LongestBounce || !lines.Any(NoticeText.HasCode))
            return null;
        var text = string.Join(' ', lines.Select(l => l.Trim()).Where(l => l.Length > 0));
        var facts = new List<Fact>();
        var recipient = mail.Header["X-Failed-Recipients"]?.Split(',')[0].Trim();
        facts.Add("recipient", recipient, "The recipient that the report is about.");
        return [StatusNotice.Of(text, facts, HumanPart.ActionOf(lines), new("bounce", recipient, Diagnostic: text))];
    }

    static bool IsAutomatic(HeaderFields header) =>
        header["Return-Path"]?.Trim() == "<>" || header["X-Failed-Recipients"] is not null
        || (header["From"] is { } from && Automatic.Any(a => from.Contains(a, StringComparison.OrdinalIgnoreCase)));

    static string Refusal(NoticeMail mail)
    {
        var kind = HeaderFields.Parameter(mail.Header["Content-Type"], "report-type") is { } report ? $"a report of type {Short(report)}"
            : mail.Header["Auto-Submitted"] is { } auto && auto.StartsWith("auto-replied", StringComparison.OrdinalIgnoreCase) ? "an automatic reply"
            : "an ordinary mail";
        var subject = mail.Header["Subject"] is { Length: > 0 } words ? $" with the subject '{Short(words)}'" : "";
        return $"This is {kind}{subject}, not a report about delivery: expected an NDR, with a delivery status or a section for administrators.";
    }

    static string Short(string text) => text.Length <= LongestSubject ? text : text[..LongestSubject] + "...";
}
