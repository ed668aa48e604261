using Mailflow.Logging;
using Microsoft.AspNetCore.Connections;

namespace Mailflow.Web;

/// <summary>
/// The open connections. A new one is always let in: where that makes too many, an old one is closed for it. So nobody is shut out by connections that say
/// nothing, speak slowly or never read, however many there are. A limit that refuses the newest would do the opposite.
/// </summary>
sealed class OpenConnections(TimeProvider clock, ILogger log)
{
    /// <summary>Connections at the most. Each may hold an answer of some 100 KB that its client does not read.</summary>
    public const int Most = 256;

    static readonly TimeSpan Told = TimeSpan.FromMinutes(1);

    readonly Lock _lock = new();

    /// <summary>Without a request, and with one; the one that has been so for longest is first.</summary>
    readonly LinkedList<OpenConnection> _idle = [];
    readonly LinkedList<OpenConnection> _busy = [];

    long _closed;
    long? _toldAt;

    /// <summary>A connection, from its first byte to its end.</summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var open = new OpenConnection(connection);
        Add(open)?.Connection.Abort(new("closed to make room for a new connection"));
        // The end of the protocol is not the end of the connection: what is not read yet keeps it open.
        connection.ConnectionClosed.UnsafeRegister(_ => Remove(open), null);
        connection.Features.Set(open);
        await next(connection);
    }

    /// <summary>A request on it, from its headers to the end of its answer.</summary>
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

    /// <summary>The connection that must go for it: the oldest of those that are most, idle or busy. So many that are silent close no request, and many that never read close no newcomer.</summary>
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

/// <summary>One of them, with its place among the others.</summary>
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
