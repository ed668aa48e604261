using System.Collections.Concurrent;
using DnsClient;
using Mailflow.Analysis;
using Mailflow.Analysis.Domains;

namespace Mailflow.Enrich;

/// <summary>
/// Queries DNS for all callers: the first server that answers, or a given one. Costs are bounded: answers are cached by their TTL (in a cache of
/// limited size), equal concurrent queries are shared, the number of queries in flight is limited, and each ends within the deadline.
/// </summary>
sealed class Resolver(IReadOnlyList<DnsServer> servers, TimeSpan deadline, TimeProvider clock) : IDisposable
{
    public const int MaxInFlight = 32;

    /// <summary>Entries of the cache: an answer has some hundred bytes.</summary>
    public const int MaxKept = 10_000;

    static readonly TimeSpan LeastKept = TimeSpan.FromSeconds(5);

    readonly SemaphoreSlim _room = new(MaxInFlight, MaxInFlight);
    readonly ConcurrentDictionary<Question, Lazy<Task<DnsAnswer>>> _asking = new();
    readonly Lock _lock = new();
    readonly Recent<Question, Kept> _kept = new(MaxKept);

    readonly record struct Question(string Server, string Name, QueryType Type);

    readonly record struct Kept(DnsAnswer Answer, DateTimeOffset Until);

    public IReadOnlyList<DnsServer> Servers => servers;

    public TimeSpan Deadline => deadline;

    /// <summary>Number of cached answers.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _kept.Count;
        }
    }

    /// <summary>Queries the servers in order until one answers. A server that has stopped answering comes last.</summary>
    /// <param name="at">The server to query; null for any.</param>
    public async Task<DnsAnswer> AskAsync(string name, QueryType type, CancellationToken stop, DnsServer? at = null)
    {
        if (DomainNames.Clean(name) is not { } clean)
            return DnsAnswer.Nothing(DnsVerdict.NxDomain, at?.Name ?? "", TimeSpan.Zero);
        var question = new Question(at?.Name ?? "", clean, type);
        if (Find(question) is { } kept)
            return kept;
        // Single flight: concurrent callers share one query, which the cancellation of one caller does not end.
        var asking = _asking.GetOrAdd(question, q => new(() => AskAndKeepAsync(q)));
        return await asking.Value.WaitAsync(stop);
    }

    /// <summary>Queries one server now, bypassing the cache: to check whether it is up.</summary>
    public Task<DnsAnswer> ProbeAsync(DnsServer server, string name, QueryType type) => server.AskAsync(name, type, deadline);

    public void Dispose() => _room.Dispose();

    async Task<DnsAnswer> AskAndKeepAsync(Question question)
    {
        try
        {
            // Another query may have ended after this caller looked.
            if (Find(question) is { } kept)
                return kept;
            var start = clock.GetTimestamp();
            using var late = new CancellationTokenSource(deadline, clock);
            try
            {
                await _room.WaitAsync(late.Token);
            }
            catch (OperationCanceledException)
            {
                return DnsAnswer.Nothing(DnsVerdict.Timeout, question.Server, TimeSpan.Zero);
            }

            try
            {
                var answer = await TryAsync(question, start);
                Keep(question, answer);
                return answer;
            }
            finally
            {
                _room.Release();
            }
        }
        finally
        {
            _asking.TryRemove(question, out _);
        }
    }

    /// <summary>Two attempts within the deadline: a packet may be lost, and one server may be down while another is up.</summary>
    async Task<DnsAnswer> TryAsync(Question question, long start)
    {
        var asked = question.Server.Length > 0 ? [servers.First(s => s.Name == question.Server)] : servers.OrderByDescending(s => s.IsUp).ToList();
        List<DnsServer> tries = asked.Count == 1 ? [asked[0], asked[0]] : asked;
        var answer = DnsAnswer.Nothing(DnsVerdict.Timeout, asked.Count == 0 ? "" : asked[0].Name, TimeSpan.Zero);
        for (var i = 0; i < tries.Count; i++)
        {
            var left = deadline - clock.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
                break;
            var next = await tries[i].AskAsync(question.Name, question.Type, left / (tries.Count - i));
            // An error reported by one server is not replaced by the timeout of the next.
            if (i == 0 || next.IsKnown || answer.Verdict is DnsVerdict.Timeout or DnsVerdict.Unusable)
                answer = next;
            if (next.IsKnown || (asked.Count == 1 && next.Verdict is not (DnsVerdict.Timeout or DnsVerdict.Unusable)))
                break;
        }

        return answer;
    }

    DnsAnswer? Find(Question question)
    {
        lock (_lock)
            return _kept.TryGet(question, out var kept) && kept.Until > clock.GetUtcNow() ? kept.Answer : null;
    }

    void Keep(Question question, DnsAnswer answer)
    {
        var until = clock.GetUtcNow() + (answer.Ttl < LeastKept ? LeastKept : answer.Ttl);
        lock (_lock)
            _kept.Set(question, new(answer, until));
    }
}
