namespace Mailflow.Pipeline;

/// <summary>What a part of a file changes, and the position that it moves the file to.</summary>
abstract class FileDelta : Delta
{
    private protected FileDelta()
    {
    }

    public required TrackedFile File { get; init; }

    /// <summary>The server that wrote the file.</summary>
    public required string Server { get; init; }

    /// <summary>Where the part starts in the file, in bytes.</summary>
    public required long Offset { get; init; }

    /// <summary>Where the next part starts.</summary>
    public required long End { get; init; }

    /// <summary>Estimated bytes of memory that it holds now.</summary>
    public abstract long Measure();
}
