namespace Mailflow.Configuration;

/// <summary>Which time a report on a schedule is about.</summary>
enum ReportPeriod
{
    /// <summary>Off: no report is made.</summary>
    Off,

    /// <summary>Yesterday, each day.</summary>
    Daily,

    /// <summary>The week before, on Mondays.</summary>
    Weekly,
}

/// <summary>The report on a schedule.</summary>
sealed record ReportOptions
{
    public ReportPeriod Period { get; init; }

    /// <summary>When it is made, in the zone of the machine.</summary>
    public TimeOnly At { get; init; } = new(7, 0);

    public IReadOnlyList<string> MailTo { get; init; } = [];

    /// <summary>The folder that each report is written to as a file; null: none.</summary>
    public string? Folder { get; init; }

    /// <summary>The share of recipients that must be reached, 0 to 1.</summary>
    public double Objective { get; init; } = 0.99;
}
