using System.Globalization;
using System.Net;
using System.Text;

namespace Mailflow.Analysis.Blocklists;

/// <summary>The names under which addresses are looked up in DNS.</summary>
public static class ReverseName
{
    /// <summary>Whether this is an IPv4 address.</summary>
    public static bool IsIpv4(this IPAddress address) => address.GetAddressBytes().Length == 4;

    /// <summary>The octets of an IPv4 address, or the 32 nibbles of an IPv6 address, last first: RFC 5782 sections 2.1 and 2.4.</summary>
    public static string Of(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        if (address.IsIpv4())
            return string.Create(CultureInfo.InvariantCulture, $"{bytes[3]}.{bytes[2]}.{bytes[1]}.{bytes[0]}");
        var name = new StringBuilder(64);
        for (var i = bytes.Length - 1; i >= 0; i--)
            name.Append(CultureInfo.InvariantCulture, $"{bytes[i] & 15:x}.{bytes[i] >> 4:x}.");
        return name.ToString(0, name.Length - 1);
    }

    /// <summary>The name of an address's PTR record.</summary>
    public static string Arpa(IPAddress address) =>
        $"{Of(address)}.{(address.IsIpv4() ? "in-addr" : "ip6")}.arpa";
}
