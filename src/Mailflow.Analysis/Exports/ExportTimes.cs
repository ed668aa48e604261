using System.Globalization;

namespace Mailflow.Analysis.Exports;

/// <summary>The order of day and month in dates with slashes, in one file.</summary>
enum DateOrder
{
    Unknown,
    DayFirst,
    MonthFirst,
}

/// <summary>The result of reading a time.</summary>
enum TimeReading
{
    Bad,
    Utc,
    Local,

    /// <summary>Valid both ways, and read in the more likely one.</summary>
    Guessed,
    Ambiguous,
}

/// <summary>
/// Reads times as PowerShell and Event Viewer write them: ISO 8601, <c>/Date(1741082400000)/</c> of ConvertTo-Json in Windows PowerShell,
/// and the short date of the user's culture. Dates with dots and hyphens put the day first; only dates with slashes are ambiguous.
/// </summary>
static class ExportTimes
{
    const int MaxLength = 64;

    static readonly string[] Afternoon = ["pm", "p.m", "p. m", "μμ", "μ.μ", "下午", "午後", "오후", "nachm", "م", "ch"];
    static readonly string[] Morning = ["am", "a.m", "a. m", "πμ", "π.μ", "上午", "午前", "오전", "vorm", "ص", "sa"];

    public static TimeReading Read(string text, DateOrder order, TimeZoneInfo? zone, out DateTime utc)
    {
        utc = default;
        text = text.Trim();
        if (text.Length is 0 or > MaxLength)
            return TimeReading.Bad;
        if (text.StartsWith("/Date(", StringComparison.Ordinal))
            return Epoch(text.AsSpan(6), out utc) ? TimeReading.Utc : TimeReading.Bad;
        DateTime local;
        // With a space only where a zone follows: otherwise it may be a culture's format, with words for morning and afternoon.
        if (HasShortOffset(text))
            text = text.Insert(text.Length - 2, ":");
        if (text.Length > 10 && text[4] == '-' && (text[10] == 'T' || (text[10] == ' ' && (text[^1] == 'Z' || text[^6] is '+' or '-'))))
        {
            if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out local))
                return TimeReading.Bad;
            if (local.Kind != DateTimeKind.Unspecified)
            {
                utc = local.ToUniversalTime();
                return TimeReading.Utc;
            }
        }
        else
        {
            var reading = Written(text, order, out local);
            if (reading is TimeReading.Local or TimeReading.Guessed)
                utc = ToUtc(local, zone);
            return reading;
        }

        utc = ToUtc(local, zone);
        return TimeReading.Local;
    }

    /// <summary><c>2026-11-20 08:00:05 +0100</c>: the offset without a colon.</summary>
    static bool HasShortOffset(string text) =>
        text.Length > 16 && text[^5] is '+' or '-' && text[^6] is ' ' or (>= '0' and <= '9')
        && !text.AsSpan(text.Length - 4).ContainsAnyExceptInRange('0', '9');

    /// <summary>Whether a date has hours and minutes, and no seconds.</summary>
    public static bool IsMinutes(string text) => new Numbers(text).Count == 5;

    /// <summary>The order that this date proves: 13/1 can only be day first. Unknown for any text that is not a date with slashes.</summary>
    public static DateOrder OrderOf(string text)
    {
        var numbers = new Numbers(text);
        if (text.Length > MaxLength || numbers.Count < 5 || numbers.Separator != '/' || numbers.Width(0) > 2 || numbers.Width(2) != 4)
            return DateOrder.Unknown;
        var (first, second) = (numbers.Value(0), numbers.Value(1));
        if (first is > 12 and <= 31 && second is >= 1 and <= 12)
            return DateOrder.DayFirst;
        if (second is > 12 and <= 31 && first is >= 1 and <= 12)
            return DateOrder.MonthFirst;
        // 4/03/2025: cultures that pad only the second number put the month there (en-AU, en-NZ).
        return numbers.Width(0) == 1 && numbers.Width(1) == 2 && second < 10 ? DateOrder.DayFirst : DateOrder.Unknown;
    }

    static TimeReading Written(string text, DateOrder order, out DateTime time)
    {
        time = default;
        var n = new Numbers(text);
        if (n.Count < 3)
            return TimeReading.Bad;
        var yearFirst = n.Width(0) == 4;
        var (year, first, second) = yearFirst ? (n.Value(0), n.Value(1), n.Value(2)) : (n.Value(2), n.Value(0), n.Value(1));
        if (!yearFirst && n.Width(2) == 2)
            year += 2000;
        // The Buddhist calendar of th-TH.
        if (year is > 2500 and < 2700)
            year -= 543;
        var (monthFirst, result) = (yearFirst, TimeReading.Local);
        if (!yearFirst && n.Separator == '/')
        {
            var known = order == DateOrder.Unknown ? OrderOf(text) : order;
            if (known == DateOrder.Unknown && first != second)
            {
                // 3/4/2025 10:00:26 AM: the United States, except for some small markets (en-SG, en-HK).
                if (n.Width(0) > 1 || n.Width(1) > 1 || !text.EndsWith('M'))
                    return TimeReading.Ambiguous;
                (known, result) = (DateOrder.MonthFirst, TimeReading.Guessed);
            }

            monthFirst = known == DateOrder.MonthFirst;
        }

        var (month, day) = monthFirst ? (first, second) : (second, first);
        var (hour, minute, seconds) = (n.Count > 3 ? n.Value(3) : 0, n.Count > 4 ? n.Value(4) : 0, n.Count > 5 ? n.Value(5) : 0);
        if (hour is >= 1 and <= 12 && n.Count > 3)
        {
            if (Afternoon.Any(m => text.Contains(m, StringComparison.OrdinalIgnoreCase)))
                hour = (hour % 12) + 12;
            else if (Morning.Any(m => text.Contains(m, StringComparison.OrdinalIgnoreCase)))
                hour %= 12;
        }

        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || seconds > 59)
            return TimeReading.Bad;
        time = new(year, month, day, hour, minute, seconds, DateTimeKind.Unspecified);
        return result;
    }

    static bool Epoch(ReadOnlySpan<char> text, out DateTime utc)
    {
        utc = default;
        // An offset, as in /Date(1741082400000+0100)/, is that of the writing computer; the milliseconds are always UTC.
        var end = text.Length > 1 ? text[1..].IndexOfAny(')', '+', '-') + 1 : 0;
        if (end <= 0 || !long.TryParse(text[..end], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds)
            || milliseconds is < -62_135_596_800_000 or > 253_402_300_799_999)
            return false;
        utc = DateTime.UnixEpoch.AddMilliseconds(milliseconds);
        return true;
    }

    internal static DateTime ToUtc(DateTime local, TimeZoneInfo? zone)
    {
        var ticks = local.Ticks - (zone?.GetUtcOffset(local).Ticks ?? 0);
        return new(Math.Clamp(ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks), DateTimeKind.Utc);
    }

    /// <summary>The numbers of a text in order, whatever separates them.</summary>
    readonly struct Numbers
    {
        const int Max = 8;
        readonly (int Value, int Width)[] _all;

        public Numbers(string text)
        {
            _all = new (int, int)[Max];
            var inside = false;
            foreach (var c in text)
            {
                var digit = char.IsDigit(c) ? CharUnicodeInfo.GetDecimalDigitValue(c) : -1;
                if (digit < 0)
                {
                    if (Count == 1 && inside)
                        Separator = c;
                    else if (Count == 2 && inside && c != Separator)
                        Separator = ' ';
                    inside = false;
                    continue;
                }

                if (!inside && ++Count > Max)
                {
                    Count = 0;
                    return;
                }

                inside = true;
                ref var n = ref _all[Count - 1];
                n = n.Width < 8 ? ((n.Value * 10) + digit, n.Width + 1) : (0, 9);
            }
        }

        public int Count { get; }

        /// <summary>The character after the first and the second number, where it is the same.</summary>
        public char Separator { get; }

        public int Value(int i) => _all[i].Value;

        public int Width(int i) => _all[i].Width;
    }
}
