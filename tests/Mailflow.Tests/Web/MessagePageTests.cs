using System.Net;

namespace Mailflow.Tests.Web;

/// <summary>Searches of the tracking logs, and the page of one message.</summary>
public sealed class MessagePageTests
{
    const string First = "11111111-1111-4111-8111-111111111111";
    const string Second = "22222222-2222-4222-8222-222222222222";

    static TraceLog Log(ServedSite site) => new TraceLog(site.Clock.Now.AddMinutes(-30))
        .Row(0, "SMTP", "RECEIVE", "<one/1@contoso.test>", First, "bob@fabrikam.example;eve@fabrikam.example")
        .Row(5, "SMTP", "FAIL", "<one/1@contoso.test>", First, "bob@fabrikam.example", "550 5.1.1 User unknown")
        .Row(9, "SMTP", "SENDEXTERNAL", "<one/1@contoso.test>", First, "eve@fabrikam.example", "250 2.1.5 Recipient OK", remote: "mx.fabrikam.example")
        .Row(60, "SMTP", "RECEIVE", "<one/1@contoso.test>", Second, "zoe@fabrikam.example")
        .Row(61, "STOREDRIVER", "DELIVER", "<one/1@contoso.test>", Second, "zoe@fabrikam.example")
        .Row(120, "SMTP", "RECEIVE", "<two@contoso.test>", "", "zoe@fabrikam.example", sender: "bob@fabrikam.example");

    static async Task<ServedSite> StartAsync(Mailflow.Configuration.MailflowOptions? options = null)
    {
        var site = await ServedSite.StartAsync(options: options);
        var log = Log(site);
        site.Write("MSGTRK2026030409-1.LOG", log.ToString());
        await site.ReadAsync(log.Rows);
        return site;
    }

    [Theory]
    [InlineData("q=bob@fabrikam.example", "2 messages to or from bob@fabrikam.example: 1 failed, 1 on the way.")]
    [InlineData("q=BOB@fabrikam.example&outcome=failed", "1 message to or from BOB@fabrikam.example, failed: 1 failed.")]
    [InlineData("q=fabrikam.example", "3 messages to or from fabrikam.example: 1 failed, 1 on the way, 1 delivered.")]
    [InlineData("q=contoso.test&cause=invalid-recipient", "1 message to or from contoso.test, cause invalid-recipient: 1 failed.")]
    [InlineData("q=fabrikam.example&since=2h", "3 messages to or from fabrikam.example since 08:00: 1 failed, 1 on the way, 1 delivered.")]
    [InlineData("q=fabrikam.example&until=2h", "No messages to or from fabrikam.example before 08:00.")]
    [InlineData("q=%3Cone/1@contoso.test%3E", "2 messages with the id &lt;one/1@contoso.test&gt;: 1 failed, 1 delivered.")]
    [InlineData("q=11111111111141118111111111111111", "1 message with the id 11111111111141118111111111111111: 1 failed.")]
    [InlineData("domain=fabrikam.example&outcome=delivered", "1 message, domain fabrikam.example, delivered: 1 delivered.")]
    public async Task Result_is_a_sentence(string query, string sentence)
    {
        await using var site = await StartAsync();
        var page = WebUtility.HtmlDecode(await site.GetAsync("/messages?" + query));
        Assert.Contains($"<h1>{WebUtility.HtmlDecode(sentence)}</h1>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shadow_copies_are_counted_and_left_out_of_a_list_but_found_by_their_id()
    {
        const string Copy = "33333333-3333-4333-8333-333333333333";
        await using var site = await ServedSite.StartAsync();
        var log = Log(site).Row(1, "SMTP", "HARECEIVE", "<copy@contoso.test>", Copy, "bob@fabrikam.example")
            .Row(9, "SMTP", "HADISCARD", "<copy@contoso.test>", Copy, "bob@fabrikam.example");
        site.Write("MSGTRK2026030409-1.LOG", log.ToString());
        await site.ReadAsync(log.Rows);
        var page = await site.GetAsync("/messages?q=bob@fabrikam.example");
        Assert.Contains("<h1>2 messages to or from bob@fabrikam.example: 1 failed, 1 on the way.</h1>", page, StringComparison.Ordinal);
        Assert.Contains("1 more has only rows of shadow copies", page, StringComparison.Ordinal);
        Assert.DoesNotContain(Copy, page, StringComparison.Ordinal);
        Assert.Contains(Copy, await site.GetAsync("/messages?q=" + Copy), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_address_that_was_asked_for_is_shown()
    {
        await using var site = await StartAsync();
        var page = await site.GetAsync("/messages?q=bob@fabrikam.example");
        Assert.Contains("<bdi>bob@fabrikam.example</bdi>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("eve@", page, StringComparison.Ordinal);
        Assert.DoesNotContain("ann@", page, StringComparison.Ordinal);
        page = await site.GetAsync($"/messages/{First}");
        Assert.DoesNotContain("bob@", page, StringComparison.Ordinal);
        Assert.Contains("<bdi>b***@fabrikam.example</bdi>", page, StringComparison.Ordinal);
        page = await site.GetAsync($"/messages/{First}?q=bob@fabrikam.example");
        Assert.Contains("<bdi>bob@fabrikam.example</bdi>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("eve@", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false, "b***@fabrikam.example")]
    [InlineData(false, true, "b***@fabrikam.example")]
    [InlineData(true, false, "bob@fabrikam.example")]
    public async Task Plain_addresses_need_their_setting(bool show, bool isPlain, string shown)
    {
        await using var site = await StartAsync(
            new() { ShowAddresses = show, Addresses = isPlain ? Mailflow.Privacy.AddressPrivacy.Plain : Mailflow.Privacy.AddressPrivacy.Masked });
        var (code, text) = await site.TryAsync($"/messages/{First}");
        Assert.True(code == 200, text);
        Assert.Contains($"<bdi>{shown}</bdi>", text, StringComparison.Ordinal);
        Assert.Contains($"<bdi>{shown}</bdi>", await site.GetAsync("/messages?outcome=failed"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_of_a_message_has_outcome_timeline_and_rows()
    {
        await using var site = await StartAsync();
        var page = await site.GetAsync($"/messages/{First}");
        Assert.Contains("2 recipients: 1 failed, 1 sent out.", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/docs/causes/invalid-recipient.md\"", page, StringComparison.Ordinal);
        Assert.Contains("3 rows of the tracking logs", page, StringComparison.Ordinal);
        Assert.Contains("MSGTRK2026030409-1.LOG", page, StringComparison.Ordinal);
        Assert.Contains("<ol class=line>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_messages_of_one_id_are_both_offered()
    {
        await using var site = await StartAsync();
        var page = await site.GetAsync($"/messages/{Uri.EscapeDataString("<one/1@contoso.test>")}");
        Assert.Contains("2 messages have this Message-ID.", page, StringComparison.Ordinal);
        Assert.Contains($"href=\"/messages/{First}\"", page, StringComparison.Ordinal);
        Assert.Contains($"href=\"/messages/{Second}\"", page, StringComparison.Ordinal);
        Assert.Contains("on the way.</h1>", await site.GetAsync("/messages/%3Ctwo@contoso.test%3E"), StringComparison.Ordinal);
        Assert.Contains("on the way.</h1>", await site.GetAsync("/messages/two%40contoso.test"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/messages/none", 404, "No row of the tracking logs has the id none")]
    [InlineData("/messages/%3Cscript%3E", 404, "has the id &lt;script&gt;")]
    [InlineData("/messages/a%0Ab", 400, "expected a network message id or a Message-ID")]
    [InlineData("/messages/a?outcome=lost", 400, "outcome=lost: expected failed,")]
    [InlineData("/messages/a?skip=-1", 400, "skip=-1: expected a number from 0 to 1000000.")]
    public async Task Ids_that_are_not_found_are_explained(string path, int expected, string says)
    {
        await using var site = await StartAsync();
        var (status, page) = await site.TryAsync(path);
        Assert.Equal(expected, status);
        Assert.Contains(says, page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Message_to_5000_recipients_is_shown_in_parts()
    {
        await using var site = await ServedSite.StartAsync();
        var log = new TraceLog(site.Clock.Now.AddMinutes(-30));
        for (var i = 0; i < 50; i++)
            log.Row(i, "SMTP", "RECEIVE", "<big@contoso.test>", First, string.Join(';', Enumerable.Range(i * 100, 100).Select(n => $"r{n}@fabrikam.example")));
        for (var i = 0; i < 5000; i++)
            log.Row(100 + i, i % 10 == 0 ? "SMTP" : "STOREDRIVER", i % 10 == 0 ? "FAIL" : "DELIVER", "<big@contoso.test>", First, $"r{i}@fabrikam.example");
        site.Write("MSGTRK2026030409-1.LOG", log.ToString());
        await site.ReadAsync(log.Rows);
        var page = await site.GetAsync($"/messages/{First}");
        Assert.Contains("5,000 recipients: 500 failed, 4,500 delivered.", page, StringComparison.Ordinal);
        Assert.Equal(100, page.Split("<tr class=hit>").Length - 1);
        Assert.Contains($"href=\"/messages/{First}?outcome=failed\"", page, StringComparison.Ordinal);
        Assert.Contains("101 to 200 of 5,000", await site.GetAsync($"/messages/{First}?skip=100"), StringComparison.Ordinal);
        page = await site.GetAsync($"/messages/{First}?outcome=failed&skip=400");
        Assert.Contains("401 to 500 of 500", page, StringComparison.Ordinal);
        Assert.DoesNotContain("rel=next", page, StringComparison.Ordinal);
        Assert.True(page.Length < 200_000, $"{page.Length} bytes");
    }
}
