using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using DnsClient;
using DnsClient.Protocol;
using Polly;
using Polly.CircuitBreaker;

namespace Mailflow.Enrich;

/// <summary>
/// One resolver: queried by UDP, and by TCP where the answer was truncated. When it has stopped answering, its circuit breaker avoids
/// further waits. It never throws; errors are verdicts.
/// </summary>
sealed class DnsServer
{
    /// <summary>After this many unanswered queries, nearly all of the last ten seconds, it is skipped for a while.</summary>
    const int BreakAfter = 8;

    public static readonly TimeSpan BreakFor = TimeSpan.FromSeconds(5);

    static readonly TimeSpan MaxNegative = TimeSpan.FromMinutes(5);
    static readonly TimeSpan Unknown = TimeSpan.FromSeconds(30);

    readonly LookupClient _client;
    readonly TimeProvider _clock;
    readonly ResiliencePipeline<DnsAnswer> _breaker;
    readonly CircuitBreakerStateProvider _state = new();

    public DnsServer(string name, IPEndPoint endPoint, TimeSpan timeout, TimeProvider clock)
    {
        (Name, EndPoint, _clock) = (name, endPoint, clock);
        _client = new(new LookupClientOptions(endPoint)
        {
            AutoResolveNameServers = false,
            UseCache = false,
            Retries = 0,
            ThrowDnsErrors = false,
            ContinueOnDnsError = false,
            ContinueOnEmptyResponse = false,
            Timeout = timeout,
            UseTcpFallback = true,
            ExtendedDnsBufferSize = 1232,
            RequestDnsSecRecords = false,
        });
        _breaker = new ResiliencePipelineBuilder<DnsAnswer> { TimeProvider = clock }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<DnsAnswer>
            {
                // Dead authoritative servers of a domain make a good resolver slow: only where hardly any answer comes is the resolver at fault.
                FailureRatio = 0.9,
                MinimumThroughput = BreakAfter,
                SamplingDuration = TimeSpan.FromSeconds(10),
                BreakDuration = BreakFor,
                ShouldHandle = o => ValueTask.FromResult(o.Outcome.Result is { Verdict: DnsVerdict.Timeout or DnsVerdict.Unusable }),
                StateProvider = _state,
            })
            .Build();
    }

    /// <summary>Its label.</summary>
    public string Name { get; }

    public IPEndPoint EndPoint { get; }

    /// <summary>Whether it is currently queried at all.</summary>
    public bool IsUp => _state.CircuitState != CircuitState.Open;

    /// <summary>Called after each sent query, with its result and duration.</summary>
    public Action<DnsServer, DnsVerdict, TimeSpan>? Asked { get; set; }

    /// <summary>Sends one query.</summary>
    /// <param name="name">A valid DNS name: see DomainNames.</param>
    public async Task<DnsAnswer> AskAsync(string name, QueryType type, TimeSpan timeout)
    {
        try
        {
            return await _breaker.ExecuteAsync(async _ => await SendAsync(name, type, timeout), CancellationToken.None);
        }
        catch (BrokenCircuitException)
        {
            return DnsAnswer.Nothing(DnsVerdict.Timeout, Name, BreakFor);
        }
    }

    [SuppressMessage(
        "Design", "CA1031:Do not catch general exception types",
        Justification = "Over bytes that strangers send, DnsClient throws anything, NullReferenceException too: none of it may end the program.")]
    async Task<DnsAnswer> SendAsync(string name, QueryType type, TimeSpan timeout)
    {
        var start = _clock.GetTimestamp();
        DnsAnswer answer;
        try
        {
            using var cancel = new CancellationTokenSource(timeout, _clock);
            answer = Read(await _client.QueryAsync(new DnsQuestion(name, type), cancel.Token).WaitAsync(timeout, _clock, CancellationToken.None), type);
            if (answer.Verdict == DnsVerdict.ServFail && await IsThereUncheckedAsync(name, type, timeout - _clock.GetElapsedTime(start)))
                answer = answer with { Verdict = DnsVerdict.Bogus };
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException || e is DnsResponseException { Code: DnsResponseCode.ConnectionTimeout })
        {
            answer = DnsAnswer.Nothing(DnsVerdict.Timeout, Name, Unknown);
        }
        catch (Exception)
        {
            // The exception's message may contain the queried name, which may contain a key: it is not logged.
            answer = DnsAnswer.Nothing(DnsVerdict.Unusable, Name, Unknown);
        }

        Asked?.Invoke(this, answer.Verdict, _clock.GetElapsedTime(start));
        return answer;
    }

    DnsAnswer Read(IDnsQueryResponse response, QueryType type)
    {
        var records = response.Answers;
        switch (response.Header.ResponseCode)
        {
            case DnsHeaderResponseCode.NotExistentDomain:
                return DnsAnswer.Nothing(DnsVerdict.NxDomain, Name, Negative(response));
            case DnsHeaderResponseCode.ServerFailure:
                return DnsAnswer.Nothing(DnsVerdict.ServFail, Name, Unknown);
            case DnsHeaderResponseCode.Refused:
                return DnsAnswer.Nothing(DnsVerdict.Refused, Name, Unknown);
            case DnsHeaderResponseCode.NoError when records.Any(r => (int)r.RecordType == (int)type):
                return new(
                    DnsVerdict.Answer, [.. records],
                    TimeSpan.FromSeconds(Math.Min(3600, records.Min(r => r.InitialTimeToLive))),
                    Name, response.Header.IsAuthenticData);
            case DnsHeaderResponseCode.NoError:
                return DnsAnswer.Nothing(DnsVerdict.NoData, Name, Negative(response));
            default:
                return DnsAnswer.Nothing(DnsVerdict.Unusable, Name, Unknown);
        }
    }

    /// <summary>RFC 2308 section 5: the smaller of the SOA's TTL and its minimum field.</summary>
    static TimeSpan Negative(IDnsQueryResponse response)
    {
        var seconds = response.Authorities.OfType<SoaRecord>().Select(s => Math.Min((long)s.InitialTimeToLive, s.Minimum)).DefaultIfEmpty(60).Min();
        return TimeSpan.FromSeconds(Math.Min(seconds, MaxNegative.TotalSeconds));
    }

    /// <summary>
    /// Repeats the query with checking disabled (RFC 4035 section 3.2.2): where that gives an answer, the signatures were invalid. DnsClient
    /// cannot set that bit, so the query is built here; of the response only the code and the count are read.
    /// </summary>
    async Task<bool> IsThereUncheckedAsync(string name, QueryType type, TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero)
            return false;
        using var cancel = new CancellationTokenSource(timeout, _clock);
        using var socket = new Socket(EndPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            await socket.ConnectAsync(EndPoint, cancel.Token);
            var question = UncheckedQuestion.Write(name, (ushort)type);
            await socket.SendAsync(question, cancel.Token);
            var answer = new byte[512];
            var length = await socket.ReceiveAsync(answer, cancel.Token);
            return UncheckedQuestion.IsAnswered(question, answer.AsSpan(0, length));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
