using System.Globalization;
using System.Text;
using Mailflow.Analysis.Messages;
using Mailflow.Privacy;

namespace Mailflow.Printing;

/// <summary>Escapes control and bidirectional characters in untrusted text before it goes to a terminal, a log or a page.</summary>
static class Printable
{
    /// <summary>The text with what is no letter of it written out: <c>\x1b</c>, <c>\u202e</c>.</summary>
    public static string Of(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1f') && !text.AsSpan().ContainsAnyInRange('\x7f', '\uffff'))
            return text;
        var result = new StringBuilder(text.Length);
        foreach (var letter in text)
            if (Visible.Is(letter))
                result.Append(letter);
            else
                result.Append(CultureInfo.InvariantCulture, $"{(letter < 0x100 ? $@"\x{(int)letter:x2}" : $@"\u{(int)letter:x4}")}");
        return result.ToString();
    }

    /// <summary>A path, or a sentence about one, on one line and without addresses. Its parts are masked each by itself: what stands before an address in the path stays.</summary>
    public static string Path(string text, Masking masking)
    {
        var result = new StringBuilder(text.Length);
        for (var from = 0; from <= text.Length;)
        {
            var end = text.AsSpan(from).IndexOfAny('/', '\\');
            end = end < 0 ? text.Length : from + end;
            result.Append(masking.Text(text[from..end]));
            if (end < text.Length)
                result.Append(text[end]);
            from = end + 1;
        }

        return Of(result.ToString());
    }

    /// <summary>An exception with those within it and their stacks. Only the lines of the stacks are lines: a message stays on its own.</summary>
    public static string Fault(Exception fault, Masking masking)
    {
        var result = new StringBuilder();
        for (var e = fault; e is not null; e = e.InnerException)
        {
            result.Append(result.Length == 0 ? "" : "\n ---> ").Append(e.GetType()).Append(": ").Append(Path(e.Message, masking));
            if (e.StackTrace is { } stack)
                result.Append('\n').Append(stack);
        }

        return result.ToString();
    }
}
