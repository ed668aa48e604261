using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Mailflow.Analysis.Blocklists;
using Mailflow.Analysis.Failures;
using Mailflow.Configuration;
using Mailflow.Enrich;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Mailflow.Pipeline;
using Mailflow.Privacy;
using Mailflow.Ship;
using Mailflow.Tests.Ledger;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mailflow.Tests.Enrich;

public sealed class EnricherTests(DnsBed bed)
{
    const string NoSuchDomain = "554 5.4.4 SMTPSEND.DNS.NonExistentDomain; nonexistent domain";
    const string Blocked = "554 5.7.1 Service unavailable; Client host [192.0.2.25] blocked using good.bl.test";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A running ledger and enricher; both end with the test.</summary>
    sealed class Running : IAsyncDisposable
    {
        readonly Channel<Delta> _deltas = Channel.CreateUnbounded<Delta>();
        readonly CancellationTokenSource _stop = new();
        readonly List<Task> _running = [];
        readonly Store _store;
        readonly DeltaPool _pool = new(80);
        readonly Checks _checks;
        readonly Enricher _enricher;
        int _file;

        public Running(string folder, EnrichOptions options, bool commit = true)
        {
            _store = new(Path.Combine(folder, "mailflow.db"));
            var names = new Mailflow.Analysis.Messages.EventNames();
            Committer = new(_store, names, _pool, new() { CommitInterval = TimeSpan.FromMilliseconds(50) }, TimeProvider.System, NullLogger.Instance);
            Committer.Load([]);
            _checks = new(options, TimeProvider.System);
            _enricher = new(new(_checks, () => ["fabrikam.test"]), options, _store, _pool, Committer.NewEvents, TimeProvider.System, NullLogger.Instance);
            if (commit)
                _running.Add(Committer.RunAsync(_deltas.Reader, _stop.Token));
            _running.Add(_enricher.RunAsync(_deltas.Writer, _stop.Token));
        }

        public Committer Committer { get; }

        public Checks Checks => _checks;

        public Store Store => _store;

        public ChannelReader<Delta> Handed => _deltas.Reader;

        /// <summary>Failures in a separate block.</summary>
        public async Task FailAsync(
            int count, string status, string recipient = "anna@x.nowhere.test", TimeSpan age = default, string sender = "bert@contoso.test")
        {
            using var bed = new LedgerBed();
            var made = await bed.DeltaAsync(file: Interlocked.Increment(ref _file), failures: count, time: DateTimeOffset.UtcNow - age);
            var delta = LedgerBed.Rows(await _pool.RentAsync(Cancel), file: made.File.Id, readAt: made.ReadAt);
            var diagnosis = Diagnosis.Of(status);
            delta.Tally.Failures.AddRange(made.Tally.Failures.Select(f => f with { Recipient = recipient, Sender = sender, Diagnosis = diagnosis }));
            await _deltas.Writer.WriteAsync(delta, Cancel);
        }

        public long Count(string question, string verdict) =>
            Committer.Current.Sum(Counters.Answers, k => k.Question.Value == question && k.Answer.Value == verdict);

        public static async Task UntilAsync(Func<bool> holds)
        {
            for (var waited = Stopwatch.StartNew(); !holds() && waited.Elapsed < Waiting.Patience;)
                await Task.Delay(10, Cancel); // waits for the store
            Assert.True(holds());
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _enricher.Dispose();
            _checks.Dispose();
            _store.Dispose();
            _pool.Dispose();
            _stop.Dispose();
        }
    }

    static List<JsonElement> Events(Store store)
    {
        using var outbox = new Outbox(store, "test", answered: true);
        using var json = new EventJson(Masking.Default);
        var output = new ArrayBufferWriter<byte>();
        foreach (var stored in outbox.Read(1000))
            json.Write(stored, output);
        return [.. Encoding.UTF8.GetString(output.WrittenSpan).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonElement.Parse(l))];
    }

    [Fact]
    public async Task Enriched_failure_is_shipped_with_its_answer_and_counted()
    {
        using var folder = new TemporaryFolder();
        await using var running = new Running(folder.Path, await bed.OptionsAsync());
        await running.FailAsync(3, NoSuchDomain, "anna@fabrikm.test");
        await running.FailAsync(1, NoSuchDomain, "anna@fabrikam.test");
        await running.FailAsync(1, "550 5.1.1 User unknown");
        await Running.UntilAsync(() => running.Count("dns", "nxdomain") + running.Count("dns", "resolves") == 4 && Events(running.Store).Count == 5);
        Assert.Equal((3, 1), (running.Count("dns", "nxdomain"), running.Count("dns", "resolves")));
        var events = Events(running.Store);
        var typo = events[0].GetProperty("dns");
        Assert.Equal(("nxdomain", "fabrikam.test"), (typo.GetProperty("verdict").GetString(), typo.GetProperty("nearest").GetString()));
        Assert.Equal(
            "dns 'nxdomain': confirmed, fabrikm.test does not exist: likely a typing error for fabrikam.test",
            events[0].GetProperty("Evidence").EnumerateArray().Last().GetString());
        Assert.Equal(["mx.fabrikam.test", "mx2.fabrikam.test"], events[3].GetProperty("dns").GetProperty("mx").EnumerateArray().Select(m => m.GetString()));
        Assert.False(events[4].TryGetProperty("dns", out _));
        Assert.DoesNotContain(events, e => e.GetRawText().Contains("anna@", StringComparison.Ordinal));
    }

    [Fact]
    public void OTLP_event_has_answers_as_attributes()
    {
        var output = new ArrayBufferWriter<byte>();
        OtlpLogs.Write(
            """{"@t":"2026-03-04T10:00:00Z","@mt":"x","@l":"Warning","dns":{"verdict":"nxdomain","mx":["a","b"],"resolvers":{"local":"nxdomain"}}}"""u8,
            DateTimeOffset.UnixEpoch, output);
        var text = Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.Contains("""{"key":"dns.verdict","value":{"stringValue":"nxdomain"}}""", text, StringComparison.Ordinal);
        Assert.Contains("""{"key":"dns.mx","value":{"arrayValue":""", text, StringComparison.Ordinal);
        Assert.Contains("""{"key":"dns.resolvers.local","value":{"stringValue":"nxdomain"}}""", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.0.2.25", "listed", "[\"good.bl.test\"]")]
    [InlineData("192.0.2.99", "not-listed", "[]")]
    public async Task Blocklisted_failure_names_the_lists_with_our_address(string egress, string verdict, string listedOn)
    {
        using var folder = new TemporaryFolder();
        var options = await bed.OptionsAsync() with
        {
            EgressIps = [IPAddress.Parse(egress)],
            Blocklists = [BlocklistTable.Find("good.bl.test"), BlocklistTable.Find("zen.spamhaus.org")],
        };
        await using var running = new Running(folder.Path, options);
        await running.FailAsync(2, Blocked);
        await Running.UntilAsync(() => running.Count("blocklist", verdict) == 2 && Events(running.Store).Count == 2);
        Assert.Equal(listedOn, Events(running.Store)[0].GetProperty("rbl").GetProperty("listed_on").GetRawText());
    }

    [Fact]
    public async Task Listings_are_counted_once_for_several_own_addresses()
    {
        using var checks = new Checks(
            await bed.OptionsAsync() with
            {
                EgressIps = [IPAddress.Parse("192.0.2.98"), IPAddress.Parse("192.0.2.99")],
                Blocklists = [BlocklistTable.Find("good.bl.test")],
            },
            TimeProvider.System);
        var reply = await new Asking(checks, () => []).AskAsync(Questions.Blocklist, " ", Cancel);
        Assert.StartsWith("192.0.2.98, 192.0.2.99 is on none of 1 lists now", reply.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Enricher_ends_with_a_log_entry_when_the_ledger_has_ended()
    {
        using var ledger = new LedgerBed();
        ledger.Store.Commit([await FailuresAsync(ledger, 1)], new Totals(ledger.Names), false, false, DateTimeOffset.UtcNow);
        await using var dns = new FakeDns(_ => 3);
        var options = new EnrichOptions { Resolvers = [new("fake", dns.EndPoint)] };
        using var checks = new Checks(options, TimeProvider.System);
        using var enricher = new Enricher(new(checks, () => []), options, ledger.Store, ledger.Pool, new(), TimeProvider.System, NullLogger.Instance);
        var closed = Channel.CreateUnbounded<Delta>();
        closed.Writer.Complete();
        await Assert.ThrowsAsync<ChannelClosedException>(() => enricher.RunAsync(closed.Writer, Cancel).Soon());
    }

    [Fact]
    public async Task Address_in_the_reply_is_queried_without_own_addresses()
    {
        using var folder = new TemporaryFolder();
        await using var running = new Running(folder.Path, await bed.OptionsAsync() with { Blocklists = [BlocklistTable.Find("good.bl.test")] });
        await running.FailAsync(1, Blocked);
        await Running.UntilAsync(() => running.Count("blocklist", "listed") == 1);
    }

    [Theory]
    [InlineData("550 5.7.23 SPF validation failed", "sender-auth", "trouble", "auth")]
    [InlineData("454 4.7.5 The certificate specified in TlsCertificateName could not be found", "tls", "required", "tls")]
    public async Task Each_cause_has_its_own_queries(string status, string question, string verdict, string field)
    {
        using var folder = new TemporaryFolder();
        await using var running = new Running(folder.Path, await bed.OptionsAsync() with { EgressIps = [IPAddress.Parse("192.0.2.99")], Blocklists = [] });
        await running.FailAsync(1, status, "anna@contoso.test");
        await Running.UntilAsync(() => running.Count(question, verdict) == 1 && Events(running.Store).Count == 1);
        Assert.Equal(verdict, Events(running.Store)[0].GetProperty(field).GetProperty("verdict").GetString());
    }

    [Fact]
    public async Task Hanging_DNS_delays_events_only_up_to_the_deadline()
    {
        using var folder = new TemporaryFolder();
        using var silent = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var options = new EnrichOptions { Resolvers = [new("silent", (IPEndPoint)silent.Client.LocalEndPoint!)], Deadline = TimeSpan.FromHours(1) };
        await using (var waiting = new Running(folder.Path, options))
        {
            for (var i = 0; i < 40; i++)
                await waiting.FailAsync(5, NoSuchDomain, $"anna@d{i}.example");
            await Running.UntilAsync(() => waiting.Committer.Current.Sum(Counters.Failures) == 200);
            Assert.Empty(Events(waiting.Store));
        }

        await using var running = new Running(folder.Path, options with { Deadline = TimeSpan.FromSeconds(1) });
        await Running.UntilAsync(() => Events(running.Store).Count == 200);
        Assert.Equal(200, running.Count("dns", "timeout"));
        Assert.All(Events(running.Store), e => Assert.Equal("timeout", e.GetProperty("dns").GetProperty("verdict").GetString()));
    }

    [Fact]
    public async Task Uncommitted_answers_at_a_kill_are_queried_again_and_counted_once()
    {
        using var folder = new TemporaryFolder();
        var options = await bed.OptionsAsync();
        await using (var first = new Running(folder.Path, options))
        {
            await first.FailAsync(10, NoSuchDomain);
            await Running.UntilAsync(() => first.Count("dns", "nxdomain") == 10);
        }

        // Killed after the rows were committed and before their answers were.
        await using (var killed = new Running(folder.Path, options, commit: false))
        {
            using var bed2 = new LedgerBed();
            killed.Store.Commit([await FailuresAsync(bed2, 5)], new Totals(bed2.Names), false, false, DateTimeOffset.UtcNow);
            killed.Committer.NewEvents.Set();
            // Earlier failures have answers already: otherwise they would come first.
            var answered = await killed.Handed.ReadAsync(Cancel).AsTask().Soon();
            Assert.Equal(5, Assert.IsType<AnswerDelta>(answered).Batch.Answers.Count);
        }

        await using var again = new Running(folder.Path, options);
        // Answers arrive in order: once a later one is skipped, any repeated query would have been seen.
        await again.FailAsync(1, NoSuchDomain, age: TimeSpan.FromHours(2));
        await Running.UntilAsync(() => again.Count("dns", "skipped") == 1);
        Assert.Equal(15, again.Count("dns", "nxdomain"));
        Assert.Equal(16, Events(again.Store).Count);
    }

    [Fact]
    public async Task Old_failures_are_shipped_without_queries()
    {
        using var folder = new TemporaryFolder();
        await using var running = new Running(folder.Path, await bed.OptionsAsync());
        var asked = 0;
        running.Checks.Resolver.Servers[0].Asked = (_, _, _) => asked++;
        await running.FailAsync(7, NoSuchDomain, age: TimeSpan.FromHours(2));
        await Running.UntilAsync(() => running.Count("dns", "skipped") == 7 && Events(running.Store).Count == 7);
        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task Excess_queries_are_dropped_and_events_shipped()
    {
        using var folder = new TemporaryFolder();
        await using var dns = new FakeDns(_ => 3);
        var options = new EnrichOptions { Resolvers = [new("fake", dns.EndPoint)] };
        await using (var filling = new Running(folder.Path, options, commit: false))
            for (var i = 0; i < Enricher.MaxQuestions + 20; i++)
                using (var bed2 = new LedgerBed())
                    filling.Store.Commit(
                        [await FailuresAsync(bed2, 1, $"a@d{i}.example", i + 10)], new Totals(bed2.Names), false, false, DateTimeOffset.UtcNow);
        await using var running = new Running(folder.Path, options);
        await Running.UntilAsync(() => running.Count("dns", "nxdomain") + running.Count("dns", "skipped") == Enricher.MaxQuestions + 20);
        Assert.Equal(20, running.Count("dns", "skipped"));
    }

    static async Task<Delta> FailuresAsync(LedgerBed bed, int count, string recipient = "anna@x.nowhere.test", long file = 99)
    {
        var delta = await bed.DeltaAsync(file: file, failures: count, time: DateTimeOffset.UtcNow);
        var failures = delta.Tally.Failures.Select(f => f with { Recipient = recipient, Diagnosis = Diagnosis.Of(NoSuchDomain) }).ToList();
        delta.Tally.Failures.Clear();
        delta.Tally.Failures.AddRange(failures);
        return delta;
    }

    sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("mailflow-enrich-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}

public sealed class KnownDomainsTests
{
    [Fact]
    public void KnownDomains_evicts_least_recent()
    {
        var known = new KnownDomains();
        for (var i = 0; i < 10_000; i++)
            known.Add([$"d{i}.example", "fabrikam.test"]);
        Assert.InRange(known.All().Count(), KnownDomains.Most / 2, KnownDomains.Most);
        Assert.Contains("fabrikam.test", known.All());
    }
}
