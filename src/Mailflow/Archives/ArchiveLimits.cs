using System.Globalization;

namespace Mailflow.Archives;

/// <summary>Limits against archives that are made to fill memory or time. Logs become 5 to 60 times smaller.</summary>
/// <param name="Ratio">How many times larger than the archive all texts of it may be, beyond <paramref name="Free"/>.</param>
/// <param name="Free">Bytes of text that are read from each archive in any case.</param>
/// <param name="Bytes">The most bytes of text of an archive.</param>
/// <param name="Entries">The most files in an archive.</param>
sealed record ArchiveLimits(int Ratio = 100, long Free = 256L << 20, long Bytes = 256L << 30, int Entries = 100_000)
{
    public static ArchiveLimits Default { get; } = new();

    /// <summary>The most bytes of text in an archive of this size; of a stream, whose size is not known, the limit is <see cref="Bytes"/>.</summary>
    public long MostOf(long packed) => packed < 0 ? Bytes : Math.Min(Bytes, Math.Max(Free, packed > Bytes / Ratio ? Bytes : packed * Ratio));
}

/// <summary>The text that may still be unpacked from an archive.</summary>
/// <param name="packed">Bytes of the archive; negative where that is not known.</param>
sealed class UnpackBudget(ArchiveLimits limits, long packed)
{
    long _left = limits.MostOf(packed);

    /// <summary>Whether more was unpacked than may be.</summary>
    public bool IsSpent => _left < 0;

    /// <summary>The part of one text.</summary>
    public UnpackedPart Part() => new(this);

    /// <exception cref="ArchiveException">More was unpacked than an archive of logs holds.</exception>
    public void Take(long bytes)
    {
        if ((_left -= bytes) < 0)
            throw new ArchiveException(string.Create(
                CultureInfo.InvariantCulture,
                $"it unpacks to more than {limits.MostOf(packed) >> 20:N0} MB, more than logs of its size do; the rows before that are counted. If it is right,"
                + $" unpack it yourself and read the files"));
    }
}

/// <summary>What a text has taken from the budget of its archive. Unpacked again, it takes nothing.</summary>
sealed class UnpackedPart(UnpackBudget budget)
{
    long _taken;

    /// <param name="read">Bytes of the text, from its start.</param>
    public void Reached(long read)
    {
        if (read <= _taken && !budget.IsSpent)
            return;
        var more = Math.Max(0, read - _taken);
        _taken += more;
        budget.Take(more);
    }
}
