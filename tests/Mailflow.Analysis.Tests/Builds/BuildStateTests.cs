using Mailflow.Analysis.Builds;

namespace Mailflow.Analysis.Tests.Builds;

public sealed class BuildStateTests
{
    static readonly DateTimeOffset Now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    static BuildState Of(string text)
    {
        Assert.True(ExchangeBuild.TryParse(text, out var build));
        return BuildState.Of(build);
    }

    [Theory]
    [InlineData("15.02.2562.053", "Exchange Server SE RTM Sep26SUv2", UpdateState.Current)]
    [InlineData("15.02.2562.049", "Exchange Server SE RTM Sep26SU", UpdateState.NewerExists)]
    // Between two updates: the older one is proven.
    [InlineData("15.02.2562.040", "Exchange Server SE RTM Feb26SU", UpdateState.NewerExists)]
    // A component that is older than the release.
    [InlineData("15.02.2562.001", "Exchange Server SE RTM", UpdateState.NewerExists)]
    [InlineData("15.02.2562.060", "Exchange Server SE RTM Sep26SUv2", UpdateState.NewerThanKnown)]
    [InlineData("15.02.3001.010", "Exchange Server SE", UpdateState.NewerThanKnown)]
    [InlineData("15.02.1748.039", "Exchange Server 2019 CU15 Oct25SU", UpdateState.Current)]
    // From the paid programme: nothing public is newer.
    [InlineData("15.02.1748.053", "Exchange Server 2019 CU15 Sep26SUv2", UpdateState.Current)]
    [InlineData("15.02.1748.060", "Exchange Server 2019 CU15 Sep26SUv2", UpdateState.NewerThanKnown)]
    // CU14 got updates as long as CU15 did.
    [InlineData("15.02.1544.036", "Exchange Server 2019 CU14 Oct25SU", UpdateState.Current)]
    [InlineData("15.02.1544.004", "Exchange Server 2019 CU14", UpdateState.NewerExists)]
    [InlineData("15.02.1258.039", "Exchange Server 2019 CU13 Nov24SUv2", UpdateState.Behind)]
    // Newer than the last known update of a level that gets no more: one that the table does not know.
    [InlineData("15.02.1258.099", "Exchange Server 2019 CU13 Nov24SUv2", UpdateState.NewerThanKnown)]
    // The table does not have all security updates of before March 2021.
    [InlineData("15.00.1104.008", "Exchange Server 2013 CU9", UpdateState.Behind)]
    [InlineData("15.02.1600.001", "Exchange Server 2019", UpdateState.Unknown)]
    [InlineData("15.02.2000.001", "Exchange Server 2019", UpdateState.NewerThanKnown)]
    [InlineData("15.01.2507.061", "Exchange Server 2016 CU23 Oct25SU", UpdateState.Current)]
    [InlineData("15.01.2507.023", "Exchange Server 2016 CU23 Mar23SU", UpdateState.NewerExists)]
    [InlineData("15.01.0225.042", "Exchange Server 2016 RTM", UpdateState.Behind)]
    [InlineData("15.00.1497.048", "Exchange Server 2013 CU23 Mar23SU", UpdateState.Current)]
    [InlineData("15.00.1104.000", "Exchange Server 2013 CU9", UpdateState.Behind)]
    [InlineData("14.0.0.0", "Exchange Server 2010", UpdateState.Unknown)]
    [InlineData("8.0.0.0", "Exchange Server 2007", UpdateState.Unknown)]
    [InlineData("15.20.9000.012", "an unknown version of Exchange", UpdateState.Unknown)]
    [InlineData("16.00.0001.000", "an unknown version of Exchange", UpdateState.Unknown)]
    public void A_build_tells_product_update_and_whether_newer_ones_are_known(string build, string name, UpdateState state)
    {
        var found = Of(build);
        Assert.Equal((name, state), (found.Name, found.State));
        Assert.Equal(state is UpdateState.NewerExists or UpdateState.Behind, found.Next is not null);
    }

    [Theory]
    [InlineData("15.02.2562.017", "2036-01-01", SupportState.Supported)]
    [InlineData("15.02.1748.053", "2025-10-14", SupportState.Supported)]
    [InlineData("15.02.1748.053", "2025-10-16", SupportState.OutOfSupport)]
    [InlineData("15.00.1497.048", "2023-04-13", SupportState.OutOfSupport)]
    [InlineData("14.0.0.0", "2026-11-28", SupportState.OutOfSupport)]
    [InlineData("15.20.9000.012", "2026-11-28", SupportState.Unknown)]
    public void Support_ends_on_the_day_that_Microsoft_announced(string build, string day, SupportState expected) =>
        Assert.Equal(expected, Of(build).SupportAt(DateTimeOffset.Parse(day + "T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void The_next_update_is_the_first_public_one_after_the_shown_one()
    {
        Assert.Equal("RTM Oct25SU", Of("15.02.2562.027").Next!.Name);
        Assert.Equal("CU23 Apr24HU", Of("15.01.2507.037").Next!.Name);
        Assert.Equal("CU23 Oct25SU", Of("15.01.2507.037").Newest!.Name);
        Assert.Equal("CU15", Of("15.02.1258.039").Next!.Name);
        Assert.Null(Of("15.01.2507.061").Next);
    }

    [Theory]
    [InlineData("15.02.2562.053", "Exchange Server SE RTM Sep26SUv2, build 15.2.2562.53, released 2026-10-02 (57 days ago). Supported."
        + " No newer public update was known on 2026-10-08.")]
    [InlineData("15.02.2562.060", "Exchange Server SE RTM Sep26SUv2, build 15.2.2562.60. Supported. Newer than all builds of RTM known on 2026-10-08.")]
    [InlineData("15.02.1258.099", "Exchange Server 2019 CU13 Nov24SUv2, build 15.2.1258.99. Support ended on 2025-10-14."
        + " Newer than all builds of CU13 known on 2026-10-08.")]
    [InlineData("15.02.3001.010", "Exchange Server SE, build 15.2.3001.10. Supported. Newer than all builds known on 2026-10-08.")]
    [InlineData("15.01.2507.039", "Exchange Server 2016 CU23 Apr24HU, build 15.1.2507.39, released 2024-04-23 (949 days ago). Support ended on 2025-10-14."
        + " The newest public update is CU23 Oct25SU (15.1.2507.61, 2025-10-14); a log does not always show which one is installed.")]
    [InlineData("14.0.0.0", "Exchange Server 2010, build 14.0.0.0. Support ended on 2020-10-13. Its logs do not name the update.")]
    [InlineData("15.20.9000.012", "An unknown version of Exchange, build 15.20.9000.12. The build is not in the table of 2026-10-08.")]
    public void A_build_in_words(string build, string says) => Assert.Equal(says, BuildWords.Of(Of(build), Now));

    [Fact]
    public void Problems_are_named_with_their_servers()
    {
        Assert.Empty(BuildWords.Problems([], Now));
        Assert.Empty(BuildWords.Problems([Server("EX01", "15.2.2562.53"), Server("EX02", "15.2.2562.53")], Now));
        // Retired: its newest log is weeks older.
        Assert.Empty(BuildWords.Problems([Server("EX01", "15.2.2562.53"), Server("EX02", "15.1.2507.39", day: 1)], Now));
        // Nobody installs an update on the day it comes out.
        Assert.Empty(BuildWords.Problems([Server("EX01", "15.2.2562.49")], new(2026, 10, 20, 0, 0, 0, TimeSpan.Zero)));
        Assert.Equal(
            [
                "Exchange Server 2016 on EX03 is out of support since 2025-10-14: no more public security updates. Move to Exchange Server SE.",
                "Exchange Server 2016 CU22 on EX03 gets no more updates. The newest public update is CU23 Oct25SU (15.1.2507.61, 2025-10-14).",
                "The newest logs of EX01, EX02 show Exchange Server SE RTM Feb26SU; the newest public update is RTM Sep26SUv2 (15.2.2562.53, 2026-10-02)."
                + " Check which update is installed: a log does not always show it.",
            ],
            BuildWords.Problems([Server("EX01", "15.2.2562.37"), Server("EX02", "15.2.2562.37"), Server("EX03", "15.1.2375.37")], Now));
    }

    [Fact]
    public void Different_builds_are_a_problem_within_one_product()
    {
        Assert.Equal(
            [
                "2 different builds of Exchange Server SE are in use: 15.2.2562.53 on EX01, EX02; 15.2.2562.49 on EX03."
                + " Install the same update on all servers with Exchange Server SE.",
                "2 different builds of Exchange Server 2016 are in use: 15.1.2507.61 on EX04; 15.1.2507.63 on EX05."
                + " Install the same update on all servers with Exchange Server 2016.",
            ],
            Different("15.2.2562.53", "15.2.2562.53", "15.2.2562.49", "15.1.2507.61", "15.1.2507.63"));
        Assert.Empty(Different("15.1.2507.61", "15.2.1748.39", "15.2.2562.53", "15.20.9000.12", "16.0.1.0"));

        string[] Different(params string[] builds) =>
            [.. BuildWords.Problems([.. builds.Select((b, i) => Server($"EX0{i + 1}", b))], Now).Where(p => p.Contains("different", StringComparison.Ordinal))];
    }

    [Fact]
    public void A_log_with_a_date_in_the_future_does_not_retire_the_other_servers()
    {
        var future = Server("EX02", "15.2.2562.53") with { Written = new(2099, 1, 1, 0, 0, 0, DateTimeKind.Utc) };
        Assert.Contains(
            BuildWords.Problems([Server("EX01", "15.1.2507.61"), future], Now),
            p => p.Contains("on EX01 is out of support", StringComparison.Ordinal));
    }

    static ServerState Server(string name, string build, int day = 28) => new(name, Of(build), new(2026, 11, day, 11, 0, 0, DateTimeKind.Utc));

    [Theory]
    [InlineData("15.1.2507.39", "450 4.7.230 Connecting Exchange server version is out-of-date; connection to Exchange Online throttled for 5 mins/hr.",
        "Exchange Online throttles mail from EX01 because its build 15.1.2507.39 (Exchange Server 2016 CU23 Apr24HU) is too old: 5 minutes an hour."
        + " Install CU23 Oct25SU (15.1.2507.61, 2025-10-14), the last public update, and move to Exchange Server SE.")]
    [InlineData("15.1.2507.61", "550 5.7.230 Connecting Exchange server version is out-of-date; connection to Exchange Online blocked for 60 mins/hr.",
        "Exchange Online blocks mail from EX01 because its build 15.1.2507.61 (Exchange Server 2016 CU23 Oct25SU) is too old: 60 minutes an hour."
        + " Move to Exchange Server SE.")]
    [InlineData("15.2.2562.17", "450 4.7.230 Connecting Exchange server version is out-of-date",
        "Exchange Online throttles mail from EX01 because its build 15.2.2562.17 (Exchange Server SE RTM) is too old."
        + " Install the newest update, RTM Sep26SUv2 (15.2.2562.53, 2026-10-02) or newer.")]
    // The address names blocking in both replies.
    [InlineData("15.2.2562.17",
        "450 4.7.230 Exchange server version is out-of-date; connection throttled for 10 mins/hr. See https://aka.ms/BlockUnsafeExchange.",
        "Exchange Online throttles mail from EX01 because its build 15.2.2562.17 (Exchange Server SE RTM) is too old: 10 minutes an hour."
        + " Install the newest update, RTM Sep26SUv2 (15.2.2562.53, 2026-10-02) or newer.")]
    [InlineData("15.2.2562.17", "550 5.7.230 Exchange server version is out-of-date. See https://aka.ms/unsafe",
        "Exchange Online blocks mail from EX01 because its build 15.2.2562.17 (Exchange Server SE RTM) is too old."
        + " Install the newest update, RTM Sep26SUv2 (15.2.2562.53, 2026-10-02) or newer.")]
    [InlineData("", "450 4.7.230 throttled for 5 mins/hr.",
        "Exchange Online throttles mail from EX01 because its build is too old: 5 minutes an hour."
        + " Find the build with Get-ExchangeServer. The newest known is Exchange Server SE RTM Sep26SUv2 (15.2.2562.53, 2026-10-02).")]
    public void A_limit_of_Exchange_Online_in_words(string build, string reply, string says) =>
        Assert.Equal(says, BuildWords.Limited("EX01", build.Length == 0 ? null : Of(build), reply));
}
