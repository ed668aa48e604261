using Mailflow.Logging;
using Microsoft.AspNetCore.Connections;

namespace Mailflow.Web;

/// <summary>
/// The open connections. A new one is always accepted: where that makes too many, an old one is closed. So connections that send nothing, send
/// slowly or never read cannot block others, however many there are. A limit that refuses the newest would do the opposite.
/// </summary>
sealed class OpenConnections(TimeProvider clock, ILogger log)
{
    /// <summary>The limit. Each may hold an answer of some 100 KB that its client does not read.</summary>
    public const int Most = 256;

    static readonly TimeSpan Told = TimeSpan.FromMinutes(1);

    readonly Lock _lock = new();

    /// <summary>Connections without a request, and with one; the longest in this state is first.</summary>
    readonly LinkedList<OpenConnection> _idle = [];
    readonly LinkedList<OpenConnection> _busy = [];

    long _closed;
    long? _toldAt;

    /// <summary>A connection, from its first byte to its end.</summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var open = new OpenConnection(connection);
        Add(open)?.Connection.Abort(new("closed to make room for a new connection"));
        // The end of the protocol is not the end of the connection: unread data keeps it open.
        connection.ConnectionClosed.UnsafeRegister(_ => Remove(open), null);
        connection.Features.Set(open);
        await next(connection);
    }

    /// <summary>A request on a connection, from its headers to the end of its answer.</summary>
    public async Task ServeAsync(HttpContext http, RequestDelegate next)
    {
        var open = http.Features.Get<OpenConnection>();
        Move(open, _busy);
        try
        {
            await next(http);
        }
        finally
        {
            Move(open, _idle);
        }
    }

    /// <summary>
    /// The connection to close for a new one: the oldest of the larger group, idle or busy. So many silent connections close no request, and
    /// many that never read close no new connection.
    /// </summary>
    OpenConnection? Add(OpenConnection open)
    {
        lock (_lock)
        {
            OpenConnection? old = null;
            if (_idle.Count + _busy.Count >= Most)
            {
                old = (_idle.Count >= _busy.Count ? _idle : _busy).First!.Value;
                old.Place.List!.Remove(old.Place);
                _closed++;
                Tell();
            }

            _idle.AddLast(open.Place);
            return old;
        }
    }

    void Move(OpenConnection? open, LinkedList<OpenConnection> to)
    {
        lock (_lock)
        {
            if (open?.Place.List is not { } from)
                return;
            from.Remove(open.Place);
            to.AddLast(open.Place);
        }
    }

    void Remove(OpenConnection open)
    {
        lock (_lock)
            open.Place.List?.Remove(open.Place);
    }

    void Tell()
    {
        if (_toldAt is { } at && clock.GetElapsedTime(at) < Told)
            return;
        Log.ConnectionsClosed(log, Most, _closed);
        (_closed, _toldAt) = (0, clock.GetTimestamp());
    }
}

/// <summary>An open connection, with its place among the others.</summary>
sealed class OpenConnection
{
    public OpenConnection(ConnectionContext connection)
    {
        Connection = connection;
        Place = new(this);
    }

    public ConnectionContext Connection { get; }

    public LinkedListNode<OpenConnection> Place { get; }
}
