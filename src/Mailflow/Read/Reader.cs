using System.Diagnostics;
using System.Threading.Channels;
using Mailflow.Analysis.Failures.Own;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Tracing.Index;
using Mailflow.Analysis.TrackingExports;
using Mailflow.Pipeline;

namespace Mailflow.Read;

/// <summary>
/// One worker: turns each block into a delta. All blocks of a file go to the same worker, so they are read in order.
/// </summary>
sealed class Reader(
    EventNames names, FolderServers servers, BlockPool pool, DeltaPool deltas, TimeProvider clock, RulesInForce rules, bool details = true,
    SegmentBuilder? index = null, SharedRows? shared = null)
{
    /// <summary>Files whose columns and server are cached; a file that comes back later is set up again.</summary>
    const int MaxFiles = 1024;

    /// <summary>A buffer that a long line made larger is released.</summary>
    const int MaxReused = 1 << 20;

    readonly ReaderState _state = new(names, details, rules) { Shared = shared };
    readonly Dictionary<long, OpenFile> _files = [];
    long _blocks;
    byte[] _utf8 = [];

    /// <summary>Reads until the tailers have ended.</summary>
    public async Task RunAsync(ChannelReader<LogBlock> blocks, ChannelWriter<Delta> ledger, CancellationToken abort)
    {
        await foreach (var block in blocks.ReadAllAsync(abort))
            await ReadAsync(block, pool, ledger, abort);
    }

    /// <summary>Reads a block, and returns its buffer.</summary>
    public async Task ReadAsync(LogBlock block, BlockPool blocks, ChannelWriter<Delta> ledger, CancellationToken abort) =>
        await GiveAsync(await DeltaOfAsync(block, blocks, abort), ledger, abort);

    /// <summary>Reads the last block of a log that is stored with a position, and returns its buffer.</summary>
    /// <returns>False where it is an incomplete line: then nothing was read.</returns>
    public async Task<bool> ReadLastAsync(LogBlock block, BlockPool blocks, ChannelWriter<Delta> ledger, CancellationToken abort)
    {
        var delta = await DeltaOfAsync(block, blocks, abort);
        if (delta.UnfinishedLines > 0)
        {
            deltas.Return(delta);
            return false;
        }

        await GiveAsync(delta, ledger, abort);
        return true;
    }

    async Task<RowDelta> DeltaOfAsync(LogBlock block, BlockPool blocks, CancellationToken abort)
    {
        var tally = await deltas.RentAsync(abort);
        try
        {
            return Read(block, tally);
        }
        finally
        {
            blocks.Return(block.Buffer);
        }
    }

    async Task GiveAsync(RowDelta delta, ChannelWriter<Delta> ledger, CancellationToken abort)
    {
        await deltas.AdmitAsync(delta, abort);
        await ledger.WriteAsync(delta, abort);
    }

    /// <summary>The changes of a block.</summary>
    /// <param name="tally">Empty; the delta carries it.</param>
    public RowDelta Read(LogBlock block, Tally tally)
    {
        tally.Latest = clock.GetUtcNow().UtcDateTime.AddDays(1);
        if (!_files.TryGetValue(block.File.Id, out var file))
        {
            if (_files.Count >= MaxFiles)
                Forget();
            _files.Add(block.File.Id, file = new(block.File, block.Offset, _state));
        }

        file.Used = ++_blocks;

        if (index is not null && block.File.Format == LogFormat.Tracking)
            file.BeginIndex(index, block.Offset, clock, tally);
        var unfinished = 0;
        switch (block)
        {
            case LineBlock { File.Encoding: TextEncoding.Utf8 } lines:
                ReadLines(file, lines.Lines, lines, tally);
                break;
            case LineBlock lines:
                ReadTranscoded(file, lines, tally);
                break;
            case SkippedBlock skipped:
                tally.Index?.AddUnknown();
                tally.AddUnreadable(skipped.Reason, 0, (int)Math.Min(int.MaxValue, skipped.End - skipped.Offset));
                break;
            case UnfinishedBlock last:
                unfinished = ReadUnfinished(file, last, tally);
                break;
            default:
                throw new UnreachableException();
        }

        tally.EndIndex(block.End);
        file.Server ??= tally.Server ?? servers.Of(block.File);
        if (file.Server is not null)
            servers.Learn(block.File, file.Server);
        if (tally.Sightings is { } sightings)
            sightings.Server = file.Server ?? "";
        return new()
        {
            File = block.File,
            Server = file.Server ?? TrackedFile.UnknownServer,
            Offset = block.Offset,
            End = block.End,
            ReadAt = clock.GetUtcNow(),
            Tally = tally,
            Guard = block.Guard,
            Head = block.Head,
            HeaderOffset = file.HeaderOffset,
            Sessions = file.SaveSessions(),
            UnfinishedLines = unfinished,
        };
    }

    /// <summary>
    /// Removes the half that was unused for longest, with their open sessions. A file whose columns changed in the middle is kept, because its
    /// blocks only carry the columns from its start.
    /// </summary>
    void Forget()
    {
        foreach (var (id, _) in _files.Where(f => !f.Value.Switched).OrderBy(f => f.Value.Used).Take(MaxFiles / 2).ToList())
            _files.Remove(id);
    }

    /// <summary>Each range between two `#Fields:` lines has its own columns: an update of Exchange may change them in the middle of a file.</summary>
    void ReadLines(OpenFile file, ReadOnlyMemory<byte> lines, LogBlock block, Tally tally)
    {
        var done = 0;
        while (true)
        {
            var rest = lines[done..];
            var (header, nul) = Find(rest.Span);
            if (header < 0)
            {
                ReadRows(file, rest, nul, done, tally);
                file.KeepHead(rest.Span);
                return;
            }

            var start = StartOfHead(rest.Span[..header]);
            ReadRows(file, rest[..start], nul < start ? nul : -1, done, tally);
            var end = rest.Span[header..].IndexOf((byte)'\n');
            var next = end < 0 ? rest.Length : header + end + 1;
            // The lines before `#Fields:` say the kind of log. They may be in the block before.
            var before = done + start == 0 ? file.TakeHead() : [];
            if (LogHeader.TryParse([.. before, .. rest.Span[start..next]], out var found))
                file.SwitchTo(found, block.Offset + Transcoding.FileBytes(lines.Span[..(done + start)], block.File.Encoding) - before.Length, _state);
            done += next;
        }
    }

    /// <summary>The start of the `#` lines at the end of this text, with or without a byte order mark before them.</summary>
    static int StartOfHead(ReadOnlySpan<byte> text)
    {
        var start = text.Length;
        while (start > 0)
        {
            var line = text[..(start - 1)].LastIndexOf((byte)'\n') + 1;
            if (!text[line..start].TrimStart("\uFEFF"u8).StartsWith("#"u8))
                break;
            start = line;
        }

        return start;
    }

    /// <summary>The next `#Fields:` line, and the first NUL before it, in one pass; -1 where there is none.</summary>
    static (int Header, int Nul) Find(ReadOnlySpan<byte> lines)
    {
        var nul = -1;
        for (var from = 0; ;)
        {
            var at = nul < 0 ? lines[from..].IndexOfAny((byte)'#', (byte)0) : lines[from..].IndexOf((byte)'#');
            if (at < 0)
                return (-1, nul);
            at += from;
            if (lines[at] == 0)
                nul = at;
            else if (lines[at..].StartsWith("#Fields:"u8) && LineStart(lines, at) is >= 0 and var start)
                return (start, nul);
            from = at + 1;
        }
    }

    /// <summary>The start of the line if this position is at its start, with or without a byte order mark; otherwise -1.</summary>
    static int LineStart(ReadOnlySpan<byte> lines, int at)
    {
        if (lines[..at].EndsWith("\uFEFF"u8))
            at -= 3;
        return at == 0 || lines[at - 1] == '\n' ? at : -1;
    }

    /// <summary>
    /// A power loss leaves NULs in a file: their line counts once as unreadable, and a complete row after them on the same line is read, as are
    /// the lines around it.
    /// </summary>
    static void ReadRows(OpenFile file, ReadOnlyMemory<byte> rows, int firstNul, int offset, Tally tally)
    {
        if (firstNul < 0)
        {
            file.Read(rows, offset, tally);
            return;
        }

        while (firstNul >= 0)
        {
            // The text before the NULs on their line is the incomplete start of a row.
            var lineStart = rows.Span[..firstNul].LastIndexOf((byte)'\n') + 1;
            var end = rows.Span[firstNul..].IndexOf((byte)'\n');
            var lineEnd = end < 0 ? rows.Length : firstNul + end + 1;
            var runEnd = rows.Span[..lineEnd].LastIndexOf((byte)0) + 1;
            file.Read(rows[..lineStart], offset, tally);
            tally.Base = offset;
            tally.AddUnreadable(Unreadable.NulBytes, lineStart, runEnd - lineStart);
            // A search reads the line as a whole.
            tally.Index?.AddUnknown();
            file.ReadRest(rows[runEnd..lineEnd], offset + runEnd, tally);
            rows = rows[lineEnd..];
            offset += lineEnd;
            firstNul = rows.Span.IndexOf((byte)0);
        }

        file.Read(rows, offset, tally);
    }

    void ReadTranscoded(OpenFile file, LineBlock block, Tally tally)
    {
        var length = Transcoding.ToUtf8(block.Lines.Span, block.File.Encoding, ref _utf8);
        var utf8 = _utf8;
        // Offsets in the text are not those in the file.
        tally.Index?.AddUnknown();
        (tally.Index, var index) = (null, tally.Index);
        ReadLines(file, utf8.AsMemory(0, length), block, tally);
        tally.MapOffsets(o => Transcoding.FileBytes(utf8.AsSpan(0, o), block.File.Encoding));
        tally.Index = index;
        if (_utf8.Length > MaxReused)
            _utf8 = [];
    }

    /// <summary>Reads a last line without a line end where it looks complete; an incomplete one is reported and not counted as a row.</summary>
    /// <returns>How many incomplete lines there are.</returns>
    int ReadUnfinished(OpenFile file, UnfinishedBlock block, Tally tally)
    {
        var utf8 = Transcoding.ToUtf8(block.Line.Span, block.File.Encoding, out var length);
        if (length > 0 && utf8[0] == '#')
            return 0;
        ReadLines(file, utf8.AsMemory(0, length), block, tally);
        if (tally.Unreadable.IndexOfAnyExcept(0) < 0 || tally.Unreadable[(int)Unreadable.NulBytes] > 0)
            return 0;
        tally.Clear();
        return 1;
    }

    /// <summary>A file's columns and server.</summary>
    sealed class OpenFile
    {
        readonly TrackedFile _file;
        OpenSessions? _sessions;
        LogHeader _header;
        BlockReader _read;

        /// <param name="offset">Where its first block starts: sessions saved at other offsets are not used.</param>
        public OpenFile(TrackedFile file, long offset, ReaderState state)
        {
            (_file, _header, Server, HeaderOffset) = (file, file.Header, file.Server, file.HeaderOffset);
            if (file.Format.HasSessions)
                _sessions = file.Sessions is { } saved && saved.Offset == offset ? OpenSessions.Load(saved.State.Span) : new();
            _read = file.Format.Open(_header, state, _sessions);
        }

        public string? Server { get; set; }

        /// <summary>When its last block was read, counted in blocks.</summary>
        public long Used { get; set; }

        public long HeaderOffset { get; private set; }

        public bool Switched => HeaderOffset != _file.HeaderOffset;

        OpenSegment? _segment;
        long _indexed;

        /// <summary>
        /// Begins the part of the index of a block. The store ends a segment that does not grow for an hour; after half of this, another one begins.
        /// </summary>
        public void BeginIndex(SegmentBuilder index, long offset, TimeProvider clock, Tally tally)
        {
            _segment ??= new();
            if (clock.GetElapsedTime(_indexed) > TraceSegment.MaxIdle / 2)
                _segment.Forget();
            _indexed = clock.GetTimestamp();
            tally.BeginIndex(index, _segment, offset);
        }

        byte[] _head = [];

        /// <summary>Keeps the `#` lines at the end of a block: `#Fields:` may follow in the next one.</summary>
        public void KeepHead(ReadOnlySpan<byte> lines)
        {
            const int Most = 4096;
            if (_file.Encoding != TextEncoding.Utf8)
                return;
            var head = lines[StartOfHead(lines)..];
            _head = head.Length is > 0 and < Most ? head.ToArray() : [];
        }

        public byte[] TakeHead()
        {
            var head = _head;
            _head = [];
            return head;
        }

        /// <summary>Empty where no session is open, or the log has none.</summary>
        public byte[] SaveSessions() => _sessions?.Save() ?? [];

        public void Read(ReadOnlyMemory<byte> rows, int offset, Tally tally)
        {
            if (rows.IsEmpty)
                return;
            tally.Base = offset;
            _read(rows, tally);
        }

        /// <summary>The text after the NULs on their line: a row, or the rest of an incomplete one, which is already counted.</summary>
        public void ReadRest(ReadOnlyMemory<byte> rest, int offset, Tally tally)
        {
            if (rest.Span.TrimEnd("\r\n"u8).IsEmpty)
                return;
            long[] counts = [.. tally.Unreadable];
            var kept = tally.Quarantined.Count;
            Read(rest, offset, tally);
            tally.TakeBackUnreadable(counts, kept);
        }

        public void SwitchTo(LogHeader header, long offset, ReaderState state)
        {
            header = header.Under(_header);
            // A log of an unknown kind in the middle of this one: its rows cannot be read, and are counted as unreadable by the current columns.
            if (LogFormat.Of(header) is not { } format)
                return;
            if (header.Fields.SequenceEqual(_header.Fields, StringComparer.Ordinal) && header.LogType == _header.LogType && header.Version == _header.Version)
                return;
            (_header, HeaderOffset) = (header, offset);
            if (format.HasSessions)
                _sessions ??= new();
            _read = format.Open(_header, state, _sessions);
        }
    }
}
