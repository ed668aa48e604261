using System.Text.Json;

namespace Mailflow.Tests.Web;

/// <summary>The section of the page about messages on their way, and its lists.</summary>
public sealed class OnItsWayTests
{
    [Fact]
    public async Task Page_says_how_many_are_on_their_way_and_links_to_their_lists()
    {
        await using var site = await ServedSite.StartAsync();
        var log = new LogText(site.Clock.Now.AddHours(-2));
        DateTimeOffset At(double minutesAgo) => site.Clock.Now.AddMinutes(-minutesAgo);
        log.Row(At(50), "SMTP", "RECEIVE", "one@fabrikam.example", "", "Default");
        log.Defer(At(40), "two@fabrikam.example", "451 4.7.1 Greylisted");
        log.Row(At(30), "SMTP", "RECEIVE", "three@fabrikam.example", "", "Default");
        log.Deliver(At(0), TimeSpan.FromSeconds(2));
        await site.ReadAsync(log);

        using var json = JsonDocument.Parse(await site.GetAsync("/api/status?window=1h"));
        var way = json.RootElement.GetProperty("on_its_way");
        Assert.Equal("3 messages are on their way, the oldest for 50 minutes at EX01.", way.GetProperty("sentence").GetString());
        Assert.Equal((3, 0, 0), (Number(way, "messages"), Number(way, "lost"), Number(way, "looping")));
        var hop = way.GetProperty("hops").EnumerateArray().Single();
        Assert.Equal(("EX01", "", 3), (hop.GetProperty("server").GetString(), hop.GetProperty("next_hop").GetString(), Number(hop, "messages")));

        var page = await site.GetAsync("/servers?window=1h");
        Assert.Contains("3 messages are on their way, the oldest for 50 minutes at EX01.", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/messages?server=EX01&amp;outcome=pending\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("MailMessagesLost", page, StringComparison.Ordinal);

        var pending = await site.GetAsync("/messages?server=EX01&outcome=pending");
        Assert.Contains("2 messages, server EX01, on the way: 2 on the way.", pending, StringComparison.Ordinal);
        var deferred = await site.GetAsync("/messages?server=EX01&outcome=deferred");
        Assert.Contains("1 message, server EX01, deferred: 1 deferred.", deferred, StringComparison.Ordinal);
        using var api = JsonDocument.Parse(await site.GetAsync("/api/v1/messages?outcome=pending&limit=1"));
        Assert.Equal("<3@contoso.test>", api.RootElement.GetProperty("messages")[0].GetProperty("message_id").GetString());
        Assert.True(api.RootElement.GetProperty("more").GetBoolean());
    }

    [Fact]
    public async Task Page_says_that_no_message_is_on_its_way()
    {
        await using var site = await ServedSite.StartAsync();
        await site.ReadAsync(new LogText(site.Clock.Now.AddHours(-2)).Deliver(site.Clock.Now, TimeSpan.FromSeconds(2)));
        Assert.Contains("<p>No message is on its way.</p>", await site.GetAsync("/servers"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_in_a_loop_link_to_their_runbook()
    {
        await using var site = await ServedSite.StartAsync();
        var log = new LogText(site.Clock.Now.AddHours(-2));
        for (var i = 0; i < 6; i++)
            log.Row(site.Clock.Now.AddMinutes(i - 10), "SMTP", "RECEIVE", "loop@fabrikam.example", "", "Default");
        // The same message each time.
        var text = Enumerable.Range(2, 5).Aggregate(log.ToString(), (all, n) => all.Replace($"<{n}@", "<1@", StringComparison.Ordinal));
        site.Write("MSGTRK2026030410-1.LOG", text);
        await site.ReadAsync(log.Rows);
        var page = await site.GetAsync("/servers");
        Assert.Contains("1 message is on its way, for 5 minutes at EX01.", page, StringComparison.Ordinal);
        Assert.Contains("<p>1 in a loop: ", page, StringComparison.Ordinal);
        const string Runbook = "/docs/runbooks/MailMessagesLooping.md";
        Assert.Contains($"<a href={Runbook}>", page, StringComparison.Ordinal);
        Assert.Contains("MailMessagesLooping", await site.GetAsync(Runbook), StringComparison.Ordinal);
    }

    static int Number(JsonElement of, string name) => of.GetProperty(name).GetInt32();
}
