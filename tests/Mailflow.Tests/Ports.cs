using System.Net;
using System.Net.Sockets;

namespace Mailflow.Tests;

/// <summary>
/// Loopback ports for servers that need to know their port in advance: a program, a name server, an HttpListener. Servers that can bind to
/// port 0 do that instead.
/// </summary>
static class Ports
{
    /// <summary>
    /// Below the systems' ephemeral ports (Linux from 32768, Windows and macOS from 49152), so that no connection and no bind to port 0 uses
    /// one of these before its server starts.
    /// </summary>
    const int First = 20000, Count = 12000;

    static readonly IPAddress Claims = IPAddress.Parse("127.0.0.2");
    static readonly Lock Turn = new();
    static readonly List<Socket> Claimed = [];
    static int _next = Random.Shared.Next(Count);

    /// <summary>
    /// A port that is free for UDP and TCP, and that no other test uses while this process runs: it is claimed by a socket on another loopback
    /// address, so that tests in other processes skip it too.
    /// </summary>
    public static int Claim()
    {
        lock (Turn)
            for (var tries = 0; tries < Count; tries++)
            {
                var port = First + (_next++ % Count);
                if (TryClaim(port))
                    return port;
            }

        throw new InvalidOperationException($"No port from {First} to {First + Count - 1} is free.");
    }

    internal static bool TryClaim(int port)
    {
        var claim = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (!OperatingSystem.IsMacOS()) // macOS has only one loopback address.
                claim.Bind(new IPEndPoint(Claims, port));
            using var udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, port));
            using var tcp = new TcpListener(IPAddress.Loopback, port);
            tcp.Start();
            Claimed.Add(claim);
            return true;
        }
        catch (SocketException)
        {
            claim.Dispose();
            return false;
        }
    }
}
