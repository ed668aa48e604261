using System.Globalization;
using System.Net;

namespace Mailflow.Enrich;

/// <summary>How one resolver fares.</summary>
/// <param name="Answers">Whether it answers at all.</param>
/// <param name="Invented">The address that it gave for a name that cannot exist; null where it gave none.</param>
sealed record ResolverState(string Name, bool Answers, DnsVerdict Verdict, TimeSpan Latency, IPAddress? Invented)
{
    public bool Up => Answers && Invented is null;

    public Finding Finding =>
        Invented is not null ? new(Name, "resolver", Severity.Trouble, $"it invents answers: for a name that cannot exist ({WatchRound.NoSuchName}) it gives {Invented}", "Ask another: with this one every blocklist seems to list everything. Providers call it search help or NXDOMAIN redirection.")
        : Answers ? new(Name, "resolver", Severity.Good, string.Create(CultureInfo.InvariantCulture, $"answers in {Latency.TotalMilliseconds:0} ms"))
        : new(Name, "resolver", Severity.Trouble, Verdict.Says(), "Mend it or remove it: mail that needs DNS waits for it (Get-TransportService shows which ones Exchange asks).");
}
