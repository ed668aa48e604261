namespace Mailflow.Configuration;

/// <summary>An OpenTelemetry collector.</summary>
/// <param name="Url">The part before <c>/v1/metrics</c> and <c>/v1/logs</c>.</param>
/// <param name="Header">Sent with each request; its value is secret.</param>
sealed record OtlpTarget(Uri Url, (string Name, string Value)? Header = null)
{
    public Uri Endpoint(string path) => new($"{Url.ToString().TrimEnd('/')}/{path}");

    /// <summary>Without the header, and without the parts of the URL that may be secret.</summary>
    public override string ToString() => Url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');
}
