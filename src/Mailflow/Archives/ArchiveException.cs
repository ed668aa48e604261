namespace Mailflow.Archives;

/// <summary>An archive cannot be read, or not to its end. The message is the rest of a sentence that begins with its name.</summary>
sealed class ArchiveException : IOException
{
    public ArchiveException()
    {
    }

    public ArchiveException(string message)
        : base(message)
    {
    }

    public ArchiveException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>What a decompressor throws for damaged bytes. SharpCompress has many types; a broken invariant of its own is one more damaged archive.</summary>
    public static bool IsDamage(Exception e) =>
        e is InvalidDataException or EndOfStreamException or ArgumentException or OverflowException or IndexOutOfRangeException or NullReferenceException
            or InvalidOperationException or NotSupportedException or NotImplementedException or InvalidCastException or OutOfMemoryException
            or SharpCompress.Common.SharpCompressException or SharpCompress.Compressors.ZStandard.ZstdException;

    /// <summary>The same fault as an <see cref="ArchiveException"/>.</summary>
    public static ArchiveException Damaged(string what, Exception e) => e as ArchiveException ?? new($"{what}: {e.Message.TrimEnd('.')}", e);
}
