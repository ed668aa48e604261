namespace Mailflow.Archives;

/// <summary>A file in an archive.</summary>
/// <param name="Name">Its path in the archive, with `/`. It is shown and never used as a path.</param>
/// <param name="Length">Its bytes as the archive states them; -1 where it does not.</param>
/// <param name="LastWrite">UTC; default where it is not known.</param>
/// <param name="Open">Opens its text, from the start. What it throws while it is read is an <see cref="ArchiveException"/>.</param>
sealed record ArchiveMember(string Name, long Length, DateTime LastWrite, Func<Stream> Open)
{
    /// <summary>Why it cannot be read; null where it can.</summary>
    public string? Refusal { get; init; }
}

/// <summary>The files of an open archive.</summary>
sealed class ArchiveListing(IEnumerable<ArchiveMember> members, IDisposable open) : IDisposable
{
    public IEnumerable<ArchiveMember> Members => members;

    public void Dispose() => open.Dispose();
}
