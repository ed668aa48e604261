using Mailflow.Analysis.Messages;
using Mailflow.Pipeline;

namespace Mailflow.Tail;

/// <summary>Cuts whole lines out of an open file: a block ends with a line end, whatever the writer has flushed so far.</summary>
static class BlockReading
{
    /// <summary>
    /// The next block, or null while no whole line is there. The file's offset moves with it.
    /// </summary>
    /// <param name="pulse">Told when the file is asked and when it has answered; a wait for a buffer is no wait for the file.</param>
    /// <exception cref="ReplacedException">The bytes before the position have changed.</exception>
    public static async ValueTask<Block?> NextAsync(LogFile file, BlockPool pool, int maxLine, CancellationToken stop, Pulse? pulse = null)
    {
        // A line that fits into a block is read whatever the limit: so it does not depend on what was flushed when which lines are too long.
        maxLine = Math.Max(maxLine, pool.Size);
        var wanted = pool.Size;
        while (true)
        {
            var buffer = await pool.RentAsync(wanted, stop);
            var kept = false;
            pulse?.Ask();
            try
            {
                file.Size = RandomAccess.GetLength(file.Handle!);
                var step = Read(file, buffer, wanted, maxLine, pool.Size);
                if (step.Block is { } block)
                {
                    kept = true;
                    Advance(file, block);
                    return block;
                }

                if (step.Done)
                {
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

    /// <summary>The last line of a file that nobody writes any more, without its line end; null where the file ends with one. One that is too long is passed over like any other.</summary>
    public static async ValueTask<Block?> UnfinishedAsync(LogFile file, BlockPool pool, int maxLine, CancellationToken stop)
    {
        if (file.Reading.Skipping is { } skipping)
            return new(file.Tracked!, skipping.Start, await pool.RentAsync(0, stop), 0, 0, file.Size, 0, skipping.Reason);
        var length = (int)Math.Min(file.Size - file.Offset, maxLine);
        if (length <= 0)
            return null;
        var buffer = await pool.RentAsync(length, stop);
        try
        {
            var read = RandomAccess.Read(file.Handle!, buffer.AsSpan(0, length), file.Offset);
            return new(file.Tracked!, file.Offset, buffer, 0, read, file.Offset + read, 0, Unfinished: true);
        }
        catch
        {
            pool.Return(buffer);
            throw;
        }
    }

    readonly record struct Step(Block? Block = null, bool Done = false, bool Grow = false);

    /// <param name="wanted">As much of the buffer as is used.</param>
    static Step Read(LogFile file, byte[] buffer, int wanted, int maxLine, int ordinary)
    {
        var reading = file.Reading;
        var from = reading.Skipping is null ? file.Offset : reading.SkippedTo;
        if (file.Size < from)
            throw new ReplacedException();
        var encoding = file.Tracked!.Encoding;
        // The bytes before the position come along: they say whether this is still the same file.
        var before = (int)Math.Min(Guard.Length, from);
        var size = encoding == TextEncoding.Utf8 ? file.Size : file.Size & ~1L;
        var room = (int)Math.Min((wanted - before) & ~1, size - from);
        var read = RandomAccess.Read(file.Handle!, buffer.AsSpan(0, before + room), from - before) - before;
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
            // A torn line and NULs after it. They may be overwritten yet; where they go on, they are passed over together,
            // and what follows them is a line of its own.
            if (!atEnd)
                (file.Reading.Skipping, file.Reading.SkippedTo) = ((from, Unreadable.NulBytes), from + read);
            return new(Done: atEnd);
        }

        if (read > maxLine && (end == 0 || Transcoding.EndOfFirstLine(data, encoding) > maxLine))
        {
            (file.Reading.Skipping, file.Reading.SkippedTo) = ((from, Unreadable.LineTooLong), from);
            return default;
        }

        // A buffer that grew is for its first line alone: what is made of a block is bounded by the ordinary size, or by one line.
        if (end > 0 && wanted > ordinary)
            end = Transcoding.EndOfFirstLine(data, encoding);
        if (end > 0)
            return new(new Block(file.Tracked, from, buffer, before, end, from + end, file.GuardOf(buffer.AsSpan(0, before + end)), Head: FileIdentity.HeadAfter(file, from - before, buffer.AsSpan(0, before + end))));
        return new(Done: atEnd, Grow: !atEnd);
    }

    /// <summary>Passes over a line that is too long, up to its end, or over NULs, up to the first byte that is none; in constant memory.</summary>
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
        return new(new Block(file.Tracked!, skipping.Start, buffer, before, 0, to, file.GuardOf(buffer.AsSpan(0, before + end)), skipping.Reason, Head: FileIdentity.HeadAfter(file, file.Reading.SkippedTo - before, buffer.AsSpan(0, before + end))));
    }

    static Step AtEnd(LogFile file)
    {
        // NULs at the end may be overwritten with lines yet: look at them again from their start when the file changes.
        if (file.Reading.Skipping is { Reason: Unreadable.NulBytes })
            file.Reading.Skipping = null;
        return new(Done: true);
    }

    static void Advance(LogFile file, Block block)
    {
        file.Offset = block.End;
        (file.Reading.Guard, file.Reading.Head) = (block.Guard, block.Head ?? 0);
        file.Reading.Skipping = null;
        file.AtEnd = false;
    }
}
