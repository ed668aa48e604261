using System.Globalization;
using System.Text;

namespace Mailflow.Printing;

/// <summary>Lines for a terminal of 80 columns. A word is never cut: people copy addresses, host names and replies.</summary>
/// <param name="output">Receives the lines.</param>
/// <param name="unicode">Whether the terminal shows other characters than ASCII.</param>
sealed class TextLines(TextWriter output, bool unicode)
{
    public const int Width = 80;

    /// <summary>The line of the timeline.</summary>
    public string Rail => unicode ? "│" : "|";

    /// <summary>A step of the timeline.</summary>
    public string Knot => unicode ? "├" : "+";

    /// <summary>Writes a line as it is.</summary>
    public void Add(string line = "") => output.WriteLine(Plain(line));

    /// <summary>Writes a text in as many lines as it needs.</summary>
    /// <param name="start">Before its first line.</param>
    /// <param name="next">Before its other lines; spaces of the width of <paramref name="start"/> where null.</param>
    /// <param name="width">The longest line.</param>
    public void Wrap(string text, string start = "", string? next = null, int width = Width)
    {
        next ??= new(' ', start.Length);
        var line = new StringBuilder(start);
        var words = 0;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (words > 0 && line.Length + 1 + word.Length > width)
            {
                Add(line.ToString());
                line.Clear().Append(next);
                words = 0;
            }

            line.Append(words++ > 0 ? " " : "").Append(word);
        }

        Add(line.ToString().TrimEnd());
    }

    /// <summary>A bar for a share.</summary>
    public string Bar(double share, int width)
    {
        var full = Math.Clamp((int)Math.Round(share * width), share > 0 ? 1 : 0, width);
        return new string(unicode ? '█' : '#', full).PadRight(width);
    }

    /// <summary>A text of at most so many characters.</summary>
    public static string Cut(string text, int most) => text.Length <= most ? text : most < 4 ? text[..most] : text[..(most - 2)] + "..";

    /// <summary>A terminal without Unicode would show other marks in place of these.</summary>
    string Plain(string line) => unicode ? line : line.Replace("…", "...", StringComparison.Ordinal);

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>"1 file", "2,000 files".</summary>
    public static string Count(long n, string what) => $"{Number(n)} {what}{(n == 1 ? "" : "s")}";
}
