using System.Buffers;
using System.Globalization;
using System.Net;
using Mailflow.Configuration;

namespace Mailflow.Ship;

/// <summary>
/// Events to an OpenTelemetry collector as log records: POST v1/logs, JSON over HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp).
/// </summary>
sealed class OtlpSink(OtlpTarget target, TimeProvider clock) : ISink, IDisposable
{
    readonly HttpClient _client = SinkHttp.Client();
    readonly Uri _endpoint = target.Endpoint("v1/logs");

    public string Name => "otlp";

    public string Target => target.ToString();

    public Task<SinkAnswer> SendAsync(ReadOnlyMemory<byte> lines, CancellationToken abort)
    {
        var body = new ArrayBufferWriter<byte>(lines.Length * 2);
        OtlpLogs.Write(lines.Span, clock.GetUtcNow(), body);
        return SinkHttp.PostJsonAsync(_client, _endpoint, body.WrittenMemory, target.Header, Judge, clock, abort);
    }

    public void Dispose() => _client.Dispose();

    SinkAnswer Judge(HttpResponseMessage response)
    {
        var http = string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)response.StatusCode}");
        return response.StatusCode switch
        {
            _ when response.IsSuccessStatusCode => SinkAnswer.Taken,
            HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge => new(SinkOutcome.Rejected, http),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
                or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway
                or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => new(SinkOutcome.Later, http, SinkHttp.RetryAfter(response, clock)),
            _ => new(
                SinkOutcome.Misconfigured,
                $"no collector accepts log records at this URL ({http}); check Otlp:Url (without /v1/logs) and Otlp:HeaderFile"),
        };
    }
}
