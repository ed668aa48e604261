using Mailflow.Analysis.Incidents;

namespace Mailflow.Reports;

/// <summary>All that a report says, before it is put into words. Addresses are unmasked.</summary>
/// <param name="Before">The period that it is compared with; null if nothing is known of it.</param>
/// <param name="BeforeName">Its name in a sentence: <c>the day before</c>.</param>
/// <param name="Incidents">Those that were open at some time of the period.</param>
/// <param name="Endings">What ends soon: a sentence each, the first to end first.</param>
/// <param name="Quality">What makes the figures incomplete: a sentence each.</param>
sealed record MailReport(
    PeriodFigures Now, PeriodFigures? Before, string BeforeName, IReadOnlyList<Incident> Incidents, IReadOnlyList<string> Endings,
    IReadOnlyList<string> Quality)
{
    /// <summary>The share of recipients that must be reached, 0 to 1.</summary>
    public double Objective { get; init; } = 0.99;

    /// <summary>The end of what the logs tell; null if they tell nothing.</summary>
    public DateTime? KnownUntil { get; init; }

    public DateTimeOffset Made { get; init; }

    /// <summary>The zone of all times in it.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;
}
