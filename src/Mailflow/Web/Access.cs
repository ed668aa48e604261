using System.Net;
using Mailflow.Configuration;
using Microsoft.AspNetCore.Http.Features;

namespace Mailflow.Web;

/// <summary>
/// Who gets an answer. Where a sign-in is set, everybody needs it. Without one, page and API answer only connections from this machine over loopback;
/// the addresses of the connection decide, since a client chooses its headers. What is not listed as open is closed.
/// </summary>
sealed class Access(MailflowOptions options, TimeProvider clock, ILogger log)
{
    /// <summary>For scrapers and supervisors, and what the sign-in page loads.</summary>
    static readonly HashSet<string> Open = new(["/healthz", "/readyz", "/style.css", "/icon.svg"], StringComparer.Ordinal);

    const string NoSignIn =
        "Mailflow shows this to other machines only with a sign-in. Set Web:TokenFile to a file that holds a token, or Web:ProxyHeader and Web:TrustedProxies"
        + " behind a reverse proxy that checks its users. Web:AllowAnonymous=true lets everybody with network access read it. See docs/deployment.md.";

    const string OnlyByProxy =
        "Only users of the reverse proxy may read this: this connection is not from Web:TrustedProxies, or has not one header as Web:ProxyHeader names it.";

    const string OtherHost =
        "This host name is not known. Without a sign-in, a connection over loopback must name localhost, this machine or an IP address: open such an address.";

    readonly AccessOptions _access = options.Access;
    readonly SignIn? _signIn = options.Access.Token is { } token ? new(token, clock, log) : null;

    public Task CheckAsync(HttpContext http, RequestDelegate next)
    {
        var path = http.Request.Path.Value ?? "";
        if (Open.Contains(path) || (path == "/metrics" && !_access.ProtectMetrics))
            return next(http);
        if (_signIn is not null && path == SignIn.Path)
            return _signIn.AnswerAsync(http);
        if (!_access.HasSignIn)
            return _access.AllowAnonymous ? next(http)
                : !IsLocal(http.Connection) ? RefuseAsync(http, 403, NoSignIn)
                : IsOwnName(http.Request.Host) ? next(http)
                : RefuseAsync(http, 403, OtherHost);
        if (IsOfProxy(http))
            return next(http);
        if (_signIn is null)
            return RefuseAsync(http, 403, OnlyByProxy);
        var status = _signIn.StatusOf(http);
        return status == 200 ? next(http) : AskAsync(http, status);
    }

    /// <summary>The form for a browser, a sentence for a program.</summary>
    static Task AskAsync(HttpContext http, int status)
    {
        var says = SignIn.Says(http, status);
        if (status == 401)
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"Mailflow\"";
        var wanted = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return IsForPeople(http)
            ? Site.HtmlAsync(http, status, SignInPage.Form(wanted, status == 429 ? says : null))
            : Site.TextAsync(http, status, says);
    }

    static Task RefuseAsync(HttpContext http, int status, string why) =>
        IsForPeople(http) ? Site.HtmlAsync(http, status, SignInPage.Refused(why)) : Site.TextAsync(http, status, why);

    static bool IsForPeople(HttpContext http) => http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether both ends are loopback: packets to a loopback address may come from elsewhere where the system forwards them.</summary>
    static bool IsLocal(ConnectionInfo connection) =>
        connection is { LocalIpAddress: { } here, RemoteIpAddress: { } there } && IPAddress.IsLoopback(Plain(here)) && IPAddress.IsLoopback(Plain(there));

    /// <summary>Another web page in a browser of this machine may reach loopback under a host name of its own (DNS rebinding), but not by an address.</summary>
    static bool IsOwnName(HostString host) =>
        IPAddress.TryParse(host.Host, out _)
        || host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.Host.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase);

    /// <summary>Several values are refused: one of them may be the client's own.</summary>
    bool IsOfProxy(HttpContext http) =>
        _access.ProxyHeader is { } name
        && http.Connection.RemoteIpAddress is { } remote
        && _access.TrustedProxies.Any(n => n.Contains(Plain(remote)))
        && http.Request.Headers[name] is [{ Length: > 0 } user]
        && !user.Contains(',', StringComparison.Ordinal);

    static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
