using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Mailflow;

/// <summary>The program's own log: to standard error, so that standard output is left to reports and events, and to Seq where it is configured.</summary>
static class ProgramLog
{
    public static Serilog.Core.Logger Create(MailflowOptions options)
    {
        var level = options.LogLevel switch
        {
            LogLevel.Debug => LogEventLevel.Debug,
            LogLevel.Warning => LogEventLevel.Warning,
            LogLevel.Error => LogEventLevel.Error,
            _ => LogEventLevel.Information,
        };
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Is(level)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("System", LogEventLevel.Warning)
            // The host's own words, with a stack; what went wrong is told in a sentence at the top.
            .Filter.ByExcluding(e => e.MessageTemplate.Text == "Hosting failed to start")
            .Enrich.With(new OneFullStop())
            .Enrich.WithProperty("Application", "Mailflow")
            .WriteTo.Console(outputTemplate: "{Timestamp:HH:mm:ss} {Level:u3} {Message:l}{NewLine}{Exception}", standardErrorFromLevel: LogEventLevel.Verbose, formatProvider: CultureInfo.InvariantCulture);
        if (options.LogSeq is { } seq)
            configuration = configuration.WriteTo.Seq(seq.Url.ToString(), apiKey: seq.ApiKey, formatProvider: CultureInfo.InvariantCulture);
        return configuration.CreateLogger();
    }
}

/// <summary>The system's reasons end with a full stop, as the sentences do in which they stand.</summary>
sealed class OneFullStop : ILogEventEnricher
{
    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        if (logEvent.Properties.GetValueOrDefault("Reason") is ScalarValue { Value: string reason } && reason.EndsWith('.'))
            logEvent.AddOrUpdateProperty(new("Reason", new ScalarValue(reason.TrimEnd('.'))));
    }
}
