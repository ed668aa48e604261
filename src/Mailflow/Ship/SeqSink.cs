using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Mailflow.Configuration;

namespace Mailflow.Ship;

/// <summary>
/// Sends events to a Seq server in batches of newline-delimited CLEF: POST ingest/clef (https://docs.datalust.co/docs/posting-raw-events).
/// Servers up to 2023 have api/events/raw?clef instead: where one is not found, the other is tried.
/// </summary>
sealed class SeqSink : ISink, IDisposable
{
    readonly string? _key;
    readonly TimeProvider _clock;
    readonly HttpClient _client;
    readonly Uri[] _endpoints;
    int _endpoint;

    public SeqSink(SeqTarget target, TimeProvider clock)
    {
        (_key, _clock) = (target.ApiKey, clock);
        Target = target.Url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');
        _endpoints = [new($"{Target}/ingest/clef"), new($"{Target}/api/events/raw?clef")];
        _client = SinkHttp.Client();
    }

    public string Name => "seq";

    public string Target { get; }

    public async Task<SinkAnswer> SendAsync(ReadOnlyMemory<byte> lines, CancellationToken abort)
    {
        // HttpClient's exception for such a key may contain it.
        if (_key is not null && _key.AsSpan().ContainsAnyExceptInRange('!', '~'))
            return new(
                SinkOutcome.Misconfigured,
                "the API key contains an invalid character (space, line end, or non-ASCII); "
                + "Events:Seq:ApiKeyFile must name a file with only the key");
        return await SinkHttp.TryAsync(
            async cancel =>
            {
                using var first = await PostAsync(_endpoints[_endpoint], lines, cancel);
                if (!IsMissing(first.StatusCode))
                    return Judge(first);
                using var second = await PostAsync(_endpoints[1 - _endpoint], lines, cancel);
                if (!IsMissing(second.StatusCode))
                    _endpoint = 1 - _endpoint;
                return Judge(second);
            },
            _clock,
            abort);
    }

    public void Dispose() => _client.Dispose();

    async Task<HttpResponseMessage> PostAsync(Uri endpoint, ReadOnlyMemory<byte> lines, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
        request.Content = new ReadOnlyMemoryContent(lines);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/vnd.serilog.clef", "utf-8");
        if (_key is not null)
            request.Headers.TryAddWithoutValidation("X-Seq-ApiKey", _key);
        // The body of a response may quote the request; it is not read.
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
    }

    SinkAnswer Judge(HttpResponseMessage response)
    {
        var http = string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)response.StatusCode}");
        return response.StatusCode switch
        {
            _ when response.IsSuccessStatusCode => SinkAnswer.Taken,
            HttpStatusCode.BadRequest => new(SinkOutcome.Rejected, $"it cannot read the event ({http})"),
            HttpStatusCode.RequestEntityTooLarge => new(SinkOutcome.Rejected, $"too large ({http})"),
            HttpStatusCode.Unauthorized => new(
                SinkOutcome.Misconfigured,
                $"the API key is missing or unknown ({http}); create one in Seq under Data > Ingestion > API keys and set Events:Seq:ApiKeyFile"),
            HttpStatusCode.Forbidden => new(
                SinkOutcome.Misconfigured,
                $"the API key has no permission to ingest ({http}); grant it the permission Ingest in Seq"),
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => new(
                SinkOutcome.Misconfigured,
                $"it redirects ({http}); redirects are not followed, to protect the API key. Set Events:Seq:Url to the target of the redirect"),
            _ when IsMissing(response.StatusCode) => new(SinkOutcome.Misconfigured, $"no Seq at this URL ({http}); check Events:Seq:Url"),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
                new(SinkOutcome.Later, http, SinkHttp.RetryAfter(response, _clock)),
            _ => new(SinkOutcome.Misconfigured, $"an unexpected answer ({http}); check Events:Seq:Url and proxies in between"),
        };
    }

    static bool IsMissing(HttpStatusCode status) => status is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed;
}
