using Mailflow.Configuration;
using Mailflow.Ledger;
using Mailflow.Pipeline;
using Mailflow.Privacy;

namespace Mailflow.Ship;

/// <summary>The configured sinks, each with its own shipper.</summary>
static class Shippers
{
    /// <summary>Enough for thousands of rejected events; the older half is deleted first.</summary>
    const long MaxRejectedBytes = 5 << 20;

    public static IReadOnlyList<Shipper> Create(
        MailflowOptions options, Store store, Wakeup newEvents, Masking masking, TimeProvider clock, ILoggerFactory logs)
    {
        var log = logs.CreateLogger("Mailflow.Ship");
        return [.. Sinks(options, clock, log).Select(sink => new Shipper(
            sink,
            new Outbox(store, sink.Name, options.Enrich.Enabled),
            new RollingFile(Path.Combine(options.StateFolder, $"rejected-{sink.Name}.jsonl"), MaxRejectedBytes, 1, log),
            newEvents,
            masking,
            clock,
            log,
            options.Incidents ? new(store, sink.Name) : null))];
    }

    static IEnumerable<ISink> Sinks(MailflowOptions options, TimeProvider clock, ILogger log)
    {
        if (options.EventsSeq is { } seq)
            yield return new SeqSink(seq, clock);
        if (options.Otlp is { } otlp)
            yield return new OtlpSink(otlp, clock);
        if (options.EventsFile is { } file)
            yield return new FileSink(new(file.Path, file.MaxBytes, file.Keep, log));
        if (options.EventsConsole)
            yield return new ConsoleSink(Console.Out);
    }
}
