using System.Text.RegularExpressions;
using MimeKit.Utils;

namespace Mailflow.Analysis.Notices;

/// <summary>The time of a Date field. MimeKit reads a zone that it does not know (CET, MSK, GMT+0100) as UTC: such a time is not known.</summary>
static partial class MailTime
{
    /// <summary>The time, UTC; default if it or its zone is not known.</summary>
    public static DateTime Of(string? date) =>
        date is { Length: < 200 } && Known().IsMatch(date) && DateUtils.TryParse(date, out var time) && time.Year > 1 ? time.UtcDateTime : default;

    // A numeric zone, or one of RFC 5322 section 4.3; a comment may follow.
    [GeneratedRegex(
        @"\d:\d\d(:\d\d)?\s*([+-]\d{4}|UTC?|GMT|Z|[ECMP][SD]T)\s*(\(|$)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Known();
}
