using System.Text;
using System.Threading.Channels;
using Mailflow.Analysis.Messages;
using Mailflow.Configuration;
using Mailflow.Pipeline;
using Mailflow.Read;
using Mailflow.Tail;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Mailflow.Tests.Tail;

/// <summary>
/// A folder with a tailer and a reader. Nothing runs by itself: a test polls, and the reader's results are kept as the ledger
/// would keep them.
/// </summary>
sealed class TailBed : IDisposable
{
    readonly ChannelWriter<LogBlock> _blocks;
    readonly ChannelWriter<ExportBlock> _exports;
    readonly EventNames _names = new();
    readonly DeltaPool _deltas = new(8);
    readonly FolderServers _servers = new();
    readonly BlockPool _pool = new(64 << 20);
    readonly HandleRoom _room = new();
    readonly Dictionary<long, FilePosition> _committed = [];
    readonly Dictionary<long, FilePosition> _read = [];
    readonly List<string> _lines = [];

    readonly ILogger _log;

    Reader _reader;
    Tailer _tailer;

    public TailBed(TailOptions? options = null, string? folder = null, string root = "root", ILogger? log = null, bool cadence = false)
    {
        _log = log ?? NullLogger.Instance;
        // Each poll checks everything, so that a test need not advance the clock.
        Options = cadence ? options ?? new() : (options ?? new()) with { ListInterval = TimeSpan.Zero, MaxSweepInterval = TimeSpan.Zero };
        Folder = folder ?? Directory.CreateTempSubdirectory("mailflow-tail-").FullName;
        Root = new(root, Folder, null);
        _blocks = new Taking<LogBlock>(Take);
        _exports = new Taking<ExportBlock>(Take);
        (_reader, _tailer) = Start();
    }

    public TailOptions Options { get; }

    public LogRoot Root { get; set; }

    public KnownFiles Known { get; private set; } = null!;

    public string Folder { get; }

    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.UtcNow);

    /// <summary>The lines read since the last call, without header lines.</summary>
    public string[] Lines
    {
        get
        {
            string[] lines = [.. _lines];
            _lines.Clear();
            return lines;
        }
    }

    public Tally Total { get; } = new();

    /// <summary>File, offset and end of every delta, in order.</summary>
    public List<(TrackedFile File, long Offset, long End)> Steps { get; } = [];

    public SourceStatus Status => _tailer.Status;

    /// <summary>The tailer's state of each file.</summary>
    public FileLook[] Files => [.. _tailer.Files.Select(f => new FileLook(f.Id, f.Name, f.Size, f.Offset, f.Ignored?.Why ?? f.Error, f.Ignored is not null))];

    public long Rows
    {
        get
        {
            long rows = 0;
            foreach (var count in Total.Rows)
                rows += count;
            return rows;
        }
    }

    /// <summary>The reading state of each file in memory; null where the file is settled.</summary>
    public IEnumerable<TrackedFile?> Tracked => _tailer.Files.Select(f => f.Tracked);

    public FileLook File(string name) => Assert.Single(Files, f => f.Name == name);

    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Called with each block before it is read.</summary>
    public Action<Block>? OnBlock { get; set; }

    /// <summary>Polls once.</summary>
    public Task<bool> PollOnceAsync() => _tailer.PollAsync([_blocks], _exports, CancellationToken.None);

    /// <summary>Polls until there is no more data, and once more: a file may be found in one poll and its predecessor closed in the next.</summary>
    public async Task<TailBed> PollAsync()
    {
        for (var i = 0; i < 2; i++)
            for (var turns = 0; await PollOnceAsync(); turns++)
                Assert.True(turns < 10_000, "the tailer never ends");
        return this;
    }

    /// <summary>Polls, and returns the lines read since the last call.</summary>
    public async Task<string[]> ReadAsync() => (await PollAsync()).Lines;

    /// <summary>Commits everything read so far.</summary>
    public void Commit()
    {
        foreach (var (id, position) in _read)
            _committed[id] = position;
    }

    /// <summary>Commits only this.</summary>
    public void Commit(ExportDelta delta) => _committed[delta.File.Id] =
        new(
            delta.File.Id, delta.File.Root, delta.File.Name, delta.File.Device, delta.File.Inode, delta.File.HeaderHash,
            delta.File.Generation, 0, delta.End, 0, delta.Server, delta.Records);

    /// <summary>The process dies and a new one starts with these positions only.</summary>
    public void Restart(FilePosition committed)
    {
        _committed.Clear();
        _committed[committed.Id] = committed;
        Restart();
    }

    /// <summary>The process dies and a new one starts with the last committed positions.</summary>
    public void Restart()
    {
        _tailer.Dispose();
        _read.Clear();
        (_reader, _tailer) = Start();
    }

    public void Dispose()
    {
        _tailer.Dispose();
        _deltas.Dispose();
        _pool.Dispose();
        _room.Dispose();
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }

    (Reader, Tailer) Start() => (
        new(_names, _servers, _pool, _deltas, Clock, new()),
        new(Root, Known = new KnownFiles(_committed.Values, [Root]), _pool, Options, Clock, _log, _room));

    void Take(ExportBlock block)
    {
        OnBlock?.Invoke(block);
        if (Held is null)
            ReadExport(block);
        else
            Held.Add(block);
    }

    void Take(LogBlock block)
    {
        OnBlock?.Invoke(block);
        foreach (var line in Text(block).Split('\n'))
            if (line.TrimEnd('\r') is { Length: > 0 } text && text[0] != '#')
                _lines.Add(text);
        var delta = _reader.Read(block, new());
        Add(delta.Tally);
        Steps.Add((delta.File, delta.Offset, delta.End));
        _read[delta.File.Id] = new(
            delta.File.Id, delta.File.Root, delta.File.Name, delta.File.Device, delta.File.Inode, delta.File.HeaderHash,
            delta.File.Generation, delta.HeaderOffset, delta.End, delta.Guard, delta.Server)
        {
            Head = delta.Head,
        };
        _pool.Return(block.Buffer);
    }

    /// <summary>Export deltas since the last call, one per part.</summary>
    public List<ExportDelta> Exports { get; } = [];

    /// <summary>Exports waiting for a worker that hangs; null: exports do not wait.</summary>
    public List<ExportBlock>? Held { get; set; }

    public void ReadExport(ExportBlock block)
    {
        using var export = new ExportReader(block, _servers.Of(block.File), Clock, Mailflow.Analysis.Failures.Own.OwnRules.None);
        while (export.HasMore)
        {
            var delta = export.Read();
            Exports.Add(delta);
            Steps.Add((delta.File, delta.Offset, delta.End));
            _read[delta.File.Id] = new(
                delta.File.Id, delta.File.Root, delta.File.Name, delta.File.Device, delta.File.Inode,
                delta.File.HeaderHash, delta.File.Generation, 0, delta.End, 0, delta.Server, delta.Records);
        }
    }

    /// <summary>Reads each block synchronously: a real reader does so on its own thread.</summary>
    sealed class Taking<T>(Action<T> take) : ChannelWriter<T>
    {
        public override bool TryWrite(T item)
        {
            take(item);
            return true;
        }

        public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default) => new(true);
    }

    static string Text(LogBlock block) => block is not LineBlock { Lines.Span: var lines } ? "" : block.File.Encoding switch
    {
        TextEncoding.Utf16LittleEndian => Encoding.Unicode.GetString(lines),
        TextEncoding.Utf16BigEndian => Encoding.BigEndianUnicode.GetString(lines),
        _ => Encoding.UTF8.GetString(lines),
    };

    void Add(Tally tally)
    {
        for (var i = 0; i < tally.Rows.Length; i++)
            for (var n = 0L; n < tally.Rows[i]; n++)
                Total.AddRow(i, tally.Newest);
        foreach (var reason in Enum.GetValues<Unreadable>())
            for (var n = 0L; n < tally.Unreadable[(int)reason]; n++)
                Total.AddUnreadable(reason, 0, 0);
        Total.Failures.AddRange(tally.Failures);
    }
}

/// <summary>The tailer's state of a file.</summary>
sealed record FileLook(long Id, string Name, long Size, long Offset, string? Problem, bool Refused);

/// <summary>Writes logs as Exchange does.</summary>
static class Logs
{
    public const string Fields = "date-time,source,event-id,message-id";

    public static string Header(string date = "2024-05-06T07:00:00.000Z", string fields = Fields) =>
        $"#Software: Microsoft Exchange Server\r\n#Version: 15.02.1118.040\r\n#Log-type: Message Tracking Log\r\n#Date: {date}\r\n#Fields: {fields}\r\n";

    public static string Row(object id) => $"2024-05-06T07:08:09.123Z,SMTP,RECEIVE,{id}";

    /// <summary>Rows with these numbers, each with a line end.</summary>
    public static string Rows(int from, int count) => string.Concat(Enumerable.Range(from, count).Select(i => Row(i) + "\r\n"));

    /// <summary>The lines that a reader should return for them.</summary>
    public static string[] Read(int from, int count) => [.. Enumerable.Range(from, count).Select(i => Row(i))];

    /// <summary>Rows of equal length, whose last 200 bytes are equal.</summary>
    public static string AlikeRows(int from, int count) => string.Concat(Alike(from, count).Select(r => r + "\r\n"));

    /// <summary>The lines that a reader should return for them.</summary>
    public static string[] Alike(int from, int count) => [.. Enumerable.Range(from, count).Select(i => Row($"{i:000000}{new string('x', 200)}"))];

    public static void Append(string path, string text) => Append(path, Encoding.UTF8.GetBytes(text));

    public static void Append(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        file.Write(bytes);
    }

    /// <summary>Empties a file and keeps its inode, as copytruncate does.</summary>
    public static void Truncate(string path, long length = 0)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        file.SetLength(length);
    }
}
