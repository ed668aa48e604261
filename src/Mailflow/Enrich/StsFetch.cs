using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Mailflow.Analysis.Domains;

namespace Mailflow.Enrich;

/// <summary>The result of fetching an MTA-STS policy.</summary>
/// <param name="Says">Why there is none.</param>
sealed record StsFetch(StsPolicy? Policy, string Says)
{
    public static string UrlOf(string domain) => $"https://mta-sts.{domain}/.well-known/mta-sts.txt";
}

/// <summary>Fetches policies: HTTPS with a valid certificate, no redirects, limits on size and time (RFC 8461 section 3.3).</summary>
/// <param name="roots">Trusted roots instead of the system's; null for the system's.</param>
/// <param name="port">443; other ports for tests.</param>
sealed class StsFetcher(Resolver resolver, TimeProvider clock, X509Certificate2Collection? roots = null, int port = 443) : IDisposable
{
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        ConnectCallback = async (context, stop) => await HostCheck.ConnectAsync(resolver, new(context.DnsEndPoint.Host, port), clock, stop),
        SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = HostCheck.ChainPolicy(roots) },
    })
    {
        // The deadline below uses the given clock.
        Timeout = System.Threading.Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = StsPolicy.MaxLength,
    };

    public async Task<StsFetch> FetchAsync(string domain, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(Deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        try
        {
            using var answer = await _client.GetAsync(new Uri(StsFetch.UrlOf(domain)), either.Token);
            if (answer.StatusCode != System.Net.HttpStatusCode.OK)
                return new(null, $"the server answers {(int)answer.StatusCode}");
            var text = Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync(either.Token));
            return StsPolicy.Parse(text, out var fault) is { } policy ? new(policy, "") : new(null, fault);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            return new(null, "the certificate of its server is not valid");
        }
        catch (HttpRequestException)
        {
            return new(null, "its server cannot be reached");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new(null, $"no answer within {Deadline.TotalSeconds} s");
        }
    }

    public void Dispose() => _client.Dispose();
}
