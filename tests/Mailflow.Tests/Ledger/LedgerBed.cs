using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Snapshots;
using Mailflow.Configuration;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Mailflow.Pipeline;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Mailflow.Tests.Ledger;

/// <summary>A store in a temporary folder, and deltas to commit to it.</summary>
sealed class LedgerBed : IDisposable
{
    public static readonly DateTimeOffset Noon = new(2024, 5, 6, 12, 0, 0, TimeSpan.Zero);

    readonly bool _ownFolder;

    public LedgerBed(string? folder = null, LedgerOptions? options = null, ILogger? log = null)
    {
        _ownFolder = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("mailflow-ledger-").FullName;
        Options = options ?? new();
        Log = log ?? NullLogger.Instance;
        Store = new(Path);
        Start();
    }

    public string Folder { get; }

    public string Path => System.IO.Path.Combine(Folder, "mailflow.db");

    public LedgerOptions Options { get; }

    public ILogger Log { get; }

    public FakeTimeProvider Clock { get; } = new(Noon);

    public EventNames Names { get; private set; } = null!;

    public DeltaPool Pool { get; private set; } = null!;

    public Store Store { get; private set; }

    public Committer Committer { get; private set; } = null!;

    /// <summary>Restarts as a new process with the data on disk.</summary>
    public void Restart()
    {
        Store.Dispose();
        Pool.Dispose();
        Store = new(Path);
        Start();
    }

    /// <summary>Commits these deltas and waits for the commit.</summary>
    public async Task CommitAsync(params Delta[] deltas)
    {
        var channel = Channel.CreateUnbounded<Delta>();
        foreach (var delta in deltas)
            await channel.Writer.WriteAsync(delta);
        channel.Writer.Complete();
        var committed = Committer.NewEvents.Next;
        var run = Committer.RunAsync(channel.Reader, CancellationToken.None);
        while (!run.IsCompleted)
        {
            if (!committed.IsCompleted)
                Clock.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        await run;
    }

    /// <summary>A block of one file with this many rows and failures.</summary>
    public async Task<RowDelta> DeltaAsync(
        long file = 1,
        long offset = 0,
        long end = 100,
        int rows = 1,
        int failures = 0,
        string server = "EX1",
        string connector = "Out",
        Cause cause = Cause.InvalidRecipient,
        DateTimeOffset? time = null,
        bool deferred = false)
    {
        var at = (time ?? Noon).UtcDateTime;
        var tally = await Pool.RentAsync(CancellationToken.None);
        for (var i = 0; i < rows; i++)
            tally.AddRow(Names.IndexOf("SMTP|FAIL"u8), at);
        var diagnosis = Diagnosis.Of("550 5.1.1 User unknown") with { Cause = cause };
        for (var i = 0; i < failures; i++)
            tally.Failures.Add(
                new(deferred, at, "SMTP", Direction.Incoming, $"r{i}@a.example", "s@b.example", "<m>", "n", connector, "Subject", diagnosis, i, 0));
        return Rows(tally, file, offset, end, server, Clock.GetUtcNow());
    }

    /// <summary>A block of one file with these changes.</summary>
    public static RowDelta Rows(
        Tally tally, long file = 1, long offset = 0, long end = 100, string server = "EX1", DateTimeOffset readAt = default, TrackedFile? of = null) =>
        new()
        {
            File = of ?? FileOf(file),
            Server = server,
            Offset = offset,
            End = end,
            ReadAt = readAt,
            Tally = tally,
            Guard = end * 31,
            Head = 0,
            HeaderOffset = 7,
        };

    /// <summary>A part of one export with these events and snapshots.</summary>
    public async Task<ExportDelta> ExportAsync(IReadOnlyList<ReportedEvent> events, params IReadOnlyList<ServerSnapshot> snapshots)
    {
        await Pool.EnterAsync(CancellationToken.None);
        return new()
        {
            File = FileOf(5) with { Name = "export.xml", Format = LogFormat.All[^1] },
            Server = "EX1",
            Offset = 0,
            End = 100,
            ReadAt = Clock.GetUtcNow(),
            Records = 1,
            Events = events,
            Snapshots = snapshots,
        };
    }

    /// <summary>All counted data as text, which must be equal before and after a restart.</summary>
    public string State()
    {
        var now = Committer.Current;
        return string.Join('\n',
        [
            .. Series().Where(s => !s.EndsWith(" = 0", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
            .. now.NewestEvent.OrderBy(n => n.Key, StringComparer.Ordinal).Select(n => $"{n.Key} newest {n.Value:O}"),
            .. Store.LoadFiles().OrderBy(f => f.Id).Select(f => f.ToString()),
            $"last hour {string.Join(' ', CauseTable.All.Select(c => Committer.LastHour.Count(Noon)[c.Cause]))}",
            $"events {Scalar("SELECT count(*) FROM events")}",
        ]);
    }

    public long Scalar(string text)
    {
        using var connection = Store.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = text;
        return (long)command.ExecuteScalar()!;
    }

    public long Sum<TKey>(Counter<TKey> counter)
        where TKey : notnull => Committer.Current.Sum(counter);

    /// <summary>All series of the counters, those at 0 too.</summary>
    public IEnumerable<string> Series() => Committer.Current.Cells.Families.SelectMany(SeriesOf);

    static IEnumerable<string> SeriesOf(FamilyCells family)
    {
        for (var i = 0; i < family.Count; i++)
            yield return $"{family.Counter.StoreName} {family.Text(i, 0)} {family.Text(i, 1)} {family.Text(i, 2)} {family.Text(i, 3)} = {family.Values[i]}";
    }

    public void Dispose()
    {
        Store.Dispose();
        Pool.Dispose();
        if (_ownFolder)
            Directory.Delete(Folder, recursive: true);
    }

    void Start()
    {
        Names = new();
        Pool = new(80, evidence: true);
        Committer = new(Store, Names, Pool, Options, Clock, Log);
        Committer.Load([]);
    }

    static TrackedFile FileOf(long id)
    {
        Assert.True(LogHeader.TryParse(
            "#Log-type: Message Tracking Log\n#Date: 2024-05-06T07:00:00.000Z\n#Fields: date-time,source,event-id\n"u8, out var header));
        return new(id, "root", $"f{id}.log", 11, 22 + id, 33, 1, header, 0, TextEncoding.Utf8, LogFormat.Of(header)!, null);
    }
}

/// <summary>The test program as a child process: it holds the lock, or commits until it is killed.</summary>
static class Child
{
    const string Job = "MAILFLOW_TEST_CHILD";

    /// <summary>Starts it and waits for its first output.</summary>
    public static async Task<Process> StartAsync(string job, string folder)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        if (System.IO.Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(Child).Assembly.Location);
        start.Environment[Job] = $"{job} {folder}";
        var child = Process.Start(start)!;
        Assert.Equal("ready", await child.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        return child;
    }

    [ModuleInitializer]
    public static void Run()
    {
        if (Environment.GetEnvironmentVariable(Job)?.Split(' ', 2) is not [var job, var folder])
            return;
        if (job == "lock")
            Lock(folder);
        else
            Commit(folder);
        Environment.Exit(0);
    }

    static void Lock(string folder)
    {
        using var held = new InstanceLock(folder);
        Console.WriteLine("ready");
        Thread.Sleep(Timeout.Infinite);
    }

    /// <summary>Commit n moves the file to 100 n, counts a row and a failure, and is reported when it has returned.</summary>
    /// <remarks>Must not use other threads: they cannot enter this module before its initializer has ended.</remarks>
    static void Commit(string folder)
    {
        using var bed = new LedgerBed(folder);
        var totals = new Totals(bed.Names);
        Console.WriteLine("ready");
        for (var n = 1; ; n++)
        {
            var delta = bed.DeltaAsync(offset: (n - 1) * 100, end: n * 100, rows: 1, failures: 1).GetAwaiter().GetResult();
            totals.Apply(delta);
            bed.Store.Commit([delta], totals, false, false, LedgerBed.Noon);
            totals.Stored();
            bed.Pool.Return(delta);
            Console.WriteLine(n);
        }
    }
}
