using System.Net;
using System.Net.Sockets;
using DnsClient;
using DnsClient.Protocol;
using Mailflow.Analysis.Blocklists;

namespace Mailflow.Enrich;

/// <summary>Checks a sending address as receivers see it: its reverse name, whether that resolves back, and the blocklists.</summary>
sealed class AddressCheck(Resolver resolver, BlocklistCheck lists)
{
    const int MaxNames = 5;

    public async Task<IReadOnlyList<Finding>> CheckAsync(IPAddress address, CancellationToken stop)
    {
        if (IsPrivate(address))
            return
            [
                new(
                    address.ToString(), "address", Severity.Warning,
                    "it is not a public address",
                    "Give the public address that remote servers see (after NAT)."),
            ];
        var name = ReverseAsync(address, stop);
        var listed = await lists.AskAsync(address, stop);
        return [await name, .. listed.Select(r => r.Finding)];
    }

    /// <summary>Large receivers reject mail from an address without a reverse name, or whose name does not resolve to it.</summary>
    public async Task<Finding> ReverseAsync(IPAddress address, CancellationToken stop)
    {
        const string Check = "ptr";
        var subject = address.ToString();
        var pointer = await resolver.AskAsync(ReverseName.Arpa(address), QueryType.PTR, stop);
        if (!pointer.IsKnown)
            return new(subject, Check, Severity.Unknown, pointer.Verdict.Says());
        var names = pointer.Records.OfType<PtrRecord>().Select(p => p.PtrDomainName.Value.TrimEnd('.').ToLowerInvariant()).Take(MaxNames).ToList();
        if (names.Count == 0)
            return new(
                subject, Check, Severity.Trouble, "it has no PTR record",
                "Ask the owner of the address range for a PTR record with the EHLO name of the server.");
        DnsAnswer? unknown = null;
        foreach (var name in names)
        {
            var back = await resolver.AskAsync(name, address.IsIpv4() ? QueryType.A : QueryType.AAAA, stop);
            if (back.Addresses.Contains(address))
                return new(subject, Check, Severity.Good, $"{name}, and that name resolves to it");
            unknown ??= back.IsKnown ? null : back;
        }

        if (unknown is not null)
            return new(subject, Check, Severity.Unknown, $"whether its name {names[0]} resolves to it: {unknown.Verdict.Says()}");
        return new(
            subject, Check, Severity.Trouble, $"its name {names[0]} does not resolve to it",
            $"Publish {(address.IsIpv4() ? "an A" : "an AAAA")} record of {names[0]} with {address}, or correct the PTR record.");
    }

    /// <summary>Blocklists do not list private addresses, and should not be queried for them.</summary>
    public static bool IsPrivate(IPAddress address) =>
        IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal || address.IsIPv6SiteLocal
        || (address.AddressFamily == AddressFamily.InterNetwork
            && address.GetAddressBytes() is [10, ..] or [0, ..] or [172, >= 16 and < 32, ..] or [192, 168, ..] or [169, 254, ..]
                or [100, >= 64 and < 128, ..] or [>= 224, ..]);
}
