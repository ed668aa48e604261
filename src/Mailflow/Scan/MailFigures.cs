namespace Mailflow.Scan;

/// <summary>How many mails a scan has read, and what they are. Recipients of a message count once, however many reports say the same.</summary>
sealed class MailFigures
{
    /// <summary>Mails that were read.</summary>
    public long Mails { get; set; }

    /// <summary>Recipients that a report calls failed.</summary>
    public long Failed { get; set; }

    /// <summary>Recipients to whom a server still tries to deliver.</summary>
    public long Deferred { get; set; }

    /// <summary>Recipients to whom the message was delivered or passed on.</summary>
    public long Good { get; set; }

    /// <summary>Read receipts and complaints.</summary>
    public long Others { get; set; }

    /// <summary>Recipients that were counted before: from another copy of the report, another report of the same message, or a log row.</summary>
    public long Repeated { get; set; }

    /// <summary>Mails that say nothing about delivery.</summary>
    public long Ordinary { get; set; }
}
