using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mailflow.Configuration;
using Mailflow.Enrich;
using Mailflow.Exposition;
using Mailflow.Ledger;
using Mailflow.Printing;
using Mailflow.Privacy;
using Mailflow.Rules;
using Mailflow.Tail;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Data.Sqlite;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Mailflow.Web;

/// <summary>The HTTP server: the page, its JSON, the metrics, health and readiness. It is read-only.</summary>
static class Site
{
    static readonly (string Path, string Type)[] Assets = [("style.css", "text/css"), ("live.js", "text/javascript"), ("icon.svg", "image/svg+xml")];

    /// <summary>
    /// Milliseconds for which an answer of /metrics is used again. The exporter's default of 300 is longer than a row takes from the log to here.
    /// </summary>
    const int AnswersAreKept = 50;

    /// <summary>Load balancers probe with HEAD.</summary>
    static readonly string[] Reads = ["GET", "HEAD"];

    /// <summary>The rendered status, shared by clients that read at the same time.</summary>
    static readonly ConditionalWeakTable<PageModel, byte[]> Json = [];

    /// <summary>From an answer's first byte to its last. Metrics of hundreds of servers are 10 MB.</summary>
    internal static readonly TimeSpan AnswerDeadline = TimeSpan.FromSeconds(30);

    /// <param name="sinks">The state of the shippers; read at each scrape.</param>
    /// <param name="configure">Adds other services to the host: the flow as a hosted service, a lifetime.</param>
    /// <param name="watch">The results of the regular checks; read at each scrape.</param>
    /// <param name="rules">The state of the rules file; read at each scrape.</param>
    /// <param name="meterName">Must be unique where one process has several sites.</param>
    public static WebApplication Build(
        MailflowOptions options,
        IReadOnlyList<Tailer> tailers,
        Committer committer,
        Store store,
        Masking masking,
        TimeProvider clock,
        ILoggerFactory logs,
        Func<IReadOnlyList<SinkState>>? sinks = null,
        Action<WebApplicationBuilder>? configure = null,
        Func<WatchState>? watch = null,
        Func<RulesStatus>? rules = null,
        string meterName = "Mailflow")
    {
        // Only the settings of Mailflow configure it: no file of the working directory, no ASPNETCORE_ or DOTNET_ variable. ASP.NET's other
        // builders read those, and watch every folder below the working directory for changed files.
        var builder = WebApplication.CreateEmptyBuilder(
            new() { ApplicationName = "mailflow", EnvironmentName = Environments.Production, ContentRootPath = AppContext.BaseDirectory });
        builder.Services.AddRoutingCore();
        ApiDocument.Add(builder.Services);
        var connections = new OpenConnections(clock, logs.CreateLogger("Mailflow.Web"));
        var searches = new SearchCounts();
        Scrape Look() => Scrape.Take(
            tailers, committer, store, clock, sinks ?? (() => []), watch ?? (() => WatchState.Nothing), rules ?? (() => RulesStatus.None)) with
        {
            Searches = searches.All,
        };
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton(_ => new Telemetry(Look, meterName, store.Born));
        builder.Services.AddSingleton(_ => new PageReader(options, Look, store, masking, clock));
        builder.Services.AddSingleton(_ => new MessageFinder(options, store, masking, clock, searches, logs.CreateLogger("Mailflow.Web")));
        AddReaders(builder.Services, () => committer.Current, store, masking, clock);
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(r => r.Clear().AddService("mailflow", serviceVersion: ProgramVersion.Text, autoGenerateServiceInstanceId: false))
            .WithMetrics(meters => Push(
                meters.AddPrometheusExporter(o => (o.ScopeInfoEnabled, o.ScrapeResponseCacheDurationMilliseconds) = (false, AnswersAreKept)), options));
        builder.Services.ConfigureOpenTelemetryMeterProvider((services, meters) => services.GetRequiredService<Telemetry>().Register(meters));
        builder.Services.AddSingleton(_ => new MetricsAnswers(clock));
        var certificate = options.Certificate is { } files ? new ServerCertificate(files, clock, logs.CreateLogger("Mailflow.Web")) : null;
        Listen(builder, options.Listen, certificate, connections);
        configure?.Invoke(builder);

        var app = builder.Build();
        if (options.Listen.IsLoopback)
            app.UseHostFiltering();
        app.Use(connections.ServeAsync);
        app.Use((http, next) => BoundAsync(http, next, clock));
        app.Use(AddHeaders);
        app.Use(new Access(options, clock, logs.CreateLogger("Mailflow.Web")).CheckAsync);
        app.UseStatusCodePages(c => NoAnswerAsync(c.HttpContext));
        var readiness = new Readiness(clock);
        app.UseWhen(http => http.Request.Path == "/metrics", branch => branch.Use(app.Services.GetRequiredService<MetricsAnswers>().ServeAsync));
        app.MapPrometheusScrapingEndpoint("/metrics").WithMetadata(new HttpMethodMetadata(Reads));
        PageSite.Map(app, Reads);
        app.MapMethods("/api/status", Reads, StatusAsync).Produces<PageModel>(200, "application/json").Produces<string>(400, "text/plain")
            .Produces<string>(503, "text/plain");
        ApiDocument.Map(app, Reads);
        MessageSite.Map(app, Reads);
        app.MapMethods(HistoryPage.Path, Reads, HistoryPage.ServeAsync);
        app.MapMethods("/healthz", Reads, (HttpContext http) => TextAsync(http, 200, "alive"));
        app.MapMethods(
            "/readyz", Reads,
            (HttpContext http) => app.Lifetime.ApplicationStopping.IsCancellationRequested
                ? TextAsync(http, 503, "stopping")
                : readiness.Problems(Look()) is { Count: > 0 } problems ? TextAsync(http, 503, string.Join('\n', problems))
                : TextAsync(http, 200, "ready"));
        MapFiles(app);
        app.Services.GetRequiredService<Telemetry>().Use(app.Services.GetRequiredService<MeterProvider>());
        return app;
    }

    /// <summary>The content of a response that has only a status.</summary>
    static Task NoAnswerAsync(HttpContext http) => http.Response.StatusCode switch
    {
        404 when http.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) =>
            MessageApi.FaultAsync(http, 404, "There is no such address. /openapi/v1.json describes all of them."),
        404 => WriteAsync(http, 404, "text/html", DocPage.Missing(http.Request.Path.Value ?? "")),
        var status => TextAsync(http, status, ReasonPhrases.GetReasonPhrase(status)),
    };

    /// <summary>The documents, and what the page loads.</summary>
    static void MapFiles(WebApplication app)
    {
        app.MapMethods("/docs/{**name}", Reads, (HttpContext http, string? name) => DocPage.Render("docs/" + name) is { } document
            ? WriteAsync(http, 200, "text/html", document)
            : WriteAsync(http, 404, "text/html", DocPage.Missing(http.Request.Path.Value ?? "")));
        foreach (var (path, type) in Assets)
        {
            var content = Asset(path);
            app.MapMethods("/" + path, Reads, (HttpContext http) => WriteAsync(http, 200, type, path == "style.css" ? content + Colours(http) : content));
        }
    }

    static void Push(MeterProviderBuilder metrics, MailflowOptions options)
    {
        if (options.Otlp is not { } otlp)
            return;
        metrics.AddOtlpExporter((exporter, reader) =>
        {
            exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
            exporter.Endpoint = otlp.Endpoint("v1/metrics");
            // A receiver that hangs must not delay the shutdown.
            exporter.TimeoutMilliseconds = 2000;
            if (otlp.Header is var (name, value))
                exporter.Headers = $"{name}={Uri.EscapeDataString(value)}";
            // A variable of OpenTelemetry could select delta temporality; counters of a store are cumulative.
            reader.TemporalityPreference = MetricReaderTemporalityPreference.Cumulative;
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.OtlpInterval.TotalMilliseconds;
        });
    }

    /// <summary>
    /// Loopback needs no password, so another web page in the reader's browser must not reach it under a host name of its own (DNS rebinding):
    /// only the names of loopback are accepted.
    /// </summary>
    static void Listen(WebApplicationBuilder builder, Uri listen, ServerCertificate? certificate, OpenConnections connections)
    {
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(endpoint =>
            {
                endpoint.Protocols = HttpProtocols.Http1;
                endpoint.Use(next => connection => connections.ServeAsync(connection, next));
            });
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxRequestLineSize = 4096;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
            // Also for a connection that has not sent anything yet. The page refreshes after 5 s; a scraper opens another connection.
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(8);
            if (IPAddress.TryParse(listen.DnsSafeHost, out var address))
                kestrel.Listen(address, listen.Port, Encrypt);
            else if (listen.IsLoopback)
                kestrel.ListenLocalhost(listen.Port, Encrypt);
            else
                kestrel.ListenAnyIP(listen.Port, Encrypt);
        });
        if (listen.IsLoopback)
            builder.Services.AddHostFiltering(o => (o.AllowedHosts, o.AllowEmptyHosts) = (["localhost", "127.0.0.1", "[::1]", listen.Host], false));

        void Encrypt(ListenOptions endpoint)
        {
            if (certificate is not null)
                endpoint.UseHttps(new TlsHandshakeCallbackOptions
                {
                    HandshakeTimeout = TimeSpan.FromSeconds(5),
                    OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = certificate.Current }),
                });
        }
    }

    /// <summary>
    /// Closes the connection where the client does not read the answer in time. The timer belongs to the request, which may answer after this
    /// method returns.
    /// </summary>
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The response owns it.")]
    internal static Task BoundAsync(HttpContext http, RequestDelegate next, TimeProvider clock)
    {
        var late = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        http.Response.RegisterForDispose(late);
        http.Response.RegisterForDispose(late.Token.UnsafeRegister(request => ((HttpContext)request!).Abort(), http));
        http.Response.OnStarting(() =>
        {
            late.CancelAfter(AnswerDeadline);
            return Task.CompletedTask;
        });
        return next(http);
    }

    static Task AddHeaders(HttpContext http, RequestDelegate next)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.XFrameOptions = "DENY";
        headers.CacheControl = "no-store";
        return next(http);
    }

    static async Task StatusAsync(HttpContext http, PageReader reader, MessageFinder finder)
    {
        if (Window.Of(http.Request.Query["window"].ToString()) is not { } window)
        {
            await TextAsync(http, 400, $"window: allowed is {Window.Allowed}.");
            return;
        }

        try
        {
            var page = await reader.ReadAsync(window, finder.Clock.LocalTimeZone, http.RequestAborted);
            await WriteAsync(http, 200, "application/json", Json.GetValue(page, p => JsonSerializer.SerializeToUtf8Bytes(p, PageJson.Web.PageModel)));
        }
        catch (Exception e) when (e is SqliteException or InvalidCastException or InvalidDataException)
        {
            await TextAsync(
                http, 503,
                $"The store cannot be read: {e.Message}\nMetrics and events continue while the store can be written. "
                + "Restart Mailflow: it checks the store and reports what to do.");
        }
    }

    static void AddReaders(IServiceCollection services, Func<Snapshot> committed, Store store, Masking masking, TimeProvider clock)
    {
        services.AddSingleton(all => new PlaceReader(committed, store, all.GetRequiredService<MessageFinder>().Masking, clock));
        services.AddSingleton(_ => new HistorySource(store, committed, masking, clock));
        services.AddSingleton(_ => new IncidentsNow(committed, masking, clock));
    }

    public static Task HtmlAsync(HttpContext http, int status, string html) => WriteAsync(http, status, "text/html", html);

    /// <summary>A download.</summary>
    /// <param name="name">Its name as a file: letters, digits, hyphens and a dot.</param>
    public static Task FileAsync(HttpContext http, string type, string name, byte[] content)
    {
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        return WriteAsync(http, 200, type, content);
    }

    /// <summary>The colours that the reader has chosen, whatever the browser prefers.</summary>
    static string Colours(HttpContext http) =>
        http.Request.Cookies[View.ColoursName] is ("light" or "dark") and var chosen ? $":root {{ color-scheme: {chosen}; }}\n" : "";

    public static Task TextAsync(HttpContext http, int status, string text) => WriteAsync(http, status, "text/plain", text + "\n");

    static Task WriteAsync(HttpContext http, int status, string type, string content) => WriteAsync(http, status, type, Encoding.UTF8.GetBytes(content));

    static Task WriteAsync(HttpContext http, int status, string type, byte[] content)
    {
        (http.Response.StatusCode, http.Response.ContentType) = (status, type + "; charset=utf-8");
        return Pieces.WriteAsync(http, content);
    }

    static string Asset(string name)
    {
        using var reader = new StreamReader(typeof(Site).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}

/// <summary>Renders the page as JSON.</summary>
[JsonSerializable(typeof(PageModel))]
sealed partial class PageJson : JsonSerializerContext
{
    /// <summary>Letters of all languages are not escaped: this text does not go into HTML.</summary>
    public static PageJson Web { get; } = new(new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = ReadableJson.Encoder,
    });
}
