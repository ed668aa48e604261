using System.Net.Sockets;
using Mailflow.Tests.Ship;
using Mailflow.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Mailflow.Tests.Web;

/// <summary>Anyone who can reach the port can open idle connections. Scrapes must still be answered.</summary>
public sealed class ConnectionTests
{
    const int Many = OpenConnections.Most + 50;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", 1)]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: loc", 1)]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", 60)]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 5)]
    public async Task Idle_or_slow_connections_do_not_block_scrapes(string said, int times)
    {
        using var log = new TestLog();
        await using var site = await ServedSite.StartAsync(logs: log);
        var open = new List<Socket>();
        try
        {
            for (var i = 0; i < Many; i++)
                open.Add(await OpenAsync(site, string.Concat(Enumerable.Repeat(said, times))));
            // A new connection, as a scraper opens it.
            using var scraper = new HttpClient { BaseAddress = site.Http.BaseAddress };
            Assert.Contains("target_info", await scraper.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancel), StringComparison.Ordinal);
            await ReadToEndAsync(open[0]);
            Assert.InRange(log.Count(300), times > 5 ? 0 : 1, 1);
            Assert.DoesNotContain(log.Lines, l => l.Text.Contains("rejected", StringComparison.Ordinal));
        }
        finally
        {
            open.ForEach(s => s.Dispose());
        }
    }

    [Fact]
    public async Task Closed_connections_are_logged_once_a_minute()
    {
        using var log = new TestLog();
        await using var site = await ServedSite.StartAsync(logs: log);
        var open = new List<Socket>();
        try
        {
            for (var i = 0; i < Many; i++)
                open.Add(await OpenAsync(site, ""));
            await site.GetAsync("/healthz");
            Assert.Equal(1, log.Count(300));
            site.Clock.Now = site.Clock.Now.AddMinutes(1);
            open.Add(await OpenAsync(site, ""));
            var (_, text) = await Eventually(() => log.Lines.Where(l => l.Id == 300).Skip(1).Select(l => ((int, string)?)l).FirstOrDefault());
            Assert.Matches("^More than 256 connections were open: [0-9]{2} were closed to make room", text);
        }
        finally
        {
            open.ForEach(s => s.Dispose());
        }
    }

    /// <summary>Kestrel enforces these with the system clock; the test checks the values instead of waiting.</summary>
    [Fact]
    public async Task Silent_connections_are_closed_after_seconds()
    {
        await using var site = await ServedSite.StartAsync();
        var limits = site.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;
        Assert.InRange(limits.KeepAliveTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
        Assert.InRange(limits.RequestHeadersTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Response_that_is_not_read_in_time_closes_the_connection()
    {
        var clock = new TestClock();
        var http = new DefaultHttpContext();
        var (response, life) = (new Starting(), new Life());
        http.Features.Set<IHttpResponseFeature>(response);
        http.Features.Set<IHttpRequestLifetimeFeature>(life);
        var written = new TaskCompletionSource();
        var served = Site.BoundAsync(http, _ => written.Task, clock);
        clock.Advance(Site.AnswerDeadline * 2);
        Assert.False(life.Aborted, "it may take its time to be made");
        await response.Start();
        clock.Advance(Site.AnswerDeadline - TimeSpan.FromSeconds(1));
        Assert.False(life.Aborted);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(life.Aborted);
        written.SetResult();
        await served;
    }

    [Fact]
    public async Task Unread_metrics_responses_are_bounded()
    {
        var clock = new TestClock();
        using var answers = new MetricsAnswers(clock);
        var stuck = new List<(DefaultHttpContext Http, Life Life, Task Served)>();
        for (var i = 0; i <= MetricsAnswers.Most; i++)
        {
            var http = new DefaultHttpContext();
            var life = new Life();
            http.Features.Set<IHttpRequestLifetimeFeature>(life);
            http.Response.Body = new Stuck();
            var text = $"answer {i}";
            clock.Advance(MetricsAnswers.Pause);
            stuck.Add((http, life, answers.ServeAsync(http, h => h.Response.WriteAsync(text, Cancel))));
        }

        Assert.Equal([true, .. Enumerable.Repeat(false, MetricsAnswers.Most)], stuck.Select(s => s.Life.Aborted));
        using var body = new MemoryStream();
        var reader = new DefaultHttpContext { Response = { Body = body } };
        await answers.ServeAsync(reader, h => h.Response.WriteAsync("a newer one", Cancel));
        Assert.Equal($"answer {MetricsAnswers.Most}", System.Text.Encoding.UTF8.GetString(body.ToArray()));
        clock.Advance(MetricsAnswers.Pause);
        body.SetLength(0);
        await answers.ServeAsync(reader, h => h.Response.WriteAsync("a newer one", Cancel));
        Assert.Equal("a newer one", System.Text.Encoding.UTF8.GetString(body.ToArray()));
        foreach (var (_, life, served) in stuck)
        {
            life.Abort();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => served);
        }
    }

    [Fact]
    public async Task Equal_metrics_responses_share_memory()
    {
        using var answers = new MetricsAnswers(new TestClock());
        var stuck = new List<(Life Life, Task Served)>();
        for (var i = 0; i < 3 * MetricsAnswers.Most; i++)
        {
            var http = new DefaultHttpContext();
            var life = new Life();
            http.Features.Set<IHttpRequestLifetimeFeature>(life);
            http.Response.Body = new Stuck();
            stuck.Add((life, answers.ServeAsync(http, h => h.Response.WriteAsync("the same", Cancel))));
        }

        Assert.DoesNotContain(stuck, s => s.Life.Aborted);
        foreach (var (life, served) in stuck)
        {
            life.Abort();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => served);
        }
    }

    static async Task<Socket> OpenAsync(ServedSite site, string said)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync("127.0.0.1", site.Http.BaseAddress!.Port, Cancel);
        if (said.Length > 0)
            await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(said), Cancel);
        return socket;
    }

    /// <summary>Whether the connection was closed, orderly or not.</summary>
    static async Task ReadToEndAsync(Socket socket)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, Cancel) > 0)
            {
            }
        }
        catch (SocketException)
        {
        }
    }

    static async Task<T> Eventually<T>(Func<T?> find)
        where T : struct
    {
        while (true)
        {
            if (find() is { } found)
                return found;
            await Task.Delay(5, Cancel);
        }
    }

    /// <summary>A response that starts when the test allows it.</summary>
    sealed class Starting : HttpResponseFeature
    {
        Func<Task> _start = () => Task.CompletedTask;

        public override void OnStarting(Func<object, Task> callback, object state) => _start = () => callback(state);

        public Task Start() => _start();
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Design", "CA1001:Types that own disposable fields should be disposable", Justification = "It has no timer and no handle.")]
    sealed class Life : IHttpRequestLifetimeFeature
    {
        readonly CancellationTokenSource _aborted = new();

        public bool Aborted => _aborted.IsCancellationRequested;

        public CancellationToken RequestAborted
        {
            get => _aborted.Token;
            set => throw new NotSupportedException();
        }

        public void Abort() => _aborted.Cancel();
    }

    /// <summary>A client that never reads.</summary>
    sealed class Stuck : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => 0;

        public override long Position { get; set; }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            await Task.Delay(Timeout.Infinite, cancellationToken);

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => 0;

        public override long Seek(long offset, SeekOrigin origin) => 0;

        public override void SetLength(long value)
        {
        }

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
