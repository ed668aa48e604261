using Mailflow.Simulator;

namespace Mailflow.Tests.Simulate;

/// <summary>The simulated traffic has the shares and the difficult cases of real logs.</summary>
public sealed class RealismTests
{
    /// <summary>The guide's six causes, 100 % together, as causes of this product.</summary>
    static readonly (double Percent, string[] Causes)[] GuideShares =
    [
        (35, ["invalid-recipient"]),
        (20, ["dns-failure"]),
        (15, ["relay-denied", "blocklisted", "sender-auth-failure", "spam-content", "policy-restriction"]),
        (12, ["mailbox-full"]),
        (10, ["network-failure", "tls-failure", "message-expired", "mail-loop"]),
        (8, ["message-too-large"]),
    ];

    [Fact]
    public async Task Simulated_failures_have_the_guides_shares()
    {
        using var folder = await SimulatedFolder.WrittenAtOnce(megabytes: 60);
        var failures = folder.Truth.Failures;

        Assert.All(GuideShares, guide =>
        {
            Assert.All(guide.Causes, cause => Assert.True(failures.ContainsKey(cause), cause));
            var share = 100.0 * guide.Causes.Sum(cause => failures[cause]) / failures.Values.Sum();
            Assert.InRange(share, guide.Percent - 2.5, guide.Percent + 2.5);
        });
    }

    [Fact]
    public void Each_simulated_cause_has_at_least_six_texts() => Assert.All(
        FailureTexts.All.GroupBy(text => text.Cause),
        cause => Assert.True(cause.Count() >= 6, $"{cause.Key} has {cause.Count()} texts"));

    [Theory]
    [InlineData("Exchange2016")]
    [InlineData("Exchange2019")]
    public async Task Simulated_rows_have_the_shares_of_a_busy_server(string version)
    {
        using var folder = await SimulatedFolder.WrittenAtOnce(megabytes: 20, version: Enum.Parse<ExchangeVersion>(version));
        var truth = folder.Truth;

        Assert.InRange((double)truth.Bytes / truth.Rows, 400, 900);
        Assert.InRange(Percent(truth.Noise.Values.Sum()), 25, 35);
        Assert.InRange(Percent(truth.Events.Where(row => row.Key.EndsWith("|FAIL", StringComparison.Ordinal)).Sum(row => row.Value)), 1.5, 3);
        Assert.InRange(truth.LatencyMs["delivered"].P50, 100, 5_000);
        Assert.InRange(truth.LatencyMs["sent"].P95, 1_000, 60_000);

        double Percent(long rows) => 100.0 * rows / truth.Rows;
    }

    [Fact]
    public async Task One_simulated_domain_has_most_failures()
    {
        using var folder = await SimulatedFolder.WrittenAtOnce(megabytes: 40);
        var domains = folder.Truth.FailuresByDomain;

        Assert.Equal(20, domains.Count);
        Assert.Equal("northwind.example", domains.Keys.First());
        Assert.True(domains.Values.First() > 2 * domains.Values.ElementAt(1));
    }

    [Fact]
    public async Task All_failure_sources_are_simulated()
    {
        using var folder = await SimulatedFolder.WrittenAtOnce(megabytes: 20);

        Assert.Superset(
            new HashSet<string>(["SMTP|FAIL", "DNS|FAIL", "ROUTING|FAIL", "QUEUE|FAIL", "AGENT|FAIL", "STOREDRIVER|FAIL", "DSN|DSN"], StringComparer.Ordinal),
            folder.Truth.Events.Keys.ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Simulated_subjects_contain_special_characters()
    {
        using var folder = await SimulatedFolder.WrittenAtOnce(megabytes: 6);
        var subjects = Recount.Of(folder.LogPaths).Subjects;

        Assert.All(
            [", shipped today", "Offer, \"final\" version\\r\\nRe: offer ", "のご送付", "Счёт № ", "Τιμολόγιο ", "🎉 You have ", "[Undisclosed]"],
            part => Assert.Contains(subjects, subject => subject.Contains(part, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Exchange2019", "'[{LED=")]
    [InlineData("Exchange2019", "'[{LRT=")]
    [InlineData("Exchange2013", "'[{LED=")]
    [InlineData("Exchange2013", "'[{LRT=")]
    [InlineData("Exchange2010", ",550 4.4.7 QUEUE.Expired;message expired,")]
    [InlineData("Exchange2007", ",550 4.4.7 QUEUE.Expired;message expired,")]
    [InlineData("Exchange2019", "recipient''s email address")]
    [InlineData("Exchange2019", "'finn.o''brien@contoso.test'")]
    [InlineData("Exchange2019", "]';'[{LED=")]
    [InlineData("Exchange2016", ":TOTAL-HUB=")]
    public async Task Both_status_formats_and_lists_are_simulated(string version, string text)
    {
        using var folder = await SimulatedFolder.WrittenAtOnce(megabytes: 16, version: Enum.Parse<ExchangeVersion>(version));

        Assert.Contains(folder.LogPaths.SelectMany(File.ReadLines), line => line.Contains(text, StringComparison.Ordinal));
    }
}
