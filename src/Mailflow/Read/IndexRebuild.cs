using System.Threading.Channels;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Tracing.Index;
using Mailflow.Ledger;
using Mailflow.Logging;
using Mailflow.Pipeline;
using Mailflow.Tail;
using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;

namespace Mailflow.Read;

/// <summary>
/// Builds the index of traces where it is missing: for logs that an older version read, after damage, and for the last kilobytes of a file that were not
/// worth a write. Reads the logs again in parts of <see cref="PartBytes"/>, and rests as long as it reads. The committer writes the result.
/// </summary>
/// <param name="enabled">False: what is missing is only measured.</param>
sealed class IndexRebuild(Store store, EventNames names, DeltaPool deltas, TimeProvider clock, ILogger log, bool enabled)
{
    /// <summary>Delay before the first survey, because reading new rows is more urgent; also the time between two.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    static readonly TimeSpan Before = TimeSpan.FromSeconds(10);

    /// <summary>Parts are read one after another, with a commit in between.</summary>
    const int PartBytes = 4 << 20;

    const int BlockBytes = 256 * 1024;

    const int LongestLine = 4 << 20;

    /// <summary>A smaller gap may be the end of a file whose next rows are just being read: it is filled if the next survey finds it again.</summary>
    const int SurelyMissing = 64 * 1024;

    /// <summary>The longest byte order mark: the first line may start after it.</summary>
    const int MarkLength = 3;

    /// <summary>Groups that are checked at a time.</summary>
    const int CheckedGroups = 20;

    HashSet<(long File, long Start, long End)> _seen = [];
    byte[] _buffer = new byte[BlockBytes];

    /// <summary>Surveys and builds until the stop.</summary>
    public async Task RunAsync(ChannelWriter<Delta> ledger, CancellationToken stop)
    {
        try
        {
            await Task.Delay(Before, clock, stop);
            for (var isChecked = false; ; isChecked = true)
            {
                try
                {
                    if (!isChecked)
                        await CheckAsync(ledger, stop);
                    await SurveyAsync(ledger, stop);
                }
                catch (SqliteException e) when (e.MayRead())
                {
                    Log.IndexUnreadable(log, store.Path, e.Message);
                }

                await Task.Delay(Interval, clock, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (SqliteException e) when (e.IsDamage())
        {
            // Searches go on without the damaged part, and counting without the index. A page that cannot be read may be shared: StoreCheck reports it.
            Log.IndexUnreadable(log, store.Path, e.Message);
        }
    }

    /// <summary>Deletes groups with a wrong checksum, once; the survey finds their ranges missing.</summary>
    public async Task CheckAsync(ChannelWriter<Delta> ledger, CancellationToken stop)
    {
        using var reader = store.OpenReader();
        var index = new TraceIndex(reader);
        for (long? from = 0; from is { } after;)
        {
            (var damaged, from) = index.Check(after, CheckedGroups);
            if (damaged.Count > 0)
            {
                Log.IndexDamaged(log, store.Path, damaged.Count);
                await SendAsync(new() { ReadAt = clock.GetUtcNow(), Damaged = damaged }, ledger, stop);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), clock, stop);
        }
    }

    /// <summary>Measures what is missing, and builds it.</summary>
    public async Task SurveyAsync(ChannelWriter<Delta> ledger, CancellationToken stop)
    {
        List<TraceRange> all;
        using (var reader = store.OpenReader())
        {
            var index = new TraceIndex(reader);
            all = index.Find(null, null, null).FindAll(r => !r.File.Gone && !FileIdentity.IsPacked(r.File.Name));
            store.IndexCoverage = new(index.Bytes(), all.Sum(r => r.End - r.Start), all.Where(r => !r.Indexed).Sum(r => r.End - r.Start));
        }

        if (!enabled)
            return;
        var gaps = all.Where(r => !r.Indexed && r.File.Folder is not null).ToList();
        var missing = gaps.Where(g => g.End - g.Start >= SurelyMissing || _seen.Contains((g.File.Id, g.Start, g.End))).ToList();
        _seen = [.. gaps.Select(g => (g.File.Id, g.Start, g.End))];
        foreach (var gap in missing)
        {
            if (gap.End - gap.Start >= SurelyMissing)
                Log.IndexBuilding(log, gap.File.Name, gap.Start, gap.End);
            await BuildAsync(gap, ledger, stop);
        }
    }

    async Task BuildAsync(TraceRange gap, ChannelWriter<Delta> ledger, CancellationToken stop)
    {
        try
        {
            var path = Path.Combine(gap.File.Folder!, gap.File.Name);
            using var handle = FileOpener.Open(path);
            if (FileOf(handle, gap) is not { } file)
                return;
            if (file.Format != LogFormat.Tracking)
            {
                await SendAsync(new() { ReadAt = clock.GetUtcNow(), File = gap.File.Id, Format = file.Format.Name }, ledger, stop);
                return;
            }

            // Columns that changed before the end of the gap are known from there; from the start of the file on, the reader sees the change.
            var columns = gap.Start > MarkLength && gap.File.HeaderOffset > gap.Start ? gap.File.HeaderOffset : 0;
            var reader = new Reader(names, new(), null!, deltas, clock, new(), details: false, new SegmentBuilder(leastGrowth: 1));
            var (tally, open) = (new Tally(), (TraceSegment?)null);
            for (var offset = gap.Start; offset < gap.End;)
            {
                var began = clock.GetTimestamp();
                var ended = new List<TraceSegment>();
                for (var part = Math.Min(gap.End, offset + PartBytes); offset < part;)
                {
                    var block = BlockAt(handle, file, offset, gap.End, columns);
                    tally.Clear();
                    reader.Read(block, tally);
                    foreach (var segment in tally.Segments)
                        if (segment.IsOpen)
                            open = segment.Copy();
                        else
                            ended.Add(segment.Copy());
                    if (ended.Exists(s => s.Start == open?.Start))
                        open = null;
                    offset = block.End;
                }

                if (offset >= gap.End && open is not null)
                    ended.Add(open);
                await SendAsync(
                    new() { ReadAt = clock.GetUtcNow(), File = gap.File.Id, Format = file.Format.Name, Segments = ended }, ledger, stop);
                store.IndexCoverage = store.IndexCoverage?.Less(ended.Sum(s => s.End - s.Start));
                await Task.Delay(clock.GetElapsedTime(began), clock, stop);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Tried again by the next survey; the tailer of the root reports the fault.
        }
    }

    /// <summary>The file, where it is still the one that was read; its header is the one in force at the gap.</summary>
    static TrackedFile? FileOf(SafeFileHandle handle, TraceRange gap)
    {
        var (file, top) = (gap.File, FileOpener.ReadTop(handle));
        if (top.Header is null || Guard.Hash(top.Bytes.Span) != file.HeaderHash || LogFormat.Of(top.Header) is not { } format)
            return null;
        var length = file.Head is null ? Guard.ShortLength : Guard.Length;
        var before = new byte[Math.Min(length, file.Offset)];
        if (FileOpener.ReadAll(handle, before, file.Offset - before.Length) < before.Length || Guard.Of(before) != file.Guard)
            return null;
        var offset = file.HeaderOffset <= gap.Start ? file.HeaderOffset : 0;
        var header = FileOpener.ReadHeaderAt((bytes, at) => FileOpener.ReadAll(handle, bytes, at), offset, top.Encoding, top.Header);
        return header is null
            ? null
            : new(file.Id, file.Root, file.Name, 0, 0, file.HeaderHash, 0, header, offset, top.Encoding, format, file.Server);
    }

    /// <summary>Whole lines; a line that is longer than the buffer is skipped to the end of the gap, and its range always matches.</summary>
    /// <param name="columns">Where the columns are known from: before it, text cannot be read.</param>
    LogBlock BlockAt(SafeFileHandle handle, TrackedFile file, long offset, long end, long columns)
    {
        if (offset < columns)
            return new SkippedBlock(file, offset, _buffer, Math.Min(end, columns), 0, 0, Unreadable.BadDate);
        for (var size = BlockBytes; ; size = _buffer.Length)
        {
            if (_buffer.Length < size)
                _buffer = new byte[size];
            var read = FileOpener.ReadAll(handle, _buffer.AsSpan(0, (int)Math.Min(_buffer.Length, end - offset)), offset);
            var length = offset + read >= end ? read : Transcoding.EndOfLastLine(_buffer.AsSpan(0, read), file.Encoding);
            if (length > 0)
                return new LineBlock(file, offset, _buffer, 0, length, offset + length, 0, 0);
            if (read == 0 || _buffer.Length >= LongestLine)
                return new SkippedBlock(file, offset, _buffer, end, 0, 0, Unreadable.LineTooLong);
            _buffer = new byte[_buffer.Length * 2];
        }
    }

    async Task SendAsync(IndexDelta delta, ChannelWriter<Delta> ledger, CancellationToken stop)
    {
        await deltas.EnterAsync(stop);
        await ledger.WriteAsync(delta, stop);
    }
}
