using System.Text.Json;
using Mailflow.Analysis.Messages;

namespace Mailflow.Tests.Web;

/// <summary>/history and /api/v1/history: the same numbers, with and without filters.</summary>
public sealed class HistoryPageTests
{
    static async Task<ServedSite> StartAsync()
    {
        var site = await ServedSite.StartAsync();
        var now = site.Clock.Now;
        await site.ReadAsync(new LogText(now.AddHours(-3))
            .Deliver(now.AddHours(-2), TimeSpan.FromSeconds(2))
            .Deliver(now.AddMinutes(-30), TimeSpan.FromSeconds(20))
            .Fail(now.AddMinutes(-29), "bob@fabrikam.example", "550 5.1.1 User unknown")
            .Defer(now.AddMinutes(-28), "bob@fabrikam.example", "451 4.7.1 Greylisted"));
        return site;
    }

    [Fact]
    public async Task Answer_has_outcomes_causes_and_delivery_times()
    {
        await using var site = await StartAsync();
        using var json = JsonDocument.Parse(await site.GetAsync("/api/v1/history?range=6h&step=15m"));
        var points = json.RootElement.GetProperty("points").EnumerateArray().ToList();
        Assert.Equal(24, points.Count);
        Assert.Equal(2, points.Sum(p => p.GetProperty(Outcome.Delivered.Name()).GetInt64()));
        Assert.Equal(1, points.Sum(p => p.GetProperty(Outcome.Failed.Name()).GetInt64()));
        Assert.Equal(1, points.Sum(p => p.GetProperty(Outcome.Deferred.Name()).GetInt64()));
        var failure = Assert.Single(points.SelectMany(p => p.GetProperty("failures").EnumerateArray()));
        Assert.Equal(("invalid-recipient", 1), (failure.GetProperty("cause").GetString(), failure.GetProperty("count").GetInt64()));
        Assert.Equal(
            2,
            points.Count(p => p.GetProperty("delivery_p50_seconds").ValueKind == JsonValueKind.Number
                && p.GetProperty("queue_depth").ValueKind == JsonValueKind.Null));
        using var other = JsonDocument.Parse(await site.GetAsync("/api/v1/history?range=6h&server=EX09"));
        Assert.Equal(0, other.RootElement.GetProperty("points").EnumerateArray().Sum(p => p.GetProperty("delivered").GetInt64()));
        using var connector = JsonDocument.Parse(await site.GetAsync("/api/v1/history?range=6h&connector=internet%20send"));
        Assert.Equal(1, connector.RootElement.GetProperty("points").EnumerateArray().Sum(p => p.GetProperty("failed").GetInt64()));
        var csv = (await site.GetAsync("/api/v1/history?range=6h&format=csv")).Trim().Split('\n');
        Assert.StartsWith("start,delivered,sent,relayed,failed,deferred,dropped,expanded,delivery_p50_seconds", csv[0], StringComparison.Ordinal);
        Assert.EndsWith(",failed_invalid-recipient", csv[0].Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_works_without_a_script_and_keeps_its_state_in_the_address()
    {
        await using var site = await StartAsync();
        var page = await site.GetAsync("/history?range=6h&connector=Internet%20Send");
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.Contains("0 delivered, 0 sent, 1 failed", page, StringComparison.Ordinal);
        Assert.Contains("/history?range=7d&amp;connector=Internet%20Send", page, StringComparison.Ordinal);
        Assert.Contains("<option value=\"Internet Send\" selected>", page, StringComparison.Ordinal);
        Assert.Contains("2 delivered, 0 sent, 1 failed", await site.GetAsync("/history"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/history?range=2h")]
    [InlineData("/history?from=soon")]
    [InlineData("/api/v1/history?from=1d&to=2d")]
    [InlineData("/api/v1/history?since=1d")]
    [InlineData("/api/v1/history?from=900d")]
    public async Task Fault_says_what_is_expected(string path)
    {
        await using var site = await ServedSite.StartAsync();
        var (status, body) = await site.TryAsync(path);
        Assert.Equal(400, status);
        Assert.True(body.Contains("xpected", StringComparison.Ordinal) || body.Contains("must be before", StringComparison.Ordinal), body);
    }
}
