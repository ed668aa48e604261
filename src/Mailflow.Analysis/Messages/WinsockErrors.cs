namespace Mailflow.Analysis.Messages;

/// <summary>A Windows socket error.</summary>
/// <param name="Code">Its Windows number; Exchange writes it in hexadecimal: 0000274C is 10060.</param>
/// <param name="Name">Its Windows name.</param>
/// <param name="Says">What it means for a mail server.</param>
public sealed record WinsockError(int Code, string Name, ConnectionOutcome Outcome, string Says);

/// <summary>THE table of socket errors (Microsoft, "Windows Sockets Error Codes").</summary>
public static class WinsockErrors
{
    public static IReadOnlyList<WinsockError> All { get; } =
    [
        new(0, "OTHER", ConnectionOutcome.Other, "Another socket error."),
        new(10013, "WSAEACCES", ConnectionOutcome.Other, "This server blocks the connection: a local firewall or policy."),
        new(10048, "WSAEADDRINUSE", ConnectionOutcome.Other, "No local port is free: too many connections are open or closing."),
        new(10049, "WSAEADDRNOTAVAIL", ConnectionOutcome.Unreachable,
            "The address is not valid from this server, or the connector's source address does not belong to this server."),
        new(10050, "WSAENETDOWN", ConnectionOutcome.Unreachable, "This server's network is down."),
        new(10051, "WSAENETUNREACH", ConnectionOutcome.Unreachable, "There is no route to the network: often an IPv6 address without IPv6 connectivity."),
        new(10052, "WSAENETRESET", ConnectionOutcome.Reset, "The connection broke during keep-alive."),
        new(10053, "WSAECONNABORTED", ConnectionOutcome.Reset, "This server aborted the connection."),
        new(10054, "WSAECONNRESET", ConnectionOutcome.Reset, "The remote side, or a firewall in between, reset the connection."),
        new(10055, "WSAENOBUFS", ConnectionOutcome.Other, "This server has no memory left for sockets."),
        new(10060, "WSAETIMEDOUT", ConnectionOutcome.TimedOut, "No answer: a firewall drops port 25, or the host is down."),
        new(10061, "WSAECONNREFUSED", ConnectionOutcome.Refused, "The host is up, but nothing listens on the port."),
        new(10064, "WSAEHOSTDOWN", ConnectionOutcome.Unreachable, "The host is down."),
        new(10065, "WSAEHOSTUNREACH", ConnectionOutcome.Unreachable, "There is no route to the host."),
        new(11001, "WSAHOST_NOT_FOUND", ConnectionOutcome.DnsFailure, "The name does not exist."),
        new(11002, "WSATRY_AGAIN", ConnectionOutcome.DnsFailure, "The DNS servers did not answer."),
        new(11003, "WSANO_RECOVERY", ConnectionOutcome.DnsFailure, "The DNS servers answered with an error."),
        new(11004, "WSANO_DATA", ConnectionOutcome.DnsFailure, "The name has no address."),
    ];

    /// <summary>The index of the error with this number; the index of OTHER where it is not in the table.</summary>
    public static int IndexOf(int code)
    {
        for (var i = 1; i < All.Count; i++)
            if (All[i].Code == code)
                return i;
        return 0;
    }
}
