using System.Text;
using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Formats;

namespace Mailflow.Analysis.TrackingExports;

/// <summary>
/// Reads the times of rows: ISO 8601, /Date(ms)/, or the short date of a culture. A time without a zone is in the zone that was given; without
/// one it is taken for UTC, and that is reported.
/// </summary>
sealed class RowTimes(ExportProblems problems, TimeZoneInfo? zone, bool isUtc)
{
    const int Longest = 64;

    readonly byte[] _lastText = new byte[Longest];
    int _lastLength;
    Utf8Fields.LastDay _day;
    DateTime _last;

    public DateOrder Order { get; set; }

    /// <summary>Whether a time is known to be UTC or has a zone.</summary>
    public bool IsSure { get; private set; } = true;

    /// <summary>Whether times have no seconds: a spreadsheet drops them.</summary>
    public bool IsMinutes { get; private set; }

    public bool TryRead(ReadOnlySpan<byte> text, long record, out DateTime utc)
    {
        if (Utf8Fields.TryTimestamp(text, ref _day, out utc, out var length))
        {
            if (text[length..] is [(byte)'Z'])
                return true;
            if (text[length..].IsEmpty)
            {
                utc = ToUtc(utc, text, record);
                return true;
            }
        }

        // Rows of one second are beside each other.
        if (_lastLength > 0 && text.SequenceEqual(_lastText.AsSpan(0, _lastLength)))
        {
            utc = _last;
            return true;
        }

        if (!TryReadWritten(text, record, out utc))
            return false;
        text.CopyTo(_lastText);
        (_last, _lastLength) = (utc, text.Length);
        return true;
    }

    bool TryReadWritten(ReadOnlySpan<byte> bytes, long record, out DateTime utc)
    {
        utc = default;
        var text = bytes.Length > Longest ? "" : Encoding.UTF8.GetString(bytes).Trim();
        switch (ExportTimes.Read(text, Order, isUtc ? null : zone, out utc))
        {
            case TimeReading.Utc:
                return true;
            case TimeReading.Local:
                IsMinutes |= ExportTimes.IsMinutes(text);
                NoteLocal(text, record);
                return true;
            case TimeReading.Guessed:
                NoteLocal(text, record);
                problems.AddFirst(ExportProblem.AmbiguousTime, record, $"{text}: day and month may be exchanged; read with the month first");
                return true;
            case TimeReading.Ambiguous when ExportTimes.Read(text, DateOrder.DayFirst, isUtc ? null : zone, out utc) == TimeReading.Local:
                NoteLocal(text, record);
                problems.AddFirst(ExportProblem.AmbiguousTime, record, $"{text}: day and month may be exchanged; read with the day first");
                return true;
            default:
                problems.Add(ExportProblem.BadTime, record, text.Length == 0 ? "a row without a time" : text);
                return false;
        }
    }

    DateTime ToUtc(DateTime written, ReadOnlySpan<byte> text, long record)
    {
        if (isUtc)
            return written;
        if (IsSure && zone is null)
            NoteLocal(Encoding.UTF8.GetString(text), record);
        return zone is null ? written : ExportTimes.ToUtc(DateTime.SpecifyKind(written, DateTimeKind.Unspecified), zone);
    }

    void NoteLocal(string text, long record)
    {
        if (isUtc || zone is not null)
            return;
        IsSure = false;
        problems.AddOnce(
            ExportProblem.LocalTime, record,
            $"{text}: the local time of the computer that exported it, without a zone; taken for UTC. --time-zone says which it is");
    }

    /// <summary>
    /// Learns from a row whether the day or the month comes first: from a date that is valid in one way only, or from a time in UTC in the same row,
    /// which is at most two days away.
    /// </summary>
    public void Learn(ReadOnlySpan<byte> time, ReadOnlySpan<byte> info)
    {
        if (Order != DateOrder.Unknown || time.Length > Longest)
            return;
        var text = Encoding.UTF8.GetString(time).Trim();
        Order = ExportTimes.OrderOf(text);
        if (Order != DateOrder.Unknown || info.Length < 19 || !Utf8Fields.TryTimestamp(info, ref _day, out var near, out _))
            return;
        var (first, second) = (IsNear(text, DateOrder.DayFirst, near), IsNear(text, DateOrder.MonthFirst, near));
        if (first != second)
            Order = first ? DateOrder.DayFirst : DateOrder.MonthFirst;
    }

    static bool IsNear(string text, DateOrder order, DateTime near) =>
        ExportTimes.Read(text, order, null, out var utc) is TimeReading.Local && (utc - near).Duration() < TimeSpan.FromDays(2);
}
