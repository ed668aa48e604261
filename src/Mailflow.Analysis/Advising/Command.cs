using System.Text;

namespace Mailflow.Analysis.Advising;

/// <summary>
/// One command of the advice table. <see cref="Text"/> and <see cref="Undo"/> may have placeholders, in a string with single quotes:
/// <c>'{recipient_domain}'</c>. They are in <see cref="Placeholder.All"/>.
/// </summary>
/// <param name="Shell">Where it is run.</param>
/// <param name="Text">The command, on one line.</param>
/// <param name="Says">What it shows or does, in one sentence.</param>
/// <param name="Changes">What it changes; null if it only looks.</param>
/// <param name="Undo">How to undo the change.</param>
public sealed record Command(Shell Shell, string Text, string Says, string? Changes = null, string? Undo = null)
{
    /// <summary>The line above a command that changes something; null if it only looks.</summary>
    public string? Mark => Changes is null ? null : $"# CHANGES {Changes}. Undo: {Undo}";

    /// <summary>What it is for, what it changes, and the command: all of it can be pasted.</summary>
    public IReadOnlyList<string> Lines() => Mark is { } mark ? [$"# {Says}", mark, Text] : [$"# {Says}", Text];

    /// <summary>Whether it works on messages in a queue: there are none where the message was returned.</summary>
    public bool NeedsQueue => Text.Contains("NextHopDomain -eq", StringComparison.Ordinal) || Text.Contains("Retry-Queue", StringComparison.Ordinal);

    /// <summary>
    /// The command with the values filled in. A placeholder without a value stays visible: <c>'&lt;recipient_domain&gt;'</c>, which PowerShell reads as text.
    /// </summary>
    public Command For(AdviceValues values) => this with { Text = Filled(Text, values), Undo = Undo is null ? null : Filled(Undo, values) };

    /// <summary>In one pass: a value that looks like a placeholder is not filled again.</summary>
    static string Filled(string template, AdviceValues values)
    {
        StringBuilder? filled = null;
        var done = 0;
        for (var at = template.IndexOf('{', StringComparison.Ordinal); at >= 0; at = template.IndexOf('{', Math.Max(at + 1, done)))
        {
            if (Placeholder.At(template, at) is not { } placeholder)
                continue;
            filled ??= new(template.Length + 64);
            filled.Append(template, done, at - done);
            filled.Append(placeholder.Filled(values));
            done = at + placeholder.Name.Length + 2;
        }

        return filled is null ? template : filled.Append(template, done, template.Length - done).ToString();
    }
}
