using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mailflow.Tests.Ship;

/// <summary>One request of a shipper.</summary>
sealed record Posted(string Path, string? Key, string? ContentType, string Body)
{
    public IReadOnlyList<JsonElement> Events { get; } = [.. Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonElement.Parse(l))];

    public IReadOnlyList<string> EventIds => [.. Events.Select(e => e.GetProperty("EventId").GetString()!)];
}

/// <summary>A loopback server that accepts events like Seq, or fails as a test requires.</summary>
sealed class FakeSeq : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly Happenings<Posted> _posted = new();
    readonly Happenings<int> _taken = new();
    readonly List<string> _eventIds = [];

    FakeSeq(int port, Func<Posted, HttpContext, Task<int>> answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}");
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.Zero);
        builder.Services.AddLogging(l => l.ClearProviders());
        _app = builder.Build();
        _app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
            var posted = new Posted(
                context.Request.Path + context.Request.QueryString.Value,
                context.Request.Headers["X-Seq-ApiKey"],
                context.Request.ContentType,
                await reader.ReadToEndAsync(context.RequestAborted));
            _posted.Add(posted);
            context.Response.StatusCode = await answer(posted, context);
            if (context.Response.StatusCode != StatusCodes.Status201Created)
                return;
            Apply(posted);
        });
    }

    public Uri Url => new(_app.Urls.First());

    public int Port => Url.Port;

    public IReadOnlyList<Posted> All => _posted.All;

    /// <summary>All accepted events, with repetitions.</summary>
    public IReadOnlyList<string> EventIds
    {
        get
        {
            lock (_eventIds)
                return [.. _eventIds];
        }
    }

    /// <summary>A server on a free port, or on a given one.</summary>
    public static async Task<FakeSeq> StartAsync(Func<Posted, HttpContext, Task<int>>? answer = null, int port = 0)
    {
        var seq = new FakeSeq(port, answer ?? ((_, _) => Task.FromResult(201)));
        await seq._app.StartAsync(TestContext.Current.CancellationToken);
        return seq;
    }

    public static Task<FakeSeq> StartAsync(Func<Posted, int> answer) => StartAsync((posted, _) => Task.FromResult(answer(posted)));

    public Task<Posted> PostedAsync() => _posted.NextAsync(_ => true);

    /// <summary>Completes when this many events were accepted, including repeated ones.</summary>
    public Task TakenAsync(int count) => _taken.NextAsync(n => n >= count);

    public void Apply(Posted posted)
    {
        lock (_eventIds)
        {
            _eventIds.AddRange(posted.EventIds);
            _taken.Add(_eventIds.Count);
        }
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
