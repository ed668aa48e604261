using System.Text;
using Mailflow.Analysis.Messages;
using Mailflow.Privacy;

namespace Mailflow.Printing;

/// <summary>Escapes control and bidirectional characters in untrusted text before it goes to a terminal, a log or a page.</summary>
static class Printable
{
    /// <inheritdoc cref="Visible.Escape"/>
    public static string Of(string text) => Visible.Escape(text);

    /// <summary>An exception with its inner exceptions and stack traces. Each message is escaped to one line; only stack traces have several lines.</summary>
    public static string Fault(Exception fault, Masking masking)
    {
        var result = new StringBuilder();
        for (var e = fault; e is not null; e = e.InnerException)
        {
            result.Append(result.Length == 0 ? "" : "\n ---> ").Append(e.GetType()).Append(": ").Append(masking.Path(e.Message).ToString());
            if (e.StackTrace is { } stack)
                result.Append('\n').Append(stack);
        }

        return result.ToString();
    }
}
