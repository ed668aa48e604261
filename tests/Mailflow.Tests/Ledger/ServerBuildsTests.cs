using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;
using Mailflow.Pipeline;

namespace Mailflow.Tests.Ledger;

/// <summary>The build of a server comes from its newest tracking log, and is committed like everything else.</summary>
public sealed class ServerBuildsTests : IDisposable
{
    readonly LedgerBed _bed = new();

    [Fact]
    public async Task The_newest_tracking_log_names_the_build_in_any_order_and_after_a_restart()
    {
        await _bed.CommitAsync(await DeltaAsync("15.01.2507.006", 7), await DeltaAsync("15.01.2507.039", 9), await DeltaAsync("15.01.2507.031", 8));
        Assert.Equal(["EX1 15.1.2507.39 09"], Builds);
        _bed.Restart();
        Assert.Equal(["EX1 15.1.2507.39 09"], Builds);
        await _bed.CommitAsync(await DeltaAsync("15.02.2562.017", 8), await DeltaAsync("15.02.2562.053", 10));
        Assert.Equal(["EX1 15.2.2562.53 10"], Builds);
        _bed.Restart();
        Assert.Equal(["EX1 15.2.2562.53 10"], Builds);
    }

    [Theory]
    [InlineData("15.0.0.0", "Message Tracking Log", "EX1")]
    [InlineData("15.02.2562.053", "SMTP Send Protocol Log", "EX1")]
    [InlineData("damaged", "Message Tracking Log", "EX1")]
    [InlineData("", "Message Tracking Log", "EX1")]
    [InlineData("15.02.2562.053", "Message Tracking Log", TrackedFile.UnknownServer)]
    [InlineData("15.02.2562.053", "Message Tracking Log", "bad name@x")]
    public async Task Without_a_tracking_log_of_a_known_server_that_names_a_build_there_is_none(string version, string logType, string server)
    {
        await _bed.CommitAsync(await DeltaAsync(version, 9, logType, server));
        Assert.Empty(Builds);
    }

    [Fact]
    public async Task A_reply_that_limits_mail_because_of_the_build_is_kept_with_the_server()
    {
        var old = await DeltaAsync("15.01.2507.039", 9);
        old.Tally.Failures.Add(Deferred("450 4.7.230 Connecting Exchange server version is out-of-date; throttled for 5 mins/hr."));
        await _bed.CommitAsync(old, await DeltaAsync("15.01.2507.039", 9, server: "EX2"));
        _bed.Restart();
        Assert.Equal(["EX1 15.1.2507.39 09 throttled for 5 mins/hr.", "EX2 15.1.2507.39 09"], Builds);
    }

    [Fact]
    public async Task A_log_with_a_date_in_the_future_does_not_win_over_what_is_written_later()
    {
        var future = await DeltaAsync("15.01.2507.006", 9, day: 30_000);
        future.Tally.Failures.Add(
            Deferred("450 4.7.230 version is out-of-date; throttled for 5 mins/hr.") with { Time = LedgerBed.Noon.UtcDateTime.AddDays(30_000) });
        await _bed.CommitAsync(future);
        Assert.Equal(["EX1 15.1.2507.6 12 throttled for 5 mins/hr."], Builds);
        _bed.Clock.Advance(TimeSpan.FromHours(2));
        var next = await DeltaAsync("15.02.2562.053", 13);
        next.Tally.Failures.Add(
            Deferred("450 4.7.230 version is out-of-date; throttled for 10 mins/hr.") with { Time = LedgerBed.Noon.UtcDateTime.AddHours(1) });
        await _bed.CommitAsync(next);
        Assert.Equal(["EX1 15.2.2562.53 13 throttled for 10 mins/hr."], Builds);
    }

    [Fact]
    public async Task A_server_is_forgotten_when_its_newest_log_is_older_than_what_is_kept()
    {
        await _bed.CommitAsync(await DeltaAsync("15.01.2507.039", 9));
        // Late, but without newer rows: old logs are read late at a first start.
        _bed.Clock.Advance(TimeSpan.FromDays(400));
        await _bed.CommitAsync(await DeltaAsync("15.01.2507.039", 8));
        await _bed.CommitAsync(await DeltaAsync("15.01.2507.039", 8));
        Assert.Equal(["EX1 15.1.2507.39 09"], Builds);
        // Maintenance works in slices between commits; on a busy machine they are short.
        for (var commit = 0; commit < 2 || (commit < 100 && Builds.Count > 1); commit++)
            await _bed.CommitAsync(await DeltaAsync("15.01.2507.061", 7, server: "EX2", day: 40));
        Assert.Equal(["EX2 15.1.2507.61 07"], Builds);
        _bed.Restart();
        Assert.Equal(["EX2 15.1.2507.61 07"], Builds);
    }

    static Failure Deferred(string status) => new(
        true, LedgerBed.Noon.UtcDateTime, "SMTP", Direction.Incoming, "r@a.example", "s@b.example", "<m>", "n", "Out", "Subject", Diagnosis.Of(status), 0, 0);

    /// <param name="day">Days after the first.</param>
    async Task<RowDelta> DeltaAsync(string version, int hour, string logType = "Message Tracking Log", string server = "EX1", int day = 0)
    {
        var date = LedgerBed.Noon.Date.AddDays(day).AddHours(hour);
        var delta = await _bed.DeltaAsync(file: 100 + hour, server: server, time: new(date, TimeSpan.Zero));
        var text = $"#Version: {version}\n#Log-type: {logType}\n#Date: {date:yyyy-MM-ddTHH:mm:ss.fffZ}\n"
            + "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context,source,event-id\n";
        Assert.True(LogHeader.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out var header));
        return LedgerBed.Rows(delta.Tally, delta.File.Id, 0, 100, server, delta.ReadAt, delta.File with { Header = header, Format = LogFormat.Of(header)! });
    }

    List<string> Builds =>
    [
        .. _bed.Committer.Current.Builds.Select(
            b => $"{b.Server} {b.Build} {b.Written:HH}{(b.Limit.Length == 0 ? "" : " " + b.Limit[b.Limit.IndexOf("throttled", StringComparison.Ordinal)..])}"),
    ];

    public void Dispose() => _bed.Dispose();
}
