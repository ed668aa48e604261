using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Mailflow.Configuration;
using Mailflow.Printing;
using Mailflow.Privacy;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;

namespace Mailflow.Logging;

/// <summary>The program's own log. It goes to standard error, because standard output is for reports and events, and to Seq if configured.</summary>
static class ProgramLog
{
    public static Serilog.Core.Logger Create(MailflowOptions options)
    {
        var sinks = new LoggerConfiguration()
            .MinimumLevel.Verbose()
            .WriteTo.Console(
                outputTemplate: "{Timestamp:HH:mm:ss} {Level:u3} {Message:l}{NewLine}{Exception}",
                standardErrorFromLevel: LogEventLevel.Verbose, formatProvider: CultureInfo.InvariantCulture);
        if (options.LogSeq is { } seq)
            sinks = sinks.WriteTo.Seq(seq.Url.ToString(), apiKey: seq.ApiKey, formatProvider: CultureInfo.InvariantCulture);
        return Create(options, sinks.CreateLogger());
    }

    /// <param name="sinks">Receives each event after cleaning; disposed with the log.</param>
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The log owns the sink.")]
    internal static Serilog.Core.Logger Create(MailflowOptions options, Serilog.Core.Logger sinks)
    {
        var level = options.LogLevel switch
        {
            LogLevel.Debug => LogEventLevel.Debug,
            LogLevel.Warning => LogEventLevel.Warning,
            LogLevel.Error => LogEventLevel.Error,
            _ => LogEventLevel.Information,
        };
        return new LoggerConfiguration()
            .MinimumLevel.Is(level)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("System", LogEventLevel.Warning)
            // The host logs this with a stack trace; Invocation reports the same fault in one sentence.
            .Filter.ByExcluding(e => e.MessageTemplate.Text == "Hosting failed to start")
            .Enrich.With(new OneFullStop())
            .Enrich.WithProperty("Application", "Mailflow")
            .WriteTo.Sink(new CleanSink(sinks, options.Addresses == AddressPrivacy.Plain ? Masking.Plain : Masking.Default))
            .CreateLogger();
    }
}

/// <summary>Removes the full stop at the end of a system error message, because the sentence around it has one.</summary>
sealed class OneFullStop : ILogEventEnricher
{
    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        if (logEvent.Properties.GetValueOrDefault("Reason") is ScalarValue { Value: string reason } && reason.EndsWith('.'))
            logEvent.AddOrUpdateProperty(new("Reason", new ScalarValue(reason.TrimEnd('.'))));
    }
}

/// <summary>
/// Cleans each event before the sinks receive it: escapes control characters and line ends, and masks addresses. File names and server replies may
/// contain both.
/// </summary>
sealed class CleanSink(Serilog.Core.Logger sinks, Masking masking) : ILogEventSink, IDisposable, IAsyncDisposable
{
    /// <summary>Properties that hold a path: each part of a path is masked separately, so that an address in it does not hide the parts before it.</summary>
    static readonly string[] Paths = ["Path", "Folder", "Store", "File"];

    static readonly MessageTemplateParser Parser = new();

    public void Emit(LogEvent logEvent)
    {
        var text = logEvent.MessageTemplate.Text;
        var template = Printable.Of(text) is var clean && clean == text ? logEvent.MessageTemplate : Parser.Parse(clean);
        var fault = logEvent.Exception is { } e ? new CleanException(Printable.Fault(e, masking)) : null;
        sinks.Write(new LogEvent(
            logEvent.Timestamp, logEvent.Level, fault, template,
            logEvent.Properties.Select(p => new LogEventProperty(p.Key, Clean(p.Value, Paths.Contains(p.Key, StringComparer.Ordinal))))));
    }

    public void Dispose() => sinks.Dispose();

    public ValueTask DisposeAsync() => sinks.DisposeAsync();

    LogEventPropertyValue Clean(LogEventPropertyValue value, bool path) => value switch
    {
        ScalarValue { Value: string text } => new ScalarValue(Clean(text, path)),
        ScalarValue { Value: null or bool or Enum or DateTime or DateTimeOffset or TimeSpan or Guid } => value,
        ScalarValue { Value: sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal } => value,
        ScalarValue other => new ScalarValue(Clean(Convert.ToString(other.Value, CultureInfo.InvariantCulture) ?? "", path)),
        SequenceValue many => new SequenceValue(many.Elements.Select(v => Clean(v, path))),
        StructureValue whole => new StructureValue(whole.Properties.Select(p => new LogEventProperty(p.Name, Clean(p.Value, path))), whole.TypeTag),
        DictionaryValue map => new DictionaryValue(map.Elements.Select(e => KeyValuePair.Create((ScalarValue)Clean(e.Key, path), Clean(e.Value, path)))),
        _ => new ScalarValue(Clean(value.ToString(null, CultureInfo.InvariantCulture), path)),
    };

    string Clean(string text, bool path) => path ? masking.Path(text).ToString() : Printable.Of(masking.Text(text).ToString());

    /// <summary>An exception with cleaned text.</summary>
    [SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Created only here and never thrown.")]
    sealed class CleanException(string text) : Exception(text)
    {
        public override string ToString() => Message;
    }
}
