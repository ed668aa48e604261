using System.Globalization;
using System.Net;

namespace Mailflow.Enrich;

/// <summary>The state of one resolver.</summary>
/// <param name="Answers">Whether it answers at all.</param>
/// <param name="Invented">The address that it returned for a name that cannot exist; otherwise null.</param>
sealed record ResolverState(string Name, bool Answers, DnsVerdict Verdict, TimeSpan Latency, IPAddress? Invented)
{
    public bool Up => Answers && Invented is null;

    public Finding Finding =>
        Invented is not null ? new(
            Name, "resolver", Severity.Trouble,
            $"it returns false answers: for a name that cannot exist ({WatchRound.NoSuchName}) it returned {Invented}",
            "Use another resolver: with this one, every blocklist seems to list every address. Providers call this NXDOMAIN redirection.")
        : Answers ? new(Name, "resolver", Severity.Good, string.Create(CultureInfo.InvariantCulture, $"answers in {Latency.TotalMilliseconds:0} ms"))
        : new(
            Name, "resolver", Severity.Trouble, Verdict.Says(),
            "Repair or remove it: mail waits for DNS (Get-TransportService shows the DNS servers that Exchange uses).");
}
