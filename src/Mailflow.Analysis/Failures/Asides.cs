using System.Buffers;

namespace Mailflow.Analysis.Failures;

/// <summary>
/// Takes parts off a reply that say nothing about what is wrong: the sending server's note on the command that was answered
/// (<c>in reply to RCPT TO command</c>), the purpose of a measure (<c>to protect our users from spam, ...</c>), and where to read more.
/// </summary>
static class Asides
{
    // Postfix: "in reply to", "while"; Exim: "after"; Sendmail's transcript: ">>>".
    static readonly SearchValues<string> Notes = SearchValues.Create(
        ["in reply to ", "in response to ", "while ", "after ", "during ", ">>> "], StringComparison.OrdinalIgnoreCase);

    static readonly string[] Fillers =
    [
        "the ", "sending ", "receiving ", "performing ", "initial ", "pipelined ", "server ", "smtp ", "sent ", "issuing ",
    ];

    static readonly (string Words, ReplyStage Stage)[] Commands =
    [
        ("end of data", ReplyStage.EndOfData), ("end-of-data", ReplyStage.EndOfData), ("end of message", ReplyStage.EndOfData),
        ("message body", ReplyStage.EndOfData),
        ("data block", ReplyStage.EndOfData), ("message content", ReplyStage.EndOfData), ("final dot", ReplyStage.EndOfData), ("dot", ReplyStage.EndOfData),
        ("rcpt to", ReplyStage.Rcpt), ("rcpt", ReplyStage.Rcpt), ("mail from", ReplyStage.Mail), ("mail command", ReplyStage.Mail), ("mail:", ReplyStage.Mail),
        ("data", ReplyStage.Data), ("helo", ReplyStage.Helo), ("ehlo", ReplyStage.Helo), ("lhlo", ReplyStage.Helo),
        ("connection", ReplyStage.Connect), ("connect", ReplyStage.Connect), ("greeting", ReplyStage.Connect), ("banner", ReplyStage.Connect),
    ];

    static readonly SearchValues<string> Purposes = SearchValues.Create(
        [
            "to protect ", "to reduce ", "to prevent ", "to avoid ", "to minimi", "to combat ", "to fight ", "as a precaution",
            "as a security precaution", "for more information", "for further information", "for explanation",
        ],
        StringComparison.OrdinalIgnoreCase);

    static readonly SearchValues<string> SentenceEnds = SearchValues.Create([". ", "; ", " -> ", "\n"], StringComparison.Ordinal);
    static readonly SearchValues<string> PurposeEnds = SearchValues.Create(
        [", ", ". ", "; ", ": ", " we ", " this ", " -> ", "\n"], StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Words without which a reply has no such part. The one pass that finds the phrases of the rules finds them too: a search of their own would
    /// take a tenth of the time of a judgement.
    /// </summary>
    public const string Signs =
        "in reply to|in response to|while|after|during|RCPT TO|MAIL FROM|to protect|to reduce|to prevent|to avoid|to minimi*|to combat|to fight|"
        + "as a precaution|as a security precaution|for more information|for further information|for explanation";

    /// <summary>Overwrites those parts of a reply with spaces.</summary>
    /// <param name="text">The reply.</param>
    /// <param name="copy">Receives the text without them, where there are any; at least as long as the text.</param>
    /// <param name="stage">The command that was answered.</param>
    /// <returns>Whether there are any.</returns>
    public static bool Remove(ReadOnlySpan<char> text, Span<char> copy, out ReplyStage stage)
    {
        stage = ReplyStage.None;
        var any = false;
        for (int from = 0, at; (at = NextNote(text, from, out var end, out var found)) >= 0; from = at + 1)
        {
            Blank(text, copy, at, end, ref any);
            stage = found;
        }
        for (int from = 0, at; (at = text[from..].IndexOfAny(Purposes)) >= 0; from = at + 1)
        {
            at += from;
            if (at > 0 && char.IsAsciiLetter(text[at - 1]))
                continue;
            var end = text[(at + 1)..].IndexOfAny(text[at] is 'f' or 'F' ? SentenceEnds : PurposeEnds);
            Blank(text, copy, at, end < 0 ? text.Length : at + 1 + end, ref any);
        }
        return any;
    }

    /// <summary>The command that was answered, where the sending server notes it.</summary>
    public static ReplyStage StageOf(ReadOnlySpan<char> text)
    {
        var stage = ReplyStage.None;
        for (int from = 0, at; (at = NextNote(text, from, out _, out var found)) >= 0; from = at + 1)
            stage = found;
        return stage;
    }

    static int NextNote(ReadOnlySpan<char> text, int from, out int end, out ReplyStage stage)
    {
        for (int at; (at = text[from..].IndexOfAny(Notes)) >= 0; from = at + 1)
        {
            at += from;
            if ((at > 0 && char.IsAsciiLetter(text[at - 1])) || EndOfNote(text, at, out stage) is not (> 0 and var found))
                continue;
            end = found;
            return at;
        }
        (end, stage) = (0, ReplyStage.None);
        return -1;
    }

    static int EndOfNote(ReadOnlySpan<char> text, int at, out ReplyStage stage)
    {
        stage = ReplyStage.None;
        var i = at + text[at..].IndexOf(' ') + 1;
        if (text[at] is 'i' or 'I')
            i = at + text[at..].IndexOf(" to ", StringComparison.OrdinalIgnoreCase) + 4;
        for (var filler = 0; filler < Fillers.Length; filler++)
        {
            if (!text[i..].StartsWith(Fillers[filler], StringComparison.OrdinalIgnoreCase))
                continue;
            i += Fillers[filler].Length;
            filler = -1;
        }
        foreach (var (words, named) in Commands)
        {
            var end = i + words.Length;
            if (!text[i..].StartsWith(words, StringComparison.OrdinalIgnoreCase) || (end < text.Length && char.IsAsciiLetterOrDigit(text[end])))
                continue;
            stage = named;
            if (text[end..].StartsWith(" command", StringComparison.OrdinalIgnoreCase))
                end += 8;
            return end;
        }
        return 0;
    }

    static void Blank(ReadOnlySpan<char> text, Span<char> copy, int from, int to, ref bool any)
    {
        if (!any)
            text.CopyTo(copy);
        any = true;
        copy[from..to].Fill(' ');
    }
}
