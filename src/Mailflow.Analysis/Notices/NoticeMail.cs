using System.Text;

namespace Mailflow.Analysis.Notices;

/// <summary>One part of a mail that is text: its type in lower case, and its decoded text as lines.</summary>
sealed record MailPart(string Type, IReadOnlyList<string> Lines);

/// <summary>A mail as far as reports need it: its header, its parts that are text, and the messages in it.</summary>
sealed class NoticeMail
{
    // Fields that the header of nearly every mail has. A text without any of them at its start is no mail.
    static readonly string[] Usual =
    [
        "From", "Subject", "Message-ID", "Received", "Return-Path", "MIME-Version", "Content-Type", "Delivered-To", "X-Failed-Recipients", "Auto-Submitted",
        "Authentication-Results", "ARC-Seal", "ARC-Message-Signature", "DKIM-Signature", "Received-SPF", "X-Received", "X-Mozilla-Status", "X-Account-Key",
    ];

    public HeaderFields Header { get; init; } = new();

    public List<MailPart> Parts { get; } = [];

    /// <summary>Messages in this one: what a report returns, or reports that somebody has forwarded.</summary>
    public List<NoticeMail> Attached { get; } = [];

    /// <summary>The header of the message that a report returns; without fields if there is none.</summary>
    public HeaderFields Returned => Attached.Count > 0 ? Attached[0].Header : new();

    /// <summary>The lines of the parts for people: plain text first, then HTML.</summary>
    public IReadOnlyList<string> Text => field ??=
        [.. Parts.Where(p => p.Type == "text/plain").SelectMany(p => p.Lines), .. Parts.Where(p => p.Type == "text/html").SelectMany(p => p.Lines)];

    /// <summary>The first part of one of these types, or null.</summary>
    public MailPart? Part(params string[] types) => Parts.Find(p => types.Contains(p.Type, StringComparer.Ordinal));

    /// <summary>The mail that the lines are; null if they do not begin with the header of one.</summary>
    public static NoticeMail? Read(IReadOnlyList<string> lines) =>
        Begins(lines) ? MailReading.Read(new MemoryStream(Encoding.UTF8.GetBytes(string.Join("\r\n", lines)))).FirstOrDefault() : null;

    /// <summary>
    /// Whether lines begin as a mail does: with fields, one of which is usual in a header. Names with a blank before the colon are those of
    /// PowerShell's Format-List, which may be the same: Subject, MessageId.
    /// </summary>
    public static bool Begins(IReadOnlyList<string> lines)
    {
        var at = 0;
        while (at < lines.Count && (string.IsNullOrWhiteSpace(lines[at]) || lines[at].StartsWith("From ", StringComparison.Ordinal)))
            at++;
        if (at < lines.Count && FormatList.Property(lines[at], out _, out _))
            return false;
        var header = HeaderFields.Read(lines, ref at);
        return Usual.Any(name => header[name] is not null);
    }

    /// <summary>The lines of a text, without their ends.</summary>
    public static List<string> LinesOf(string text)
    {
        var lines = new List<string>();
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (lines.Count == MailReading.MostLines)
                break;
            lines.Add(line.ToString());
        }
        return lines;
    }
}
