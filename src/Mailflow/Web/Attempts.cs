using System.Net;
using System.Net.Sockets;

namespace Mailflow.Web;

/// <summary>
/// Counts wrong tokens by address. After ten within a minute, tokens of this address are refused until the minute is over, right ones too: otherwise
/// the answer would say which one is right. Of IPv6, one customer has 64 bits.
/// </summary>
sealed class Attempts(TimeProvider clock)
{
    public const int Most = 10;
    public static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    const int MostAddresses = 1024;

    readonly Lock _lock = new();
    readonly Dictionary<IPAddress, (long Began, int Wrong)> _wrong = [];

    /// <summary>The number of wrong tokens of this address in its minute, with this one; null where the token counts as right.</summary>
    /// <param name="right">Whether this token is right.</param>
    public int? Count(IPAddress? remote, bool right)
    {
        var address = NetworkOf(remote ?? IPAddress.None);
        lock (_lock)
        {
            var known = _wrong.TryGetValue(address, out var seen) && !IsOver(seen.Began);
            if (right && (!known || seen.Wrong < Most))
                return null;
            if (!known && _wrong.Count >= MostAddresses)
                MakeRoom();
            seen = known ? (seen.Began, Math.Min(seen.Wrong + 1, Most + 1)) : (clock.GetTimestamp(), 1);
            _wrong[address] = seen;
            return seen.Wrong;
        }
    }

    bool IsOver(long began) => clock.GetElapsedTime(began) >= Minute;

    void MakeRoom()
    {
        foreach (var (address, seen) in _wrong.ToList())
            if (IsOver(seen.Began))
                _wrong.Remove(address);
        if (_wrong.Count >= MostAddresses)
            _wrong.Remove(_wrong.MinBy(w => w.Value.Began).Key);
    }

    static IPAddress NetworkOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? new([.. address.GetAddressBytes()[..8], .. new byte[8]]) : address;
    }
}
