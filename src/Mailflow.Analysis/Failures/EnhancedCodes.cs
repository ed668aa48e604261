
namespace Mailflow.Analysis.Failures;

/// <summary>
/// The enhanced status codes with a published definition: IANA's registry (RFC 5248), Exchange Server and Exchange Online, Gmail and Yahoo.
/// A bounded set, so that a code can be the label of a metric.
/// </summary>
public static class EnhancedCodes
{
    static readonly HashSet<string> Set = Build();
    static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> BySpan = Set.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>All of them, sorted.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Set.Order(StringComparer.Ordinal)];

    /// <summary>Whether the code is one of <see cref="All"/>.</summary>
    public static bool IsRegistered(string code) => Set.Contains(code);

    internal static bool TryGet(ReadOnlySpan<char> code, out string known) => BySpan.TryGetValue(code, out known!);

    static HashSet<string> Build()
    {
        var codes = new HashSet<string>(StringComparer.Ordinal);
        // IANA registers subject and detail for all classes. Class 2 is success.
        (int Subject, int Last)[] registered = [(0, 0), (1, 10), (2, 4), (3, 5), (4, 8), (5, 6), (6, 9), (7, 30)];
        foreach (var (subject, last) in registered)
        {
            for (var detail = 0; detail <= last; detail++)
            {
                codes.Add($"4.{subject}.{detail}");
                codes.Add($"5.{subject}.{detail}");
            }
        }
        codes.UnionWith(["2.0.0", "2.1.5", "2.6.0"]);
        // https://learn.microsoft.com/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online and Exchange Server's list.
        codes.UnionWith(
        [
            "5.0.350", "5.1.11", "5.1.12", "5.1.14", "5.1.20", "5.1.90", "5.1.350", "5.1.351", "5.2.121", "5.2.122", "5.3.190", "5.4.11",
            "5.4.12", "5.4.14", "5.4.20", "5.4.23", "5.4.24", "5.4.300", "5.4.301", "5.4.310", "5.4.311", "5.4.312", "5.4.313", "5.4.315", "5.4.316",
            "5.4.317", "5.4.318", "5.5.20", "5.6.10", "5.6.11", "5.6.13", "5.6.200", "5.6.210", "5.6.211", "5.7.51", "5.7.54", "5.7.57", "5.7.60",
            "5.7.61", "5.7.62", "5.7.63", "5.7.64", "5.7.101", "5.7.105", "5.7.124", "5.7.129", "5.7.132", "5.7.133", "5.7.134", "5.7.135",
            "5.7.136", "5.7.166", "5.7.171", "5.7.193", "5.7.230", "5.7.232", "5.7.233", "5.7.321", "5.7.322", "5.7.323", "5.7.324", "5.7.325",
            "5.7.367", "5.7.501", "5.7.502", "5.7.503", "5.7.504", "5.7.505", "5.7.506", "5.7.507", "5.7.508", "5.7.509", "5.7.510", "5.7.511",
            "5.7.512", "5.7.513", "5.7.514", "5.7.515", "5.7.606", "5.7.649", "5.7.703", "5.7.705", "5.7.708", "5.7.750", "5.7.900", "5.7.999",
            "4.3.105", "4.4.14", "4.4.24", "4.4.310", "4.4.312", "4.4.315", "4.4.316", "4.4.317", "4.4.318", "4.4.395", "4.7.108", "4.7.230",
            "4.7.232", "4.7.233", "4.7.321", "4.7.322", "4.7.323", "4.7.324", "4.7.325", "4.7.500", "4.7.501", "4.7.650", "4.7.651",
            "4.7.652", "4.7.700", "4.7.850",
        ]);
        // https://support.google.com/a/answer/3726730: Gmail's own codes.
        codes.UnionWith(["4.7.31", "4.7.32", "4.7.40", "5.7.31", "5.7.32", "5.7.40"]);
        return codes.ToHashSet(StringComparer.Ordinal);
    }
}
