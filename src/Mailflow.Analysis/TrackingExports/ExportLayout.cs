namespace Mailflow.Analysis.TrackingExports;

/// <summary>What the rows of an export of message tracking are.</summary>
enum RowKind
{
    /// <summary>Events, as in a tracking log: Get-MessageTrackingLog, Start-HistoricalSearch's extended report, a log that was exported again.</summary>
    Events,

    /// <summary>One status for each recipient: Get-MessageTraceV2, Get-MessageTrace, Graph.</summary>
    Trace,

    /// <summary>The events of one message and recipient, in words: Get-MessageTraceDetailV2.</summary>
    TraceDetail,

    /// <summary>The events of all recipients in one column: <c>bob@example.net##Receive, Fail</c>. Start-HistoricalSearch's report MessageTrace.</summary>
    Summary,
}

/// <summary>The columns of an export by the names of its first object or line.</summary>
/// <param name="Kind">What a row is.</param>
/// <param name="IsLog">Lists are written as in a log. Otherwise they are those of PowerShell.</param>
/// <param name="IsUtc">Times without a zone are UTC, as the name of their column or the documentation of their cmdlet says.</param>
sealed record ExportLayout(RowKind Kind, bool IsLog, bool IsUtc)
{
    /// <summary>The columns that occur.</summary>
    public required IReadOnlySet<ExportColumn> Columns { get; init; }

    public bool Has(ExportColumn column) => Columns.Contains(column);

    /// <summary>The layout of rows with these names; null if they are no rows of message tracking.</summary>
    public static ExportLayout? Of(IEnumerable<string> names)
    {
        var (columns, isLog, isUtc, isSummary) = (new HashSet<ExportColumn>(), false, false, false);
        foreach (var name in names)
            if (ExportColumns.Of(name) is { } column)
            {
                columns.Add(column);
                isLog |= column is ExportColumn.Event or ExportColumn.Status && name.AsSpan().ContainsAny('-', '_');
                isUtc |= column == ExportColumn.Time && name.EndsWith("utc", StringComparison.OrdinalIgnoreCase);
                isSummary |= column == ExportColumn.Time && name.StartsWith("origin", StringComparison.OrdinalIgnoreCase);
            }

        bool Has(params ReadOnlySpan<ExportColumn> all)
        {
            foreach (var column in all)
                if (!columns.Contains(column))
                    return false;
            return true;
        }

        var hasMessage = Has(ExportColumn.MessageId) || Has(ExportColumn.NetworkId);
        RowKind? kind =
            !Has(ExportColumn.Time) ? null
            : Has(ExportColumn.Event) && (hasMessage || Has(ExportColumn.Recipients) || Has(ExportColumn.Status) || Has(ExportColumn.Sender)) ? RowKind.Events
            : Has(ExportColumn.TraceEvent, ExportColumn.TraceDetail) && hasMessage ? RowKind.TraceDetail
            : Has(ExportColumn.TraceStatus, ExportColumn.Recipients) && (hasMessage || Has(ExportColumn.Sender)) ? RowKind.Trace
            : isSummary && Has(ExportColumn.Status) ? RowKind.Summary
            : null;
        return kind is { } found ? new(found, isLog, isUtc || found != RowKind.Events) { Columns = columns } : null;
    }
}
