using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mailflow.Tests.Enrich;

/// <summary>A minimal name server for cases that real ones cannot produce: it answers each query with a code and no record, or not at all.</summary>
sealed class FakeDns : IAsyncDisposable
{
    readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    readonly Func<string, int?> _code;
    readonly Task _running;
    int _asked;

    public FakeDns(Func<string, int?> code)
    {
        _code = code;
        _running = Task.Run(RunAsync);
    }

    public IPEndPoint EndPoint => (IPEndPoint)_socket.Client.LocalEndPoint!;

    /// <summary>Changes a response before it is sent.</summary>
    public Func<byte[], byte[]>? Spoil { get; init; }

    /// <summary>Received queries.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _running;
    }

    async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var question = await _socket.ReceiveAsync();
                Interlocked.Increment(ref _asked);
                if (_code(Name(question.Buffer)) is not { } code)
                    continue;
                // The response has the header and the question, without the EDNS record.
                var end = 12 + Name(question.Buffer).Length + 2 + 4;
                var answer = question.Buffer[..end];
                (answer[2], answer[3]) = (0x81, (byte)(0x80 | code));
                Array.Clear(answer, 6, 6);
                await _socket.SendAsync(Spoil?.Invoke(answer) ?? answer, question.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    static string Name(byte[] question)
    {
        var name = new StringBuilder();
        for (var at = 12; question[at] != 0; at += question[at] + 1)
            name.Append(name.Length == 0 ? "" : ".").Append(Encoding.ASCII.GetString(question, at + 1, question[at]));
        return name.ToString();
    }
}
