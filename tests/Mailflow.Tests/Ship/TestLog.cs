using Microsoft.Extensions.Logging;

namespace Mailflow.Tests.Ship;

/// <summary>Collects the program's log entries.</summary>
sealed class TestLog : ILogger, ILoggerFactory
{
    readonly Happenings<(int Id, string Text)> _lines = new();

    public IReadOnlyList<(int Id, string Text)> Lines => _lines.All;

    public Task<(int Id, string Text)> LineAsync(int id) => _lines.NextAsync(l => l.Id == id);

    public int Count(int id) => Lines.Count(l => l.Id == id);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Add((eventId.Id, formatter(state, exception) + exception));

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }
}
