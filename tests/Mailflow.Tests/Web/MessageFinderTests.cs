using Mailflow.Ledger;
using Mailflow.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mailflow.Tests.Web;

public sealed class MessageFinderTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_search_is_counted_and_logged_with_masked_addresses()
    {
        using var logs = new Lines();
        await using var site = await ServedSite.StartAsync(logs: logs);
        await site.ReadAsync(new LogText(site.Clock.Now).Fail(site.Clock.Now, "bob@fabrikam.example", "550 5.1.1 User unknown"));
        await site.GetAsync("/messages?q=bob@fabrikam.example");
        await site.GetAsync("/messages?q=user+unknown");
        await site.GetAsync("/messages?outcome=failed&server=EX02");
        await site.TryAsync("/messages?q=eve@fabrikam.example&outcome=gone");
        await site.TryAsync("/messages/%3Cnone@contoso.test%3E");
        await site.GetAsync("/messages");
        foreach (var (labels, times) in new[]
                 {
                     ("kind=\"address\",result=\"found\"", 1), ("kind=\"address\",result=\"refused\"", 1), ("kind=\"words\",result=\"found\"", 1),
                     ("kind=\"filters\",result=\"nothing\"", 1), ("kind=\"message\",result=\"nothing\"", 1), ("kind=\"domain\",result=\"busy\"", 0),
                 })
            Assert.Equal((labels, times), (labels, await site.MetricAsync($"mailflow_trace_searches_total{{{labels}}}")));
        var lines = logs.All.Where(l => l.StartsWith("Search by ", StringComparison.Ordinal)).ToList();
        Assert.Equal(5, lines.Count);
        Assert.Contains("Search by 127.0.0.1 for address b***@fabrikam.example: found, 1 found in 0.000 s.", lines[0], StringComparison.Ordinal);
        Assert.Contains("for words user unknown: found, 1 found", lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain(lines, l => l.Contains("bob@", StringComparison.Ordinal) || l.Contains("eve@", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Too_many_searches_are_refused_with_a_time_to_try_again()
    {
        await using var site = await ServedSite.StartAsync();
        var finder = site.Services.GetRequiredService<MessageFinder>();
        using var ended = new ManualResetEventSlim();
        FoundFailures Wait(Store store, CancellationToken late)
        {
            ended.Wait(late);
            return new([], null, 0, [], [], [], 0, null);
        }

        // A context belongs to one request: it is not safe for threads.
        var running = Enumerable.Range(0, MessageFinder.MostAtOnce)
            .Select(_ => finder.FailuresAsync(new DefaultHttpContext(), "words", "x", Wait)).ToList();
        using var answer = await site.Http.GetAsync(new Uri("/messages?q=a@b.example", UriKind.Relative), Cancel);
        Assert.Equal(503, (int)answer.StatusCode);
        Assert.Equal("5", Assert.Single(answer.Headers.GetValues("Retry-After")));
        Assert.Contains("4 searches run at the same time. Try again in 5 s.", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(1, await site.MetricAsync("mailflow_trace_searches_total{kind=\"address\",result=\"busy\"}"));
        ended.Set();
        await Task.WhenAll(running);
        Assert.Equal(200, (await site.TryAsync("/messages?q=a@b.example")).Status);
    }

    sealed class Lines : ILoggerFactory, ILogger
    {
        readonly List<string> _all = [];

        public IReadOnlyList<string> All
        {
            get
            {
                lock (_all)
                    return [.. _all];
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_all)
                _all.Add(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
