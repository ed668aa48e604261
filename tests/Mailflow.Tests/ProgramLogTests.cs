using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Mailflow.Tests;

public sealed class ProgramLogTests
{
    [Theory]
    [InlineData("Access to the path '/logs' is denied.", "Cannot read: Access to the path '/logs' is denied. It is tried again.")]
    [InlineData("it is gone", "Cannot read: it is gone. It is tried again.")]
    public void A_reason_of_the_system_does_not_double_the_full_stop(string reason, string line)
    {
        var lines = new Lines();
        using var log = new LoggerConfiguration().Enrich.With(new OneFullStop()).WriteTo.Sink(lines).CreateLogger();
        log.Warning("Cannot read: {Reason:l}. It is tried again.", reason);
        Assert.Equal([line], lines.All);
    }

    sealed class Lines : ILogEventSink
    {
        public List<string> All { get; } = [];

        public void Emit(LogEvent logEvent) => All.Add(logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture));
    }
}
