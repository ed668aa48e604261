using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Http.Headers;

namespace Mailflow.Ship;

/// <summary>Common to all HTTP sinks.</summary>
static class SinkHttp
{
    /// <summary>From the request to the response headers.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The client disposes of its handler.")]
    public static HttpClient Client() =>
        new(new SocketsHttpHandler
        {
            // A redirect would send the key to another server.
            AllowAutoRedirect = false,
            UseCookies = false,
            // Limited, so that a change in DNS is noticed.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = Deadline,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };

    /// <summary>The answer, or why there is none.</summary>
    public static async Task<SinkAnswer> TryAsync(Func<CancellationToken, Task<SinkAnswer>> send, TimeProvider clock, CancellationToken abort)
    {
        using var deadline = new CancellationTokenSource(Deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, abort);
        try
        {
            return await send(either.Token);
        }
        catch (OperationCanceledException) when (!abort.IsCancellationRequested)
        {
            return new(SinkOutcome.Later, string.Create(CultureInfo.InvariantCulture, $"no answer within {Deadline.TotalSeconds:0} s"));
        }
        catch (HttpRequestException e)
        {
            // The innermost exception names the problem with a host name, a port or a certificate.
            return new(SinkOutcome.Later, e.GetBaseException().Message);
        }
    }

    /// <summary>Posts JSON. The body of the response is not read: it may quote the request, and what a partial success rejects is not repeated.</summary>
    /// <param name="header">A header with a secret; null: none.</param>
    public static Task<SinkAnswer> PostJsonAsync(
        HttpClient client, Uri url, ReadOnlyMemory<byte> json, (string Name, string Value)? header, Func<HttpResponseMessage, SinkAnswer> judge,
        TimeProvider clock, CancellationToken abort) => TryAsync(
        async cancel =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url);
            request.Content = new ReadOnlyMemoryContent(json);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            if (header is var (name, value))
                request.Headers.TryAddWithoutValidation(name, value);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            return judge(response);
        },
        clock,
        abort);

    public static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider clock) =>
        response.Headers.RetryAfter is { } retry ? retry.Delta ?? (retry.Date - clock.GetUtcNow()) : null;
}
