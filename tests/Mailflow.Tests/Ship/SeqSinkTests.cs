using Mailflow.Configuration;
using Mailflow.Ship;

namespace Mailflow.Tests.Ship;

public sealed class SeqSinkTests : IDisposable
{
    const string Key = "kK7pQ2vW9xYzT4bN8mLs";
    static readonly ReadOnlyMemory<byte> Line = "{\"@t\":\"2026-03-04T10:00:00Z\",\"EventId\":\"00\"}\n"u8.ToArray();

    readonly TestClock _clock = new();
    readonly EventStore _events = new();
    readonly TestLog _log = new();

    public void Dispose()
    {
        _events.Dispose();
        _log.Dispose();
    }

    async Task<SinkAnswer> SendAsync(Uri url, string? key = Key)
    {
        using var sink = new SeqSink(new(url, key), _clock);
        return await sink.SendAsync(Line, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(200, SinkOutcome.Taken)]
    [InlineData(201, SinkOutcome.Taken)]
    [InlineData(302, SinkOutcome.Misconfigured)]
    [InlineData(400, SinkOutcome.Rejected)]
    [InlineData(401, SinkOutcome.Misconfigured)]
    [InlineData(403, SinkOutcome.Misconfigured)]
    [InlineData(404, SinkOutcome.Misconfigured)]
    [InlineData(408, SinkOutcome.Later)]
    [InlineData(413, SinkOutcome.Rejected)]
    [InlineData(415, SinkOutcome.Misconfigured)]
    [InlineData(429, SinkOutcome.Later)]
    [InlineData(500, SinkOutcome.Later)]
    [InlineData(503, SinkOutcome.Later)]
    public async Task Seq_responses_decide_retry_skip_or_success(int status, object verdict)
    {
        await using var seq = await FakeSeq.StartAsync(_ => status);
        var answer = await SendAsync(seq.Url);
        Assert.Equal((SinkOutcome)verdict, answer.Outcome);
        Assert.DoesNotContain(Key, answer.Reason, StringComparison.Ordinal);
        Assert.Equal((SinkOutcome)verdict == SinkOutcome.Taken, answer.Reason.Length == 0);
    }

    [Fact]
    public async Task Older_Seq_server_gets_its_own_format_from_then_on()
    {
        await using var seq = await FakeSeq.StartAsync(p => p.Path == "/seq/api/events/raw?clef" ? 201 : 404);
        using var sink = new SeqSink(new(new(seq.Url, "/seq/"), null), _clock);
        Assert.Equal(SinkOutcome.Taken, (await sink.SendAsync(Line, TestContext.Current.CancellationToken)).Outcome);
        Assert.Equal(SinkOutcome.Taken, (await sink.SendAsync(Line, TestContext.Current.CancellationToken)).Outcome);
        Assert.Equal("/seq/ingest/clef /seq/api/events/raw?clef /seq/api/events/raw?clef", string.Join(' ', seq.All.Select(p => p.Path)));
    }

    [Fact]
    public async Task Redirect_is_not_followed()
    {
        await using var elsewhere = await FakeSeq.StartAsync();
        await using var seq = await FakeSeq.StartAsync((_, context) =>
        {
            context.Response.Headers.Location = elsewhere.Url.ToString();
            return Task.FromResult(307);
        });
        Assert.Equal(SinkOutcome.Misconfigured, (await SendAsync(seq.Url)).Outcome);
        Assert.Empty(elsewhere.All);
    }

    [Fact]
    public async Task No_key_header_is_sent_without_a_key()
    {
        await using var seq = await FakeSeq.StartAsync();
        await SendAsync(seq.Url, key: null);
        Assert.Null(seq.All[0].Key);
    }

    [Theory]
    [InlineData("kK7pQ2vW9\nxYzT4bN8mLs")]
    [InlineData("kK7pQ2vW9 xYzT4bN8mLs")]
    [InlineData("kK7pQ2vW9éxYzT4bN8mLs")]
    public async Task Invalid_key_is_reported_without_its_text(string key)
    {
        await using var seq = await FakeSeq.StartAsync();
        var answer = await SendAsync(seq.Url, key);
        Assert.Equal(SinkOutcome.Misconfigured, answer.Outcome);
        Assert.DoesNotContain("kK7", answer.Reason, StringComparison.Ordinal);
        Assert.Empty(seq.All);
    }

    [Fact]
    public async Task Unresolvable_server_name_is_retried_later()
    {
        var answer = await SendAsync(new("http://seq.invalid:5341"));
        Assert.Equal(SinkOutcome.Later, answer.Outcome);
        Assert.NotEmpty(answer.Reason);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task Unauthorized_sink_retries_once_a_minute_and_logs_no_key(int status)
    {
        var door = status;
        await using var seq = await FakeSeq.StartAsync(_ => door);
        _events.Add(3);
        await using var running = new Running(_events, _clock, _log, new MailflowOptions { EventsSeq = new(seq.Url, Key) });
        var told = (await _log.LineAsync(101)).Text;
        for (var i = 0; i < 3; i++)
        {
            await _clock.WaitAsync(SinkRetry.MisconfiguredDelay, SinkRetry.MisconfiguredDelay);
            Assert.Equal(i + 1, seq.All.Count);
            _clock.Advance(SinkRetry.MisconfiguredDelay);
        }

        await _clock.WaitAsync(SinkRetry.MisconfiguredDelay, SinkRetry.MisconfiguredDelay);
        door = 201;
        _clock.Advance(SinkRetry.MisconfiguredDelay);
        await seq.TakenAsync(3);
        await running.StopAsync();
        Assert.Equal(_events.EventIds(), seq.EventIds);
        Assert.Contains("key", told, StringComparison.Ordinal);
        Assert.Equal(1, _log.Count(101));
    }

    [Fact]
    public async Task Key_never_appears_in_logs_or_status()
    {
        var url = new Uri($"http://user:{Key}@127.0.0.1:{Ports.Claim()}/?apiKey={Key}");
        var target = new SeqTarget(url, Key);
        using var sink = new SeqSink(target, _clock);
        Assert.DoesNotContain(Key, sink.Target, StringComparison.Ordinal);
        _events.Add(1);
        await using var running = new Running(_events, _clock, _log, new MailflowOptions { EventsSeq = target });
        await _log.LineAsync(100);
        await running.StopAsync();
        Assert.All(_log.Lines, l => Assert.DoesNotContain(Key, l.Text, StringComparison.Ordinal));
        Assert.DoesNotContain(Key, running.Status.ToString(), StringComparison.Ordinal);
    }
}
