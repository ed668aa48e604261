using Mailflow.Analysis.Messages;
using Mailflow.Pipeline;

namespace Mailflow.Tail;

/// <summary>Reads blocks of whole lines from an open file: a block ends at a line end, whatever the writer has flushed.</summary>
static class BlockReading
{
    /// <summary>
    /// The next block, or null while there is no whole line. Advances the file's offset.
    /// </summary>
    /// <param name="pulse">Records when a read of the file starts and ends; waits for a pooled buffer are not counted as file I/O.</param>
    /// <exception cref="ReplacedException">The bytes before the position have changed.</exception>
    public static async ValueTask<LogBlock?> NextAsync(LogFile file, BlockPool pool, int maxLine, CancellationToken stop, Pulse? pulse = null)
    {
        // A line that fits into a block is always read, so the limit does not depend on how much was flushed at a time.
        maxLine = Math.Max(maxLine, pool.Size);
        var wanted = pool.Size;
        while (true)
        {
            var buffer = await pool.RentAsync(wanted, stop);
            var kept = false;
            pulse?.Ask();
            try
            {
                file.Size = file.Length;
                var step = Read(file, buffer, wanted, maxLine, pool.Size);
                if (step.Block is { } block)
                {
                    kept = true;
                    Advance(file, block);
                    return block;
                }

                if (step.Done)
                {
                    // The end of a stream is known when it is reached.
                    file.Size = file.Length;
                    file.AtEnd = true;
                    return null;
                }

                wanted = step.Grow ? Math.Min(wanted * 2, maxLine + Guard.Length + 2) : pool.Size;
            }
            finally
            {
                pulse?.Answered();
                if (!kept)
                    pool.Return(buffer);
            }
        }
    }

    /// <summary>
    /// The last line, without a line end, of a file that is no longer written; null where the file ends with a line end. A line that is too
    /// long is skipped like any other.
    /// </summary>
    public static async ValueTask<LogBlock?> UnfinishedAsync(LogFile file, BlockPool pool, int maxLine, CancellationToken stop)
    {
        if (file.Reading.Skipping is { } skipping)
        {
            var (guard, head) = FileIdentity.HashesAt(file, file.Size);
            return new SkippedBlock(file.Tracked!, skipping.Start, await pool.RentAsync(0, stop), file.Size, guard, head, skipping.Reason);
        }

        var length = (int)Math.Min(file.Size - file.Offset, maxLine);
        if (length <= 0)
            return null;
        var buffer = await pool.RentAsync(length, stop);
        try
        {
            var read = file.ReadAll(buffer.AsSpan(0, length), file.Offset);
            var (guard, head) = FileIdentity.HashesAt(file, file.Offset + read);
            return new UnfinishedBlock(file.Tracked!, file.Offset, buffer, read, guard, head);
        }
        catch
        {
            pool.Return(buffer);
            throw;
        }
    }

    readonly record struct Step(LogBlock? Block = null, bool Done = false, bool Grow = false);

    /// <param name="wanted">The part of the buffer that is used.</param>
    static Step Read(LogFile file, byte[] buffer, int wanted, int maxLine, int ordinary)
    {
        var reading = file.Reading;
        var from = reading.Skipping is null ? file.Offset : reading.SkippedTo;
        if (file.Size < from)
            throw new ReplacedException();
        var encoding = file.Tracked!.Encoding;
        // The bytes before the position are read too: they prove that this is still the same file.
        var before = (int)Math.Min(Guard.Length, from);
        var size = encoding == TextEncoding.Utf8 ? file.Size : file.Size & ~1L;
        var room = (int)Math.Min((wanted - before) & ~1, size - from);
        var read = file.Read(buffer.AsSpan(0, before + room), from - before) - before;
        if (read < 0 || (from == file.Offset && file.GuardOf(buffer.AsSpan(0, before)) != reading.Guard) || !FileIdentity.StartHolds(file, from))
            throw new ReplacedException();
        reading.VerifiedSize = file.Size;
        var data = buffer.AsSpan(before, read);
        if (data.IsEmpty)
            return AtEnd(file);
        if (file.Reading.Skipping is { } skipping)
            return Skip(file, buffer, before, data, skipping);
        if (data[0] == 0 && encoding == TextEncoding.Utf8)
        {
            (file.Reading.Skipping, file.Reading.SkippedTo) = ((from, Unreadable.NulBytes), from);
            return default;
        }

        var end = Transcoding.EndOfLastLine(data, encoding);
        var atEnd = from + read >= size;
        if (end == 0 && data[^1] == 0 && encoding == TextEncoding.Utf8)
        {
            // An incomplete line followed by NULs. They may still be overwritten; where the file continues after them, both are skipped
            // together, and what follows is a new line.
            if (!atEnd)
                (file.Reading.Skipping, file.Reading.SkippedTo) = ((from, Unreadable.NulBytes), from + read);
            return new(Done: atEnd);
        }

        if (read > maxLine && (end == 0 || Transcoding.EndOfFirstLine(data, encoding) > maxLine))
        {
            (file.Reading.Skipping, file.Reading.SkippedTo) = ((from, Unreadable.LineTooLong), from);
            return default;
        }

        // A grown buffer is used for its first line only, so a block's results are bounded by the ordinary size or by one line.
        if (end > 0 && wanted > ordinary)
            end = Transcoding.EndOfFirstLine(data, encoding);
        if (end > 0)
            return new(new LineBlock(
                file.Tracked, from, buffer, before, end, from + end, file.GuardOf(buffer.AsSpan(0, before + end)),
                FileIdentity.HeadAfter(file, from - before, buffer.AsSpan(0, before + end))));
        return new(Done: atEnd, Grow: !atEnd);
    }

    /// <summary>Skips a line that is too long, up to its end, or NULs, up to the first other byte; in constant memory.</summary>
    static Step Skip(LogFile file, byte[] buffer, int before, Span<byte> data, (long Start, Unreadable Reason) skipping)
    {
        var end = skipping.Reason == Unreadable.NulBytes
            ? data.IndexOfAnyExcept((byte)0)
            : Transcoding.EndOfFirstLine(data, file.Tracked!.Encoding);
        if (skipping.Reason == Unreadable.NulBytes ? end < 0 : end == 0)
        {
            file.Reading.SkippedTo += data.Length;
            return default;
        }

        var to = file.Reading.SkippedTo + end;
        return new(new SkippedBlock(
            file.Tracked!, skipping.Start, buffer, to, file.GuardOf(buffer.AsSpan(0, before + end)),
            FileIdentity.HeadAfter(file, file.Reading.SkippedTo - before, buffer.AsSpan(0, before + end)), skipping.Reason));
    }

    static Step AtEnd(LogFile file)
    {
        // NULs at the end may still be overwritten with lines: they are read again from their start when the file changes.
        if (file.Reading.Skipping is { Reason: Unreadable.NulBytes })
            file.Reading.Skipping = null;
        return new(Done: true);
    }

    static void Advance(LogFile file, LogBlock block)
    {
        file.Offset = block.End;
        (file.Reading.Guard, file.Reading.Head) = (block.Guard, block.Head);
        file.Reading.Skipping = null;
        file.AtEnd = false;
    }
}
