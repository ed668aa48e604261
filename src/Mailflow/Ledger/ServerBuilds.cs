using System.Collections.Immutable;
using System.Globalization;
using Mailflow.Analysis.Builds;
using Mailflow.Analysis.Messages;
using Mailflow.Metrics;
using Mailflow.Pipeline;

namespace Mailflow.Ledger;

/// <summary>The build of one server, and the last reply with which Exchange Online limited its mail because of the build.</summary>
/// <param name="Build">Null if no tracking log named it.</param>
/// <param name="Written">When the log was started that names the build, UTC.</param>
/// <param name="Limit">A reply with 4.7.230 or 5.7.230; empty if there was none.</param>
/// <param name="Limited">When that reply arrived, UTC.</param>
sealed record ServerBuild(string Server, ExchangeBuild? Build, DateTime Written, string Limit, DateTime Limited)
{
    /// <summary>What the build says; null if no tracking log named it.</summary>
    public BuildState? State => Build is { } build ? BuildState.Of(build) : null;

    public static ServerBuild Unknown(string server) => new(server, null, default, "", default);
}

/// <summary>
/// The build of each server, from the headers of its tracking logs: the newest log counts. Logs of other kinds have the version of their format
/// instead (docs/builds.md). Costs nothing per row: a header is read once per file.
/// </summary>
sealed class ServerBuilds
{
    readonly Dictionary<string, ServerBuild> _all;
    readonly HashSet<string> _changed = new(StringComparer.OrdinalIgnoreCase);

    public ServerBuilds(Store? store) =>
        _all = store?.Exports.LoadBuilds().ToDictionary(b => b.Server, StringComparer.OrdinalIgnoreCase) ?? new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The committed builds; immutable.</summary>
    public ImmutableArray<ServerBuild> All { get; private set; } = [];

    /// <summary>Servers that changed since the last commit; null for one that was removed.</summary>
    public IEnumerable<(string Server, ServerBuild? Build)> Changed => _changed.Select(s => (s, _all.GetValueOrDefault(s)));

    /// <summary>Called after a delta is counted: then its server has its label, which bounds the number of servers.</summary>
    public void Take(RowDelta rows, ServerNames servers)
    {
        var server = servers.Known(rows.Server).Value;
        if (server is Label.Other or TrackedFile.UnknownServer)
            return;
        var known = _all.GetValueOrDefault(server) ?? ServerBuild.Unknown(server);
        var next = WithBuild(known, rows);
        foreach (var failure in rows.Tally.Failures)
            if (IsLimit(failure.Diagnosis.Enhanced) && Past(failure.Time, rows) is var at && at > next.Limited)
                next = next with { Limit = failure.Diagnosis.Text, Limited = at };
        foreach (var reply in rows.Tally.Rejections)
            if (IsLimit(reply.Diagnosis.Enhanced) && reply.Direction == SmtpDirection.Send && Past(reply.Time, rows) is var at && at > next.Limited)
                next = next with { Limit = reply.Diagnosis.Text, Limited = at };
        if (next == known)
            return;
        _all[server] = next;
        _changed.Add(server);
    }

    /// <summary>Removes servers whose newest log is older.</summary>
    public void Prune(DateTimeOffset before)
    {
        foreach (var old in _all.Values.Where(b => b.Written < before.UtcDateTime && b.Limited < before.UtcDateTime).ToList())
        {
            _all.Remove(old.Server);
            _changed.Add(old.Server);
        }
    }

    /// <summary>Called after the commit: they are in the store.</summary>
    public void Stored()
    {
        if (_changed.Count > 0 || All.Length != _all.Count)
            All = [.. _all.Values.OrderBy(b => b.Server, StringComparer.OrdinalIgnoreCase)];
        _changed.Clear();
    }

    static ServerBuild WithBuild(ServerBuild known, RowDelta rows) =>
        rows.File is var file
        && file.Format.Name == "tracking"
        && ExchangeBuild.TryParse(file.Header.Version, out var build)
        && DateTime.TryParse(
            file.Header.Date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var dated)
        && Past(dated, rows) is var written
        && (known.Build is null || written > known.Written)
            ? known with { Build = build, Written = written }
            : known;

    /// <summary>A clock that is wrong writes a date in the future. With the time when it was read it does not win over what is written later.</summary>
    static DateTime Past(DateTime time, RowDelta rows) => time < rows.ReadAt.UtcDateTime ? time : rows.ReadAt.UtcDateTime;

    static bool IsLimit(string? enhanced) => enhanced is "4.7.230" or "5.7.230";
}
