using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using DnsClient;
using DnsClient.Protocol;
using Polly;
using Polly.CircuitBreaker;

namespace Mailflow.Enrich;

/// <summary>
/// One resolver that is asked: by UDP, by TCP where the answer was cut. Where it has stopped answering, its circuit breaker spares
/// everybody the wait. It never throws; what goes wrong is a verdict.
/// </summary>
sealed class DnsServer
{
    /// <summary>Questions without an answer, nearly all of the last ten seconds', after which it is left alone for a while.</summary>
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
                // A domain whose own servers are dead makes a good resolver late: only where hardly anything comes it is the resolver.
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

    /// <summary>Whether it is asked at all at the moment.</summary>
    public bool IsUp => _state.CircuitState != CircuitState.Open;

    /// <summary>Called after each question that was sent, with how it ended and how long that took.</summary>
    public Action<DnsServer, DnsVerdict, TimeSpan>? Asked { get; set; }

    /// <summary>Asks once.</summary>
    /// <param name="name">A name that DNS can be asked about: see DomainNames.</param>
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

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Over bytes that strangers send, DnsClient throws anything, NullReferenceException too: none of it may end the program.")]
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
            // The message may hold the name that was asked, and that may hold a key: it goes nowhere.
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
                return new(DnsVerdict.Answer, [.. records], TimeSpan.FromSeconds(Math.Min(3600, records.Min(r => r.InitialTimeToLive))), Name, response.Header.IsAuthenticData);
            case DnsHeaderResponseCode.NoError:
                return DnsAnswer.Nothing(DnsVerdict.NoData, Name, Negative(response));
            default:
                return DnsAnswer.Nothing(DnsVerdict.Unusable, Name, Unknown);
        }
    }

    /// <summary>RFC 2308 section 5: the lesser of the SOA's own time and its minimum.</summary>
    static TimeSpan Negative(IDnsQueryResponse response)
    {
        var seconds = response.Authorities.OfType<SoaRecord>().Select(s => Math.Min((long)s.InitialTimeToLive, s.Minimum)).DefaultIfEmpty(60).Min();
        return TimeSpan.FromSeconds(Math.Min(seconds, MaxNegative.TotalSeconds));
    }

    /// <summary>
    /// Asks again with checking disabled (RFC 4035 section 3.2.2): where that gives an answer, the signatures were at fault. DnsClient
    /// cannot set that bit, so the question is written here; of the answer only the code and the count are read.
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
