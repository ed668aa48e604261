using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Notices;

/// <summary>What a text is that a person gives: one status per line, or one text, out of which the status is taken.</summary>
public static class NoticeText
{
    /// <summary>The shape is decided from at most this many lines.</summary>
    public const int LinesThatDecide = 400;

    /// <summary>At most this many recipients of a report are read.</summary>
    public const int MostRecipients = 100_000;

    /// <summary>A text of more lines without any sign of a report is a list.</summary>
    const int LongestParagraph = 40;

    /// <summary>The statuses of one text: of a report, of a pasted list of properties, or the text itself.</summary>
    public static IReadOnlyList<StatusNotice> Read(string text)
    {
        var lines = NoticeMail.LinesOf(text);
        if (lines.Count > 1 && NoticeMail.Read(lines) is { } mail && MailNotices.Of(mail) is { Notices.Count: > 0 } read)
            return read.Notices;
        if (lines.Count > 1 && (DeliveryReport.Read(lines, null) ?? FormatList.Read(lines) ?? ExchangeNotice.Read(lines) ?? Bounce(lines, null)) is { } notices)
            return notices;
        return [StatusNotice.Of(string.Join('\n', lines.Select(l => l.TrimEnd())).Trim())];
    }

    // A bounce without a delivery status: the recipients and reasons of its text.
    internal static List<StatusNotice>? Bounce(IReadOnlyList<string> lines, NoticeMail? mail)
    {
        if (!HumanPart.IsBounce(lines))
            return null;
        var action = HumanPart.ActionOf(lines);
        var notices = new List<StatusNotice>();
        var layouts = new List<string?>();
        foreach (var (recipient, reason, layout) in HumanPart.All(lines))
        {
            layouts.Add(layout);
            var facts = new List<Fact>();
            facts.Add("recipient", recipient, "The recipient that the report is about.");
            notices.Add(StatusNotice.Of(reason, facts, action, new("bounce", recipient, Diagnostic: reason)));
        }
        // A recipient with a reply is worth more than a sentence that happens to begin with an address. A server writes the recipients that
        // it has no reply for like the others.
        var replied = notices.ConvertAll(n => HasCode(n.Text));
        var known = layouts.Where((layout, i) => replied[i] && layout is not null).ToHashSet(StringComparer.Ordinal);
        if (replied.Contains(true))
            return [.. notices.Where((_, i) => replied[i] || known.Contains(layouts[i]))];
        if (layouts.Count(l => l is not null) > 1)
            return [.. notices.Where((_, i) => layouts[i] is not null)];
        if (HumanPart.Transcript(lines) is { } transcript)
            return [StatusNotice.Of(transcript, [], action, new("bounce", null, Diagnostic: transcript))];
        return notices.Count > 0 && mail is not null ? notices : notices.Count > 0 && !lines.Any(HasCode) ? notices : null;
    }

    /// <summary>Whether these lines, the first of an input, are one text. Otherwise each line is a status.</summary>
    /// <param name="lines">The first lines, at most <see cref="LinesThatDecide"/>.</param>
    /// <remarks>
    /// One text: a report or a part of one, Format-List's layout, a bounce, one reply of several lines (550- up to 550 and a blank), or a
    /// few lines of which less than half have a code and which are indented or separated by empty lines, as sentences are.
    /// </remarks>
    public static bool IsOne(IReadOnlyList<string> lines)
    {
        var filled = lines.Where(l => !string.IsNullOrWhiteSpace(l)).ToList();
        if (filled.Count <= 1)
            return true;
        if (IsReply(filled))
            return true;
        // A list may quote a sentence of a report, so most lines decide first.
        var starts = filled.Count(BeginsWithStatus);
        if (starts * 10 >= filled.Count * 9)
            return false;
        if (IsReport(filled) || FormatList.Is(filled))
            return true;
        var codes = filled.Count(HasCode);
        if (codes * 2 >= filled.Count)
            return false;
        if (HumanPart.IsBounce(filled) || ExchangeNotice.Read(filled) is not null)
            return true;
        var apart = filled.Count < lines.Count - 1 || filled.Exists(l => l[0] is ' ' or '\t');
        return filled.Count <= LongestParagraph && codes > 0 && apart;
    }

    static bool IsReport(List<string> lines) => lines.Exists(l =>
        l.StartsWith("Final-Recipient:", StringComparison.OrdinalIgnoreCase) || l.StartsWith("Reporting-MTA:", StringComparison.OrdinalIgnoreCase)
        || l.StartsWith("Diagnostic-Code:", StringComparison.OrdinalIgnoreCase)
        || (l.StartsWith("Content-Type:", StringComparison.OrdinalIgnoreCase) && l.Contains("multipart/report", StringComparison.OrdinalIgnoreCase)))
        || (HeaderFields.NameLength(lines[0]) > 0 && lines.Take(60).Count(l => HeaderFields.NameLength(l) > 0) >= 4
            && lines.Exists(l => l.StartsWith("From:", StringComparison.OrdinalIgnoreCase) || l.StartsWith("Received:", StringComparison.OrdinalIgnoreCase)));

    /// <summary>One reply of several lines (RFC 5321 section 4.2.1): the same codes, a hyphen after each but the last.</summary>
    static bool IsReply(List<string> lines)
    {
        var code = lines[0].Trim();
        if (code.Length < 4 || code[3] != '-' || code.AsSpan(0, 3).ContainsAnyExceptInRange('0', '9'))
            return false;
        var enhanced = Codes.Read(code, 0, code.Length).Enhanced;
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i].Trim();
            var last = i == lines.Count - 1;
            if (line.Length < 4 || !line.StartsWith(code[..3], StringComparison.Ordinal) || line[3] != (last ? ' ' : '-')
                || Codes.Read(line, 0, line.Length).Enhanced != enhanced || (!last && line.Contains($" {code[..3]} ", StringComparison.Ordinal)))
                return false;
        }
        return true;
    }

    static bool BeginsWithStatus(string line)
    {
        var text = line.AsSpan().TrimStart(" \t'\"#[{(");
        return text.StartsWith("LED=", StringComparison.OrdinalIgnoreCase) || text.StartsWith("LRT=", StringComparison.OrdinalIgnoreCase)
            || (text.Length > 3 && text[0] is '2' or '4' or '5' && char.IsAsciiDigit(text[1]) && char.IsAsciiDigit(text[2]) && text[3] is ' ' or '-')
            || (text.Length > 4 && text[0] is '4' or '5' && text[1] == '.' && char.IsAsciiDigit(text[2]) && text[3] is '.' or (>= '0' and <= '9'));
    }

    /// <summary>Whether a reply code or an enhanced code is in the line.</summary>
    public static bool HasCode(string line) => Codes.Read(line, 0, line.Length) is not (0, null, _);
}
