using System.Globalization;

namespace Mailflow.Analysis.Domains;

/// <summary>Normalises domain names from logs and user input.</summary>
public static class DomainNames
{
    /// <summary>Characters of a name, labels and dots (RFC 1035 section 2.3.4).</summary>
    const int MaxLength = 253;

    static readonly IdnMapping Idn = new() { AllowUnassigned = true, UseStd3AsciiRules = false };

    /// <summary>The name in ASCII and lower case, without a trailing dot; null where DNS cannot be queried for it.</summary>
    public static string? Clean(string text)
    {
        var name = text.Trim().TrimEnd('.');
        if (name.Length is 0 or > MaxLength || name.StartsWith('.') || name.Contains("..", StringComparison.Ordinal))
            return null;
        if (!System.Text.Ascii.IsValid(name))
        {
            try
            {
                // Without ICU, GetAscii does not make letters beyond ASCII lower case, and the name would be another one.
                name = Idn.GetAscii(name.ToLowerInvariant());
            }
            catch (ArgumentException)
            {
                return null;
            }
        }

        foreach (var label in name.Split('.'))
            if (label.Length is 0 or > 63 || label.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
                return null;
        return name.Length <= MaxLength ? name.ToLowerInvariant() : null;
    }

    /// <summary>Whether mail can be sent to the name: at least two labels, and the last one is not a number.</summary>
    public static bool IsMailDomain(string name) =>
        name.Contains('.', StringComparison.Ordinal) && !name[(name.LastIndexOf('.') + 1)..].All(char.IsAsciiDigit);
}
