namespace Mailflow.Analysis.Tracing;

/// <summary>Where a row says that the message comes from or goes to.</summary>
static class TrackedHop
{
    const string ToInternet = "S:ToEntity=Internet";
    const string ToEntity = "S:ToEntity=";
    const string IntraOrganization = "Intra-Organization";
    const string EdgeSubscription = "EdgeSync - ";

    /// <summary>
    /// Whether the message leaves the organisation: custom-data says so since Exchange 2013; before, connectors between transport servers have one
    /// fixed name, and those between Mailbox and Edge servers a fixed beginning.
    /// </summary>
    public static bool IsOutside(TraceRow row) =>
        row.Event == "SENDEXTERNAL"
        || (row.Event == "SEND"
            && (row.Custom.Contains(ToEntity, StringComparison.Ordinal)
                ? row.Custom.Contains(ToInternet, StringComparison.Ordinal)
                : row.Connector.Length > 0
                    && !row.Connector.StartsWith(IntraOrganization, StringComparison.OrdinalIgnoreCase)
                    && !row.Connector.StartsWith(EdgeSubscription, StringComparison.OrdinalIgnoreCase)));

    /// <summary>A host name without its domain, in upper case, as rows name their writers; an IP address as it is.</summary>
    public static string ShortName(string host)
    {
        var label = FirstLabel(host);
        return (label.Length == host.Length ? host : host[..label.Length]).ToUpperInvariant();
    }

    /// <summary>Whether two names are of the same server, one of them perhaps without its domain.</summary>
    public static bool Same(string a, string b) => a.Length > 0 && FirstLabel(a).Equals(FirstLabel(b), StringComparison.OrdinalIgnoreCase);

    static ReadOnlySpan<char> FirstLabel(string host)
    {
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        return dot <= 0 || (char.IsAsciiDigit(host[dot - 1]) && char.IsAsciiDigit(host[0])) ? host : host.AsSpan(0, dot);
    }

    /// <summary>Whether a host is of Microsoft 365: the other half of a hybrid organisation, or anybody's mailbox there.</summary>
    public static bool IsExchangeOnline(string host) => host.EndsWith(".outlook.com", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The reply of the remote server in the context of a SEND row, <c>session;reply;ClientSubmitTime:...</c>: it has the remote server's number of the
    /// message. Empty where there is none.
    /// </summary>
    public static string ReplyIn(string context)
    {
        foreach (var part in context.Split(';'))
            if (part is [>= '2' and <= '5', >= '0' and <= '9', >= '0' and <= '9'] or [>= '2' and <= '5', >= '0' and <= '9', >= '0' and <= '9', ' ' or '-', ..])
                return part;
        return "";
    }
}
