using System.Buffers;
using System.Globalization;

namespace Mailflow.Analysis.Exports;

/// <summary>
/// Reads whole numbers with the group separators of any culture: <c>1.234</c>, <c>1,234</c>, <c>1 234</c>, <c>1'234</c>. Whether a comma or a point separates
/// groups or decimals, other numbers of the file show: <c>0,5</c> has a decimal comma.
/// </summary>
sealed class ExportNumbers
{
    const int Longest = 32;

    static readonly SearchValues<char> Numeric = SearchValues.Create("0123456789.,");

    /// <summary>The decimal separator of the file; null where no number has shown it.</summary>
    char? _decimal;

    /// <summary>Notes what a number shows.</summary>
    public void Learn(string text)
    {
        if (_decimal is null && text.Length <= Longest && DecimalOf(text) is { } shown)
            _decimal = shown;
    }

    /// <summary>A file whose columns are separated by semicolons is from a culture with a decimal comma.</summary>
    public void LearnSemicolons() => _decimal ??= ',';

    public bool TryWhole(string text, out long n)
    {
        n = 0;
        text = text.Trim();
        if (text.Length is 0 or > Longest)
            return false;
        var last = text.LastIndexOfAny(['.', ',']);
        // 1.234,00: of two separators the last one is that of the decimals.
        if (last > 0 && text.AsSpan(0, last).IndexOfAny(['.', ',']) >= 0 && !text.AsSpan(0, last).Contains(text[last]))
        {
            if (text.AsSpan(last + 1).ContainsAnyExcept('0'))
                return false;
            text = text[..last];
        }
        else if (last > 0 && text[last] == _decimal && text.AsSpan(0, last).IndexOf(text[last]) < 0)
        {
            return false;
        }

        return AreGroups(text) && long.TryParse(string.Concat(text.Where(char.IsAsciiDigit)), NumberStyles.None, CultureInfo.InvariantCulture, out n);
    }

    /// <summary>Groups of three digits with one separator. India has groups of two before the last.</summary>
    static bool AreGroups(string text)
    {
        var separator = text.FirstOrDefault(c => !char.IsAsciiDigit(c));
        if (separator != '\0' && !IsSeparator(separator))
            return false;
        var groups = text.Split(separator);
        if (!groups.All(g => g.Length > 0 && g.All(char.IsAsciiDigit)) || groups[0].Length > 3 || groups[^1].Length != 3 || groups.Length < 2)
            return false;
        var between = groups.Skip(1).SkipLast(1).ToList();
        return between.TrueForAll(g => g.Length == 3) || (groups[0].Length < 3 && between.TrueForAll(g => g.Length == 2));
    }

    static bool IsSeparator(char c) => c is '.' or ',' or '\'' or '\u2019' or '\u066C' || char.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator;

    /// <summary>The decimal separator that a number proves: one comma or point before which there is a 0, or after which there are not three digits.</summary>
    static char? DecimalOf(string text)
    {
        var number = text.AsSpan().Trim().TrimStart('-');
        var at = number.IndexOfAny('.', ',');
        if (at < 1 || number.ContainsAnyExcept(Numeric))
            return null;
        var rest = number[(at + 1)..];
        if (rest.IndexOfAny('.', ',') is >= 0 and var second)
            return rest[second] != number[at] && rest[(second + 1)..].IndexOfAny('.', ',') < 0 ? rest[second]
                : rest[second] == number[at] ? number[at] == '.' ? ',' : '.'
                : null;
        return rest.Length != 3 || number[0] == '0' || at > 3 ? number[at] : null;
    }
}
