using System.Text;

namespace Mailflow.Ship;

/// <summary>Events as lines on standard output, for a container's log.</summary>
/// <param name="output">Shared with the program's log: it allows one write at a time, so that lines stay whole.</param>
sealed class ConsoleSink(TextWriter output) : ISink
{
    public string Name => "console";

    public string Target => "standard output";

    public async Task<SinkAnswer> SendAsync(ReadOnlyMemory<byte> lines, CancellationToken abort)
    {
        await output.WriteAsync(Encoding.UTF8.GetString(lines.Span).AsMemory(), abort);
        await output.FlushAsync(abort);
        return SinkAnswer.Taken;
    }
}
