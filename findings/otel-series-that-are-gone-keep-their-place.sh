#!/bin/bash
# Package: OpenTelemetry 1.20.1, OpenTelemetry.Exporter.Prometheus.AspNetCore 1.20.1-beta.1 (.NET 10). Needs the .NET 10 SDK.
# Expected: the CardinalityLimit of a view limits the series that an observable gauge reports in one collection. A gauge over queues that
#   come and go, never more than one at a time, needs room for a few: a series that is no longer reported leaves /metrics at the next
#   scrape, so its place is free again.
# Happens: it leaves /metrics, but keeps its place for the life of the process (the reader is cumulative). With a limit of 5 the sixth
#   queue, alone at its time, is shown as {otel_metric_overflow="true"} without its name, and so is every later one; the first five are
#   still shown when they come back.
# For users: a monitor of mail queues, which are named after the domains that mail goes to, loses every new queue some days after its
#   start, and an alert by queue name stays silent. Mailflow makes the meter again before it is full (src/Mailflow/Metrics).
# Source: measured.
set -u
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir" || exit 1
cat > t.csproj <<'P'
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType>
    <ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="OpenTelemetry.Extensions.Hosting" Version="[1.20.1]" />
    <PackageReference Include="OpenTelemetry.Exporter.Prometheus.AspNetCore" Version="[1.20.1-beta.1]" />
  </ItemGroup>
</Project>
P
cat > Program.cs <<'P'
using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
var queue = "";
using var meter = new Meter("queues");
meter.CreateObservableGauge("queue_messages", () => new Measurement<long>(7, new KeyValuePair<string, object?>("next_hop", queue)));
var builder = WebApplication.CreateBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Services.AddOpenTelemetry().WithMetrics(m => m
    .AddMeter("queues")
    .AddView("queue_messages", new MetricStreamConfiguration { CardinalityLimit = 5 })
    .AddPrometheusExporter(o => (o.ScrapeResponseCacheDurationMilliseconds, o.ScopeInfoEnabled) = (0, false)));
await using var app = builder.Build();
app.MapPrometheusScrapingEndpoint();
await app.StartAsync();
using var http = new HttpClient { BaseAddress = new(app.Urls.Single()) };
foreach (var name in new[] { "a", "b", "c", "d", "e", "f", "g", "a" })
{
    queue = name + ".example";
    var text = await http.GetStringAsync("/metrics");
    var series = text.Split('\n').Where(l => l.StartsWith("queue_messages{")).Select(l => string.Join(' ', l.Split(' ').Take(2)));
    Console.WriteLine($"the one queue is {queue}: " + string.Join(", ", series));
}
P
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet run -c Release > out.txt 2> err.txt || { cat out.txt err.txt; exit 1; }
cat out.txt
cat > expected.txt <<'P'
the one queue is a.example: queue_messages{next_hop="a.example"} 7
the one queue is b.example: queue_messages{next_hop="b.example"} 7
the one queue is c.example: queue_messages{next_hop="c.example"} 7
the one queue is d.example: queue_messages{next_hop="d.example"} 7
the one queue is e.example: queue_messages{next_hop="e.example"} 7
the one queue is f.example: queue_messages{otel_metric_overflow="true"} 7
the one queue is g.example: queue_messages{otel_metric_overflow="true"} 7
the one queue is a.example: queue_messages{next_hop="a.example"} 7
P
diff out.txt expected.txt
