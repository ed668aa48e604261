using System.Buffers;
using System.Diagnostics;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Tracing;
using Mailflow.Pipeline;
using Mailflow.Tail;
using Microsoft.Win32.SafeHandles;

namespace Mailflow.Trace;

/// <summary>What a search read.</summary>
/// <param name="Bytes">Bytes of the files.</param>
/// <param name="BytesRead">Bytes that were read; a file is read twice where its messages have rows that the query does not name.</param>
sealed record Searched(long Bytes, int Files, long BytesRead, TimeSpan Took);

/// <summary>The result of a search.</summary>
/// <param name="Journeys">The messages, oldest first.</param>
/// <param name="More">Whether there are more messages than the limit.</param>
/// <param name="Incomplete">What could not be searched, each in a sentence.</param>
sealed record TraceResult(IReadOnlyList<Journey> Journeys, bool More, Searched Searched, IReadOnlyList<string> Incomplete);

/// <summary>
/// Searches log files without an index. First the rows that match the query are found; then all rows of their messages, because a row about one
/// recipient does not tell the journey.
/// </summary>
/// <param name="workers">Files that are read at the same time.</param>
sealed class TraceSearch(int workers)
{
    const int ChunkBytes = 1 << 20;

    /// <summary>The longest line; a longer one is no row.</summary>
    const int MaxLine = 64 << 20;

    /// <summary>Rows that are kept of one search.</summary>
    const int MaxRows = 2_000_000;

    readonly List<string> _incomplete = [];
    long _bytesRead;

    /// <summary>Searches.</summary>
    /// <param name="files">The files.</param>
    /// <param name="limit">The most messages.</param>
    /// <param name="progress">Told the bytes read and the bytes to read.</param>
    public async Task<TraceResult> FindAsync(
        IReadOnlyList<TraceFile> files, TraceQuery query, int limit, IProgress<(long Done, long Total)>? progress, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        var total = files.Sum(f => f.Size);
        var rows = await ReadAsync(files, query, done => progress?.Report((done, 2 * total)), stop);
        var found = Journey.Group(rows);
        var chosen = found.Count <= limit ? found : [.. found.OrderByDescending(j => j.Last).Take(limit)];
        var ids = chosen.SelectMany(j => j.Rows).SelectMany(r => new[] { r.NetworkMessageId, r.MessageId }).Where(id => id.Length > 0)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (ids.Count > 0)
        {
            var all = await ReadAsync(files, new() { Messages = ids }, done => progress?.Report((total + done, 2 * total)), stop);
            // Rows that have no id cannot be found again.
            all.AddRange(chosen.SelectMany(j => j.Rows).Where(r => r.NetworkMessageId.Length + r.MessageId.Length == 0));
            var keys = chosen.SelectMany(j => j.Rows).Select(r => (r.File, r.Offset)).ToHashSet();
            chosen = [.. Journey.Group(all).Where(j => j.Rows.Any(r => keys.Contains((r.File, r.Offset))))];
        }

        return new(chosen, found.Count > limit, new(total, files.Count, _bytesRead, watch.Elapsed), [.. _incomplete.Distinct(StringComparer.Ordinal)]);
    }

    async Task<List<TraceRow>> ReadAsync(IReadOnlyList<TraceFile> files, TraceQuery query, Action<long> progressed, CancellationToken stop)
    {
        var rows = new List<TraceRow>();
        var done = 0L;
        await Parallel.ForEachAsync(
            files, new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = stop },
            (file, cancel) =>
            {
                var found = Read(file, query, cancel);
                lock (rows)
                {
                    if (rows.Count + found.Count <= MaxRows)
                        rows.AddRange(found);
                    else
                        Missing($"More than {MaxRows:N0} rows match; the others are left out. Narrow the search, for example with --since.");
                    done += file.Size;
                    progressed(done);
                }

                return ValueTask.CompletedTask;
            });
        return rows;
    }

    List<TraceRow> Read(TraceFile file, TraceQuery query, CancellationToken stop)
    {
        var rows = new List<TraceRow>();
        try
        {
            using var handle = FileOpener.Open(file.Path);
            var top = FileOpener.ReadTop(handle);
            if (top.Header is null || !TrackingLog.Recognises(top.Header))
                return rows;
            if (top.Encoding != TextEncoding.Utf8)
            {
                Missing($"{file.Path}: UTF-16 is not searched; expected UTF-8, as Exchange writes it.");
                return rows;
            }

            ReadRows(handle, new(top.Header, file.Path, file.Server), query, rows, stop);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Missing($"{file.Path} cannot be read: {e.Message.TrimEnd('.')}.");
        }

        return rows;
    }

    void ReadRows(SafeFileHandle handle, TraceRowReader reader, TraceQuery query, List<TraceRow> rows, CancellationToken stop)
    {
        var finders = query.Needles?.Select(n => new TextFinder(n)).ToArray();
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            var (kept, offset) = (0, 0L);
            while (true)
            {
                stop.ThrowIfCancellationRequested();
                var read = RandomAccess.Read(handle, buffer.AsSpan(kept), offset + kept);
                Interlocked.Add(ref _bytesRead, read);
                var filled = kept + read;
                // The last line may have no end yet: it is searched as it is.
                var whole = read == 0 ? filled : buffer.AsSpan(0, filled).LastIndexOf((byte)'\n') + 1;
                if (whole > 0)
                    Search(buffer.AsMemory(0, whole), offset, finders, reader, query, rows);
                if (read == 0)
                    return;
                (kept, offset) = (filled - whole, offset + whole);
                buffer.AsSpan(whole, kept).CopyTo(buffer);
                if (kept == buffer.Length)
                    buffer = Larger(buffer, ref kept, ref offset);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    static byte[] Larger(byte[] buffer, ref int kept, ref long offset)
    {
        if (buffer.Length >= MaxLine)
        {
            (offset, kept) = (offset + kept, 0);
            return buffer;
        }

        var larger = ArrayPool<byte>.Shared.Rent(2 * buffer.Length);
        buffer.AsSpan(0, kept).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    static void Search(ReadOnlyMemory<byte> lines, long offset, TextFinder[]? finders, TraceRowReader reader, TraceQuery query, List<TraceRow> rows)
    {
        if (finders is null)
        {
            reader.Read(lines, offset, query, rows);
            return;
        }

        foreach (var finder in finders)
            for (var from = 0; from < lines.Length;)
            {
                var at = finder.IndexIn(lines.Span[from..]);
                if (at < 0)
                    break;
                var start = lines.Span[..(from + at)].LastIndexOf((byte)'\n') + 1;
                var end = lines.Span[(from + at)..].IndexOf((byte)'\n') is >= 0 and var next ? from + at + next + 1 : lines.Length;
                reader.Read(lines[start..end], offset + start, query, rows);
                from = end;
            }
    }

    void Missing(string says)
    {
        lock (_incomplete)
            _incomplete.Add(says);
    }
}

/// <summary>A log file to search.</summary>
/// <param name="Server">The server that writes it, where the user named it.</param>
readonly record struct TraceFile(string Path, long Size, string? Server);
