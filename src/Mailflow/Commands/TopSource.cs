using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Mailflow.Configuration;
using Mailflow.Incidents;
using Mailflow.Ledger;
using Mailflow.Privacy;

namespace Mailflow.Commands;

/// <summary>Where <c>top</c> reads: the API of a running program, or a store.</summary>
static class TopSource
{
    /// <summary>Of incidents and causes, far more than anybody has.</summary>
    const int MostBytes = 16 << 20;

    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The client disposes of its handler.")]
    public static HttpClient Client(Uri url, Secret? token)
    {
        // A redirect would send the token to another server.
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = url,
            Timeout = Deadline,
            MaxResponseContentBufferSize = MostBytes,
        };
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);
        return http;
    }

    /// <exception cref="IOException">There is no answer that can be used; the message says what to do.</exception>
    public static async Task<TopFigures> OfApiAsync(HttpClient http, CancellationToken stop)
    {
        using var status = await GetAsync(http, "/api/status?window=1h", stop);
        using var incidents = await GetAsync(http, "/api/v1/incidents?open=true", stop);
        return TopFigures.Of(status.RootElement, incidents.RootElement, Masking.Default);
    }

    /// <exception cref="StoreException">It cannot be read.</exception>
    public static TopFigures OfStore(string path, DateTimeOffset now) => TopFigures.Of(StoreGlance.Read(path, now), StoreIncidents.Read(path), Masking.Default);

    static async Task<JsonDocument> GetAsync(HttpClient http, string path, CancellationToken stop)
    {
        var url = new Uri(http.BaseAddress!, path);
        try
        {
            using var answer = await http.GetAsync(url, stop);
            if (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
                throw new IOException(
                    $"{url} answers {Number(answer.StatusCode)}: expected is a sign-in. Give the file that holds the token: --token-file FILE.");
            if (answer.StatusCode != HttpStatusCode.OK)
                throw new IOException($"{url} answers {Number(answer.StatusCode)}: expected 200. Is this the address of Mailflow?");
            return JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(stop));
        }
        catch (HttpRequestException e)
        {
            throw new IOException($"{url} does not answer: {(e.InnerException ?? e).Message.TrimEnd('.')}. Does Mailflow run there? See --url.", e);
        }
        catch (JsonException e)
        {
            throw new IOException($"{url} answers something else than JSON. Is this the address of Mailflow?", e);
        }
        catch (TaskCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new IOException($"{url} did not answer within {Number(Deadline.TotalSeconds)} s.", e);
        }
    }

    static string Number(HttpStatusCode code) => ((int)code).ToString(CultureInfo.InvariantCulture);

    static string Number(double number) => number.ToString(CultureInfo.InvariantCulture);
}
