using System.Text;

namespace Mailflow.Ship;

/// <summary>Events as lines on standard output, for a container's log.</summary>
/// <param name="output">The same writer that the program's own log uses: it lets one write at a time through, so that lines stay whole.</param>
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
