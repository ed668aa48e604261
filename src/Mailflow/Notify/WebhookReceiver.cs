using System.Globalization;
using System.Net;
using Mailflow.Configuration;
using Mailflow.Ship;

namespace Mailflow.Notify;

/// <summary>Posts notifications as JSON to a web server.</summary>
/// <param name="form">Writes the form that the server reads.</param>
sealed class WebhookReceiver(string name, string setting, WebhookTarget target, Func<Notification, ReadOnlyMemory<byte>> form, TimeProvider clock)
    : IReceiver, IDisposable
{
    readonly HttpClient _client = SinkHttp.Client();

    public string Name => name;

    public string Target => target.ToString();

    public Task<SinkAnswer> SendAsync(Notification notification, CancellationToken abort) =>
        SinkHttp.PostJsonAsync(_client, target.Url!, form(notification), target.Header, Judge, clock, abort);

    public void Dispose() => _client.Dispose();

    SinkAnswer Judge(HttpResponseMessage response)
    {
        var http = string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)response.StatusCode}");
        return response.StatusCode switch
        {
            _ when response.IsSuccessStatusCode => SinkAnswer.Taken,
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
                new(SinkOutcome.Later, http, SinkHttp.RetryAfter(response, clock)),
            HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity =>
                new(SinkOutcome.Rejected, $"it cannot read the notification ({http}); check that {setting}:Url is of this kind"),
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest =>
                new(SinkOutcome.Misconfigured, $"it redirects ({http}); redirects are not followed. Set {setting}:Url to the target of the redirect"),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                new(SinkOutcome.Misconfigured, $"it requires a valid key ({http}); check {setting}:Url and {setting}:HeaderFile"),
            _ => new(SinkOutcome.Misconfigured, $"an unexpected answer ({http}); check {setting}:Url"),
        };
    }
}
