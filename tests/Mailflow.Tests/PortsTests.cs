using System.Net;
using System.Net.Sockets;

namespace Mailflow.Tests;

public sealed class PortsTests
{
    [Fact]
    public void Claimed_port_is_unique()
    {
        var ports = Enumerable.Range(0, 50).Select(_ => Ports.Claim()).ToList();
        Assert.Equal(ports.Count, ports.Distinct().Count());
    }

    [Theory]
    [InlineData(SocketType.Dgram, ProtocolType.Udp)]
    [InlineData(SocketType.Stream, ProtocolType.Tcp)]
    public void Claimed_port_is_free_and_used_ports_are_skipped(SocketType type, ProtocolType protocol)
    {
        using var server = new Socket(AddressFamily.InterNetwork, type, protocol);
        server.Bind(new IPEndPoint(IPAddress.Loopback, Ports.Claim()));
        using var stranger = new Socket(AddressFamily.InterNetwork, type, protocol);
        stranger.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        if (type == SocketType.Stream)
            stranger.Listen();
        Assert.False(Ports.TryClaim(((IPEndPoint)stranger.LocalEndPoint!).Port));
    }

    [Fact]
    public void Port_claimed_by_another_process_is_skipped()
    {
        if (OperatingSystem.IsMacOS())
            return;
        Assert.False(Ports.TryClaim(Ports.Claim()));
    }
}
