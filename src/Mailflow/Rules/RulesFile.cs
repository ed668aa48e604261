using System.Globalization;
using System.IO.Hashing;
using Mailflow.Analysis.Failures.Own;
using Mailflow.Logging;
using Mailflow.Tail;

namespace Mailflow.Rules;

/// <summary>
/// The user's rules file: read at the start, and again when its content changes. A file with a fault changes nothing: the rules that are in force stay.
/// </summary>
/// <param name="path">Null: no file is configured.</param>
sealed class RulesFile(string? path, RulesInForce rules, TimeProvider clock, ILogger log)
{
    /// <summary>The content is compared, not the time: a mounted ConfigMap is a link whose own time stays.</summary>
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    ulong? _hash;
    RulesStatus _status = RulesStatus.None;

    /// <summary>The state that metrics and page show.</summary>
    public RulesStatus Status => Volatile.Read(ref _status);

    /// <summary>The rules file, read for the first time.</summary>
    public static RulesFile Open(string? path, RulesInForce rules, TimeProvider clock, ILogger log)
    {
        var file = new RulesFile(path, rules, clock, log);
        file.Load();
        return file;
    }

    /// <summary>Reads the file where it has changed since the last time.</summary>
    public void Load()
    {
        if (path is null)
            return;
        var (content, problem) = Content(path);
        var hash = content is null ? 0 : XxHash3.HashToUInt64(content);
        if (content is not null ? hash == _hash : problem == Status.Problem)
            return;
        _hash = content is null ? null : hash;
        var before = Status;
        if (content is not null)
        {
            if (OwnRulesReader.Read(content, Path.GetFileName(path), out var faults) is { } read)
            {
                rules.Current = read;
                Volatile.Write(ref _status, new(path, read.All.Count, null, clock.GetUtcNow()));
                Log.RulesLoaded(log, read.All.Count, path);
                return;
            }

            problem = Say(faults);
        }

        Volatile.Write(ref _status, new(path, rules.Current.All.Count, problem, before.LastSuccess));
        Log.RulesRefused(log, path, problem!, rules.Current.All.Count);
    }

    /// <summary>Reads the file each time that it changes, until the stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await Task.Delay(path is null ? Timeout.InfiniteTimeSpan : Interval, clock, stop);
                Load();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    /// <summary>The content of a rules file, or why it cannot be read.</summary>
    public static (byte[]? Content, string? Problem) Content(string path)
    {
        if (path.Length == 0)
            return (null, "expected the name of a file");
        // A pipe would block whoever opens it.
        if (Directory.Exists(path))
            return (null, "this is a folder");
        if (FileId.Find(Path.GetFullPath(path), follow: true, out var failed, out var other) is null)
            return (null, other is null ? failed?.TrimEnd('.') ?? "the file does not exist" : $"this is {other}");
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > OwnRulesReader.MaxBytes)
                return (null, $"it has {file.Length:N0} bytes; expected at most {OwnRulesReader.MaxBytes:N0}");
            var content = new byte[file.Length];
            file.ReadExactly(content);
            return (content, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, e is FileNotFoundException or DirectoryNotFoundException ? "the file does not exist" : e.Message.TrimEnd('.'));
        }
    }

    /// <summary>The first fault with its place, and how many more there are.</summary>
    static string Say(IReadOnlyList<RulesFault> faults) =>
        Place(faults[0]) + (faults.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({faults.Count - 1} more; mailflow rules test lists all)"));

    /// <summary>A fault with its line and column.</summary>
    public static string Place(RulesFault fault) =>
        string.Create(CultureInfo.InvariantCulture, $"line {fault.Line}, column {fault.Column}: {fault.Says.TrimEnd('.')}");
}

/// <summary>The state of the rules file.</summary>
/// <param name="File">Null where none is configured.</param>
/// <param name="Rules">Rules in force.</param>
/// <param name="Problem">Why the file as it is now is not in force; null where it is.</param>
/// <param name="LastSuccess">When a file without faults was read last.</param>
sealed record RulesStatus(string? File, int Rules, string? Problem, DateTimeOffset? LastSuccess)
{
    /// <summary>No file is configured.</summary>
    public static readonly RulesStatus None = new(null, 0, null, null);
}
