using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Notices;

/// <summary>
/// A feedback report (ARF, RFC 5965): a recipient or a provider complains about a message that was delivered. It is no failure; the facts say
/// about whom the complaint is.
/// </summary>
static class FeedbackReport
{
    // Field, name of the fact, meaning.
    static readonly (string Field, string Fact, string Says)[] Fields =
    [
        ("Original-Rcpt-To", "recipient", "The recipient who complains."),
        ("Original-Mail-From", "sender", "The sender of the message."),
        ("Feedback-Type", "feedback_type", "The kind of the complaint."),
        ("Source-IP", "our_address", "The address that sent the message."),
        ("Reported-Domain", "failing_domain", "The domain that the report is about."),
        ("Auth-Failure", "auth_failure", "Which check failed."),
        ("User-Agent", "reporting_server", "The program that wrote the report."),
        ("Arrival-Date", "arrived", "When the message arrived."),
    ];

    /// <summary>The complaint; null if the mail is no such report.</summary>
    public static IReadOnlyList<StatusNotice>? Read(NoticeMail mail)
    {
        if (mail.Part("message/feedback-report") is not { } part)
            return null;
        var at = 0;
        var report = HeaderFields.Read(part.Lines, ref at);
        var facts = new List<Fact>();
        foreach (var (field, fact, says) in Fields)
            facts.Add(fact, report[field]?.Trim('<', '>', ' '), says);
        facts.Add("message_id", mail.Returned["Message-ID"], "The Message-ID of the message.");
        facts.AddRange(ReceivedPath.Of(mail.Returned));
        var kind = facts.Value("feedback_type") ?? "unknown";
        return
        [
            StatusNotice.Of($"feedback report: {kind}", facts, DeliveryAction.None, new(
                "feedback-report", facts.Value("recipient"), ReportingMta: report["Reporting-MTA"])),
        ];
    }
}
