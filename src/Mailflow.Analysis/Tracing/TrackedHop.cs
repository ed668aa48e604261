namespace Mailflow.Analysis.Tracing;

/// <summary>Where a SEND row hands the message to.</summary>
static class TrackedHop
{
    const string ToInternet = "S:ToEntity=Internet";
    const string ToEntity = "S:ToEntity=";
    const string IntraOrganization = "Intra-Organization";

    /// <summary>
    /// Whether the message leaves the organisation: custom-data says so since Exchange 2013; before, connectors between transport servers have one
    /// fixed name.
    /// </summary>
    public static bool IsOutside(TraceRow row) =>
        row.Event == "SENDEXTERNAL"
        || (row.Event == "SEND"
            && (row.Custom.Contains(ToEntity, StringComparison.Ordinal)
                ? row.Custom.Contains(ToInternet, StringComparison.Ordinal)
                : row.Connector.Length > 0 && !row.Connector.StartsWith(IntraOrganization, StringComparison.OrdinalIgnoreCase)));

    /// <summary>The name of the server of this organisation that a row hands the message to, without its domain; null where it does not.</summary>
    public static string? Within(TraceRow row) =>
        row.Event == "SEND" && row.Source == "SMTP" && !IsOutside(row) && row.Remote.Name.Length > 0 ? row.Remote.Name.Split('.')[0].ToUpperInvariant() : null;
}
