namespace Mailflow.Ship;

/// <summary>Events as lines of a file.</summary>
sealed class FileSink(RollingFile file) : ISink
{
    public string Name => "file";

    public string Target => file.Path;

    public Task<SinkAnswer> SendAsync(ReadOnlyMemory<byte> lines, CancellationToken abort)
    {
        file.Append(lines.Span);
        return Task.FromResult(SinkAnswer.Taken);
    }
}
