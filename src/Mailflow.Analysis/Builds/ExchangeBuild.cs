using System.Globalization;

namespace Mailflow.Analysis.Builds;

/// <summary>A build of Exchange: 15.2.1544.4, which a log writes as 15.02.1544.004.</summary>
public readonly record struct ExchangeBuild(int Major, int Minor, int Number, int Revision)
{
    /// <summary>More digits are no build number.</summary>
    const int MostDigits = 6;

    /// <summary>
    /// Reads either form. False for a text that is no build: protocol and connectivity logs of all versions since 2013 say 15.0.0.0, which is the
    /// format of the log.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ExchangeBuild build)
    {
        build = default;
        Span<Range> ranges = stackalloc Range[5];
        if (text.Split(ranges, '.') != 4)
            return false;
        Span<int> parts = stackalloc int[4];
        for (var i = 0; i < parts.Length; i++)
            if (text[ranges[i]] is not { Length: > 0 and <= MostDigits } digits
                || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out parts[i]))
                return false;
        build = new(parts[0], parts[1], parts[2], parts[3]);
        // Tracking logs of 2007 and 2010 have no more than the major version: 8.0.0.0 and 14.0.0.0.
        return build.Number > 0 || build is { Major: 8 or 14, Minor: 0, Revision: 0 };
    }

    /// <summary>The form of Microsoft's tables and of Received headers: 15.2.1544.4.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Number}.{Revision}");

    /// <summary>The form of logs: 15.02.1544.004.</summary>
    public string InLogs => string.Create(CultureInfo.InvariantCulture, $"{Major:00}.{Minor:00}.{Number:0000}.{Revision:000}");
}
