using System.Text;
using MimeKit.Text;

namespace Mailflow.Analysis.Notices;

/// <summary>The text of HTML: a line for each paragraph, cell or other block, as a browser would begin a new line.</summary>
static class HtmlText
{
    /// <summary>The tokenizer needs up to 50 bytes for each character. A report has some thousand characters.</summary>
    const int Longest = 1 << 20;

    static readonly HashSet<HtmlTagId> Hidden = [HtmlTagId.Style, HtmlTagId.Script, HtmlTagId.Title, HtmlTagId.Head];

    static readonly HashSet<HtmlTagId> Inline =
    [
        HtmlTagId.A, HtmlTagId.Abbr, HtmlTagId.B, HtmlTagId.Big, HtmlTagId.Code, HtmlTagId.Font, HtmlTagId.I, HtmlTagId.Image,
        HtmlTagId.Small, HtmlTagId.Span, HtmlTagId.Strike, HtmlTagId.Strong, HtmlTagId.Sub, HtmlTagId.Sup, HtmlTagId.TT, HtmlTagId.U, HtmlTagId.Unknown,
    ];

    public static string Of(string html)
    {
        if (html.Length > Longest)
            html = html[..Longest];
        var text = new StringBuilder();
        var tokenizer = new HtmlTokenizer(new StringReader(html)) { DecodeCharacterReferences = true, IgnoreTruncatedTags = true };
        var hidden = HtmlTagId.Unknown;
        var preserved = 0;
        while (tokenizer.ReadNextToken(out var token))
        {
            if (token is HtmlTagToken tag)
            {
                if (hidden == HtmlTagId.Unknown && !tag.IsEndTag && !tag.IsEmptyElement && Hidden.Contains(tag.Id))
                    hidden = tag.Id;
                else if (tag.IsEndTag && tag.Id == hidden)
                    hidden = HtmlTagId.Unknown;
                // A head without an end ends where the body begins.
                if (tag.Id == HtmlTagId.Body)
                    hidden = HtmlTagId.Unknown;
                if (tag.Id == HtmlTagId.Pre)
                    preserved = Math.Max(0, preserved + (tag.IsEndTag ? -1 : 1));
                if (!Inline.Contains(tag.Id))
                    NewLine(text);
            }
            else if (token is HtmlDataToken { Kind: HtmlTokenKind.Data } data && hidden == HtmlTagId.Unknown)
            {
                Add(text, data.Data, preserved > 0);
            }
        }
        return text.ToString();
    }

    static void NewLine(StringBuilder text)
    {
        while (text.Length > 0 && text[^1] == ' ')
            text.Length--;
        // At most one empty line.
        if (text.Length > 0 && (text.Length == 1 || text[^1] != '\n' || text[^2] != '\n'))
            text.Append('\n');
    }

    // White space is one blank, outside of PRE.
    static void Add(StringBuilder text, string data, bool preserves)
    {
        if (preserves)
        {
            text.Append(data);
            return;
        }
        foreach (var c in data)
            if (c is ' ' or '\t' or '\r' or '\n' or '\u00a0')
            {
                if (text.Length > 0 && text[^1] is not (' ' or '\n'))
                    text.Append(' ');
            }
            else if (c is not ('\u200b' or '\ufeff' or '\u200e' or '\u200f'))
            {
                text.Append(c);
            }
    }
}
