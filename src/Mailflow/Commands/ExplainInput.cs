using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using Mailflow.Analysis.Notices;
using Mailflow.Printing;
using Mailflow.Scan;

namespace Mailflow.Commands;

/// <summary>How <c>explain</c> divides its input.</summary>
enum InputShape
{
    /// <summary>By its shape: <see cref="NoticeText.IsOne"/>.</summary>
    Auto,
    EachLine,
    OneText,
}

/// <summary>
/// What <c>explain</c> explains: the words of the command line, a file, or standard input. A mail, an mbox, a pasted list of properties and a
/// reply of several lines are read as a whole; otherwise each line is a text.
/// </summary>
static class ExplainInput
{
    /// <summary>A report has its delivery status before the returned message, which may have any size.</summary>
    const int LongestText = 32 * 1024 * 1024;

    const int ReadAtOnce = 64 * 1024;

    static readonly string[] FileEndings = [".eml", ".msg", ".mbox", ".mbx", ".txt"];

    /// <summary>The file that the words name, if they are the name of one and not a status text.</summary>
    public static string? FileIn(string[] words) =>
        words is [{ Length: > 0 and < 4096 } word] && !word.AsSpan().ContainsAny('\n', '\0') && File.Exists(word) ? word : null;

    /// <summary>The file that the words name by its ending, though it does not exist. A status text may end with the address of a page.</summary>
    public static string? MissingFileIn(string[] words) =>
        words is [{ Length: < 4096 } word] && FileEndings.Any(e => word.EndsWith(e, StringComparison.OrdinalIgnoreCase))
            && !word.Contains('\n', StringComparison.Ordinal) && !word.Contains("://", StringComparison.Ordinal)
            && !(word.Contains(' ', StringComparison.Ordinal) && NoticeText.HasCode(word)) && !File.Exists(word) ? word : null;

    /// <summary>The statuses of the words.</summary>
    public static IReadOnlyList<StatusNotice> Of(string[] words, InputShape shape)
    {
        var text = string.Join(' ', words);
        if (shape == InputShape.EachLine)
            return [.. text.Split('\n').Where(l => !string.IsNullOrWhiteSpace(l)).Select(l => StatusNotice.Of(l.TrimEnd('\r')))];
        return string.IsNullOrWhiteSpace(text) ? [] : NoticeText.Read(text);
    }

    /// <summary>The statuses of a file.</summary>
    /// <param name="refused">Receives why a mail has no status.</param>
    public static IAsyncEnumerable<StatusNotice> OfFileAsync(string file, InputShape shape, List<string> refused, CancellationToken stop) =>
        OfStreamAsync(
            new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, ReadAtOnce), MailFile.IsNamedSo(file),
            Encoding.UTF8, shape, refused, stop);

    /// <summary>The statuses of standard input. What a person types is answered line by line.</summary>
    /// <param name="refused">Receives why a mail has no status.</param>
    public static async IAsyncEnumerable<StatusNotice> OfStandardInputAsync(
        InputShape shape, List<string> refused, [EnumeratorCancellation] CancellationToken stop)
    {
        if (!Console.IsInputRedirected)
        {
            await Terminal.TellAsync(shape == InputShape.OneText
                ? "Paste the text. End with Ctrl-D (Windows: Ctrl-Z)."
                : "Enter one status text per line; for a pasted report, use --one-text. End with Ctrl-D (Windows: Ctrl-Z).");
            if (shape == InputShape.Auto)
                shape = InputShape.EachLine;
        }
        // Console.In reads while it blocks, so that nobody sees that there is nothing to read yet. Of a terminal it gives each line at once.
        var notices = Console.IsInputRedirected
            ? OfStreamAsync(Console.OpenStandardInput(), isMail: false, Console.InputEncoding, shape, refused, stop)
            : OfAsync(Console.In, shape, stop);
        await foreach (var notice in notices)
            yield return notice;
    }

    /// <summary>The statuses of a stream: of mails if it begins as one, else of its text.</summary>
    static async IAsyncEnumerable<StatusNotice> OfStreamAsync(
        Stream stream, bool isMail, Encoding encoding, InputShape shape, List<string> refused, [EnumeratorCancellation] CancellationToken stop)
    {
        var pipe = PipeReader.Create(stream);
        if (shape != InputShape.EachLine)
        {
            var head = await pipe.ReadAtLeastAsync(MailFile.HeadBytes, stop);
            isMail |= MailFile.Begins(head.Buffer.Slice(0, Math.Min(head.Buffer.Length, MailFile.HeadBytes)).ToArray());
            pipe.AdvanceTo(head.Buffer.Start);
        }
        await using var rest = pipe.AsStream();
        if (isMail && shape != InputShape.EachLine)
        {
            await foreach (var notice in OfMailsAsync(stream.CanSeek ? Again(stream) : await MailFile.CopyAsync(rest, LongestText, stop), refused))
                yield return notice;
            yield break;
        }
        using var reader = new StreamReader(rest, encoding, true, ReadAtOnce);
        await foreach (var notice in OfAsync(reader, shape, stop))
            yield return notice;
    }

    static Stream Again(Stream stream)
    {
        stream.Position = 0;
        return stream;
    }

    static async IAsyncEnumerable<StatusNotice> OfMailsAsync(Stream mails, List<string> refused)
    {
        if (MailFile.IsOfOutlook(mails))
        {
            refused.Add(MailFile.IsOutlook);
            yield break;
        }
        var (read, without) = (0, 0);
        var why = "";
        foreach (var mail in MailFile.Read(mails))
        {
            read++;
            (without, why) = mail.Refused is null ? (without, why) : (without + 1, mail.Refused);
            if (mail.Notices.Count == NoticeText.MostRecipients)
                await Terminal.TellAsync($"Only the first {NoticeText.MostRecipients} recipients of the report are explained. "
                    + "If it has more, give the rest as a text of its own.");
            foreach (var notice in mail.Notices)
                yield return notice;
        }
        if (read == 0)
            refused.Add("This is not a mail that can be read: expected its header, an empty line, and its text.");
        else if (without > 0)
            refused.Add(read == 1 ? why : $"{without} of {read} mails are not reports about delivery: they are left out.");
    }

    /// <summary>The statuses that a reader has. A list is never held in memory.</summary>
    internal static async IAsyncEnumerable<StatusNotice> OfAsync(TextReader reader, InputShape shape, [EnumeratorCancellation] CancellationToken stop = default)
    {
        var first = new List<string>();
        var length = 0;
        while (shape != InputShape.EachLine && first.Count < NoticeText.LinesThatDecide && length < LongestText && await reader.ReadLineAsync(stop) is { } line)
        {
            first.Add(line);
            length += line.Length + 1;
        }

        if (first.Count > 0 && (shape == InputShape.OneText || NoticeText.IsOne(first)))
        {
            var text = new StringBuilder(length);
            foreach (var line in first)
                text.Append(line).Append('\n');
            while (text.Length < LongestText && await reader.ReadLineAsync(stop) is { } line)
                text.Append(line).Append('\n');
            if (text.Length >= LongestText && await reader.ReadLineAsync(stop) is not null)
                await Terminal.TellAsync($"The text is too long: only its first {LongestText / 1024 / 1024} million characters are explained. "
                    + "If recipients are missing, give the delivery status without the returned message.");
            var whole = text.ToString();
            var notices = string.IsNullOrWhiteSpace(whole) ? [] : NoticeText.Read(whole);
            if (notices.Count == NoticeText.MostRecipients)
                await Terminal.TellAsync($"Only the first {NoticeText.MostRecipients} recipients of the report are explained. "
                    + "If it has more, give the rest as a text of its own.");
            foreach (var notice in notices)
                yield return notice;
            yield break;
        }

        foreach (var line in first)
            if (!string.IsNullOrWhiteSpace(line))
                yield return StatusNotice.Of(line);
        while (await reader.ReadLineAsync(stop) is { } line)
            if (!string.IsNullOrWhiteSpace(line))
                yield return StatusNotice.Of(line);
    }
}
