using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Mailflow.Simulator;
using Mailflow.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Mailflow.EndToEnd;

/// <summary>The real program pushes to an OTLP endpoint over HTTP.</summary>
public sealed class OtlpTests
{
    [Fact]
    public async Task Metrics_and_events_arrive_at_an_OTLP_collector()
    {
        var cancel = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("mailflow-otlp-").FullName;
        var logs = Path.Combine(folder, "logs");
        using (var simulation = new Simulation(new SimulationOptions { Folder = logs, Server = "EX01", SizeBytes = 3_000_000, Seed = 5 }, TimeProvider.System))
            await simulation.RunAsync(null, cancel);
        var truth = SimulationTruth.Load(logs);
        var failed = (int)truth.Failures.Values.Sum();
        await File.WriteAllTextAsync(Path.Combine(folder, "header"), "X-Token: secret-7f3a\n", cancel);
        var records = new ConcurrentBag<JsonElement>();
        var metrics = new ConcurrentBag<byte[]>();
        await using var collector = Collector(records, metrics);
        await collector.StartAsync(cancel);
        string[] arguments =
        [
            "run", "--logs", $"EX01={logs}", "--state", Path.Combine(folder, "state"), "--listen", $"http://127.0.0.1:{RunningProgram.FreePort()}",
            "--set", $"Otlp:Url={collector.Urls.Single()}", "--set", $"Otlp:HeaderFile={Path.Combine(folder, "header")}", "--set", "Otlp:Interval=1s",
        ];
        try
        {
            using var program = new RunningProgram(arguments);
            await Waiting.UntilAsync(
                () => program.HasExited || (records.Count >= failed && metrics.Any(m => Sum(m, "mailflow_rows") == truth.Rows)),
                () => program.Output);
            Assert.Equal(truth.Rows, metrics.Max(m => Sum(m, "mailflow_rows")));
            Assert.Equal(failed, metrics.Max(m => Sum(m, "mailflow_failures")));
            Assert.Equal(truth.LatencyMs.Values.Sum(l => l.Count), metrics.Max(m => Histogram(m, "mailflow_delivery_latency_seconds").Count));
            Assert.Equal(truth.LatencyMs.Values.Sum(l => l.Sum) / 1000.0, metrics.Max(m => Histogram(m, "mailflow_delivery_latency_seconds").Sum), 3);
            Assert.Equal(truth.LatencyMs.Values.Sum(l => l.Count), metrics.Max(m => Histogram(m, "mailflow_delivery_latency_seconds").Buckets));
            Assert.Equal(failed, records.Select(r => Attribute(r, "EventId").GetString()).Distinct(StringComparer.Ordinal).Count());
            Assert.All(records, r =>
            {
                Assert.Equal((13, "WARN"), (r.GetProperty("severityNumber").GetInt32(), r.GetProperty("severityText").GetString()));
                Assert.DoesNotContain('{', r.GetProperty("body").GetProperty("stringValue").GetString()!);
                Assert.Equal(19, r.GetProperty("timeUnixNano").GetString()!.Length);
            });
            foreach (var (cause, count) in truth.Failures)
                Assert.Equal(count, records.Count(r => Attribute(r, "Cause").GetString() == cause));
            Assert.Equal(0, await program.StopAsync(cancel));
            Assert.DoesNotContain("secret-7f3a", program.Output, StringComparison.Ordinal);

            // After a restart the counters continue with the same start time; counters of the process itself have a new one.
            string[] kept = ["mailflow_rows", "mailflow_messages", "mailflow_failures", "mailflow_delivery_latency_seconds", "mailflow_delivery_stage_seconds"];
            bool IsWhole(byte[] request) => Sum(request, "mailflow_rows") == truth.Rows && kept.All(n => Starts(request, n).Count > 0);
            var first = metrics.First(IsWhole);
            metrics.Clear();
            using var again = new RunningProgram(arguments);
            for (var until = DateTime.UtcNow.AddMinutes(1); !metrics.Any(IsWhole) && DateTime.UtcNow < until; await Task.Delay(50, cancel))
                Assert.False(again.HasExited, again.Output);
            var second = metrics.First(IsWhole);
            foreach (var name in kept)
                Assert.Equal((name, Assert.Single(Starts(first, name))), (name, Assert.Single(Starts(second, name))));
            Assert.Equal(Starts(first, "mailflow_rows"), Starts(first, "mailflow_delivery_stage_seconds"));
            Assert.True(Starts(first, "mailflow_folded_values").Single() < Starts(second, "mailflow_folded_values").Single());
            Assert.Equal(truth.Rows, Sum(second, "mailflow_rows"));
            Assert.Equal(truth.LatencyMs.Values.Sum(l => l.Count), Histogram(second, "mailflow_delivery_latency_seconds").Count);
            Assert.Equal(0, await again.StopAsync(cancel));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static WebApplication Collector(ConcurrentBag<JsonElement> records, ConcurrentBag<byte[]> metrics)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
            var known = http.Request.Headers["X-Token"] == "secret-7f3a";
            http.Response.StatusCode = known ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized;
            if (known && http.Request.Path == "/v1/logs" && http.Request.ContentType == "application/json")
            {
                var scope = JsonElement.Parse(body.ToArray()).GetProperty("resourceLogs")[0].GetProperty("scopeLogs")[0];
                foreach (var record in scope.GetProperty("logRecords").EnumerateArray())
                    records.Add(record);
            }
            else if (known && http.Request.Path == "/v1/metrics" && http.Request.ContentType == "application/x-protobuf")
                metrics.Add(body.ToArray());
        });
        return app;
    }

    static JsonElement Attribute(JsonElement record, string key) =>
        record.GetProperty("attributes").EnumerateArray().First(a => a.GetProperty("key").ValueEquals(key)).GetProperty("value").GetProperty("stringValue");

    /// <summary>
    /// The points of a sum, added: ExportMetricsServiceRequest.resource_metrics(1).scope_metrics(2).metrics(2){name(1), sum(7){data_points(1){as_double(4)}}}.
    /// https://github.com/open-telemetry/opentelemetry-proto, metrics.proto
    /// </summary>
    static double Sum(byte[] request, string name) =>
        (from metric in Metrics(request, name)
         from sum in Fields(metric, 7)
         from point in Fields(sum, 1)
         from value in Fields(point, 4)
         select BitConverter.ToDouble(value)).Sum();

    /// <summary>HistogramDataPoint: count(4), sum(5), bucket_counts(6, packed fixed64); the field histogram(9) of a metric.</summary>
    static (long Count, double Sum, long Buckets) Histogram(byte[] request, string name)
    {
        var points = (from metric in Metrics(request, name) from histogram in Fields(metric, 9) from point in Fields(histogram, 1) select point).ToList();
        return (
            points.Sum(p => Fields(p, 4).Sum(v => BitConverter.ToInt64(v))),
            points.Sum(p => Fields(p, 5).Sum(v => BitConverter.ToDouble(v))),
            points.Sum(p => Fields(p, 6).Sum(v => Enumerable.Range(0, v.Length / 8).Sum(i => BitConverter.ToInt64(v, 8 * i)))));
    }

    /// <summary>start_time_unix_nano(2) of the points of a sum(7) or a histogram(9), without duplicates.</summary>
    static List<ulong> Starts(byte[] request, string name) =>
        [
            .. (from metric in Metrics(request, name)
                from data in Fields(metric, 7).Concat(Fields(metric, 9))
                from point in Fields(data, 1)
                from start in Fields(point, 2)
                select BitConverter.ToUInt64(start)).Distinct(),
        ];

    static IEnumerable<byte[]> Metrics(byte[] request, string name) =>
        from resource in Fields(request, 1)
        from scope in Fields(resource, 2)
        from metric in Fields(scope, 2)
        where Fields(metric, 1).Any(n => Encoding.UTF8.GetString(n) == name)
        select metric;

    /// <summary>The values of one field of a protocol buffers message: bytes, or the eight bytes of a fixed64.</summary>
    static IEnumerable<byte[]> Fields(byte[] message, int number)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message, ref at);
            var length = (tag & 7) switch
            {
                0 => 0,
                1 => 8,
                2 => (int)Varint(message, ref at),
                5 => 4,
                var wire => throw new InvalidDataException($"wire type {wire}"),
            };
            if ((tag & 7) == 0)
                Varint(message, ref at);
            if ((int)(tag >> 3) == number && (tag & 7) != 0)
                yield return message[at..(at + length)];
            at += length;
        }
    }

    static ulong Varint(byte[] message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var b = message[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return value;
        }
    }
}
