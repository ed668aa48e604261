using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Mailflow.Configuration;
using Mailflow.Logging;
using Microsoft.AspNetCore.Http.Features;

namespace Mailflow.Web;

/// <summary>
/// Signing in with the token of the settings: programs send it with each request, browsers once. Their cookie holds the end of the sign-in and a
/// code made of it with the token, so it is also good after a restart, and no longer when the token is changed.
/// </summary>
sealed class SignIn(Secret token, TimeProvider clock, ILogger log)
{
    public const string Path = "/sign-in";
    public const string Cookie = "mailflow-sign-in";

    const string Bearer = "Bearer ";
    const int MostBytes = 8 * 1024;
    const int MostAddress = 4096;

    /// <summary>A working day. Browsers delete the cookie earlier, when they are closed.</summary>
    static readonly TimeSpan Lasts = TimeSpan.FromHours(12);

    static readonly TimeSpan FormDeadline = TimeSpan.FromSeconds(10);

    readonly Attempts _attempts = new(clock);
    readonly byte[] _hash = SHA256.HashData(Encoding.UTF8.GetBytes(token.Value));

    /// <summary>The status for a request: 200 signed in, 401 not, 429 too many wrong tokens.</summary>
    public int StatusOf(HttpContext http)
    {
        var given = http.Request.Headers.Authorization;
        if (given is [{ } one] && one.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return Judge(http, one[Bearer.Length..].Trim());
        return IsGood(http.Request.Cookies[Cookie]) ? 200 : 401;
    }

    /// <summary>Answers the form: with a cookie and the page that was wanted, or with the form again.</summary>
    public async Task AnswerAsync(HttpContext http)
    {
        if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
        {
            await Site.HtmlAsync(http, 200, SignInPage.Form("/", null));
            return;
        }

        if (!HttpMethods.IsPost(http.Request.Method))
        {
            http.Response.StatusCode = 405;
            return;
        }

        if (await FormAsync(http) is not var (given, to))
        {
            await Site.HtmlAsync(http, 400, SignInPage.Form("/", "This form cannot be read. Expected is the token."));
            return;
        }

        var status = Judge(http, given);
        if (status != 200)
        {
            await Site.HtmlAsync(http, status, SignInPage.Form(to, Says(http, status)));
            return;
        }

        var end = clock.GetUtcNow().Add(Lasts).ToUnixTimeSeconds();
        http.Response.Cookies.Append(
            Cookie, $"{end.ToString(CultureInfo.InvariantCulture)}.{CodeOf(end)}",
            new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps, Path = "/" });
        http.Response.Headers.Location = to;
        http.Response.StatusCode = 303;
    }

    /// <summary>Why a request is not signed in, and what to do.</summary>
    public static string Says(HttpContext http, int status)
    {
        if (status != 429)
            return http.Request.Headers.Authorization.Count > 0 || http.Request.Path == Path
                ? "This token is wrong. Expected is the one that Web:Token or Web:TokenFile of Mailflow has."
                : "Sign in: send the header Authorization: Bearer TOKEN, or open the page in a browser. TOKEN is that of Web:Token or Web:TokenFile.";
        http.Response.Headers.RetryAfter = Attempts.Minute.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        return $"{Attempts.Most} wrong tokens came from your address within a minute. Try again in a minute.";
    }

    int Judge(HttpContext http, string given)
    {
        var right = CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), _hash);
        if (_attempts.Count(http.Connection.RemoteIpAddress, right) is not { } wrong)
            return 200;
        if (wrong is 1 or Attempts.Most)
            Log.WrongToken(log, http.Connection.RemoteIpAddress?.ToString() ?? "unknown", wrong);
        return wrong > Attempts.Most ? 429 : 401;
    }

    bool IsGood(string? cookie)
    {
        if (cookie?.Split('.') is not [var time, var code]
            || !long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var end)
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(code), Encoding.UTF8.GetBytes(CodeOf(end))))
            return false;
        return end > clock.GetUtcNow().ToUnixTimeSeconds();
    }

    string CodeOf(long end) => Convert.ToHexStringLower(
        HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(token.Value), Encoding.UTF8.GetBytes($"mailflow sign-in until {end.ToString(CultureInfo.InvariantCulture)}")));

    /// <summary>The token, and the page that is wanted; null where it is not this form.</summary>
    async Task<(string Token, string To)?> FormAsync(HttpContext http)
    {
        // The server accepts no body by default.
        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = MostBytes;
        if (http.Request.ContentType?.Split(';')[0].Trim() is not "application/x-www-form-urlencoded")
            return null;
        using var late = new CancellationTokenSource(FormDeadline, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, http.RequestAborted);
        try
        {
            var form = await http.Request.ReadFormAsync(new FormOptions { ValueCountLimit = 8, BufferBodyLengthLimit = MostBytes }, stop.Token);
            return (form["token"].ToString().Trim(), Local(form["to"].ToString()));
        }
        catch (Exception e) when (e is InvalidDataException or IOException || (e is OperationCanceledException && late.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>An address of this site; others would let a link lead through the sign-in to another site.</summary>
    internal static string Local(string to) =>
        to is ['/', ..] and not ['/', '/' or '\\', ..] && to.Length <= MostAddress && to.All(c => c is > ' ' and <= '~') ? to : "/";
}
