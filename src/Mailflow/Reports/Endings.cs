using System.Globalization;
using Mailflow.Analysis.Snapshots;
using Mailflow.Enrich;
using Mailflow.Ledger;

namespace Mailflow.Reports;

/// <summary>Certificates and support that end soon, or have ended.</summary>
static class Endings
{
    static readonly TimeSpan Soon = TimeSpan.FromDays(45);

    /// <summary>Servers in one sentence.</summary>
    const int MostServers = 5;

    static readonly TimeSpan SupportSoon = TimeSpan.FromDays(180);

    /// <summary>One sentence each, the first to end first.</summary>
    /// <param name="checks">The last round of checks; null: there are none.</param>
    public static IReadOnlyList<string> Of(IEnumerable<ServerSnapshot> snapshots, IEnumerable<ServerBuild> builds, WatchRound? checks, DateTimeOffset now)
    {
        var found = new List<(DateTime End, string Says)>();
        foreach (var snapshot in snapshots)
            foreach (var certificate in snapshot.Certificates)
                if (certificate is { IsForSmtp: true, NotAfter: { } end } && end - now.UtcDateTime < Soon)
                    found.Add((end, $"Certificate {certificate.ShortThumbprint} of {snapshot.Server} (SMTP) {Verb(end, now)}."));
        foreach (var host in checks?.Hosts ?? [])
            if (host.NotAfter is { } end && end.UtcDateTime - now.UtcDateTime < Soon)
                found.Add((end.UtcDateTime, $"The certificate that {host.Target} presents {Verb(end.UtcDateTime, now)}."));
        foreach (var product in builds.GroupBy(b => b.State?.Product))
            if (product.Key?.EndOfSupport is { } end && end - now.UtcDateTime < SupportSoon)
                found.Add((end, $"Support of {product.Key.Name} ({Names(product)}) {Verb(end, now)}."));
        return [.. found.Distinct().OrderBy(f => f.End).ThenBy(f => f.Says, StringComparer.Ordinal).Select(f => f.Says)];
    }

    static string Names(IEnumerable<ServerBuild> builds) =>
        string.Join(", ", builds.Select(b => b.Server).Order(StringComparer.OrdinalIgnoreCase).Take(MostServers));

    static string Verb(DateTime end, DateTimeOffset now)
    {
        var days = (long)Math.Floor((end - now.UtcDateTime).TotalDays);
        return end < now.UtcDateTime
            ? string.Create(CultureInfo.InvariantCulture, $"ended on {end:yyyy-MM-dd}")
            : string.Create(CultureInfo.InvariantCulture, $"ends on {end:yyyy-MM-dd}, in {days} {(days == 1 ? "day" : "days")}");
    }
}
