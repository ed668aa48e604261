using System.Net;
using System.Net.Sockets;

namespace Mailflow.Tests;

/// <summary>
/// Ports of loopback for servers that must be told theirs: a program, a name server, an HttpListener. Who can bind to port 0 and ask, does that instead.
/// </summary>
static class Ports
{
    /// <summary>Below those that systems give out by themselves (Linux from 32768, Windows and macOS from 49152): no connection and no bind to port 0 takes one of these before its server starts.</summary>
    const int First = 20000, Count = 12000;

    static readonly IPAddress Claims = IPAddress.Parse("127.0.0.2");
    static readonly Lock Turn = new();
    static readonly List<Socket> Claimed = [];
    static int _next = Random.Shared.Next(Count);

    /// <summary>
    /// A port at which nobody listens, by UDP or TCP, and which no other test takes while this process lives: it is claimed by a socket on another address of loopback, so that
    /// tests in other processes pass it over too.
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
            if (!OperatingSystem.IsMacOS()) // It has one address of loopback.
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
