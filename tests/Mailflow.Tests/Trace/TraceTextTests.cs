using System.Globalization;
using System.Text;
using System.Text.Json;
using Mailflow.Analysis.Tracing;
using Mailflow.Privacy;
using Mailflow.Trace;
using Spectre.Console;

namespace Mailflow.Tests.Trace;

public sealed class TraceTextTests
{
    static readonly DateTime Noon = new(2026, 11, 20, 12, 0, 0, DateTimeKind.Utc);

    static readonly TraceRow[] Group =
    [
        Row(0, "EX01", "SMTP", "RECEIVE", ["all@contoso.com", "bob@fabrikam.com"]) with
        {
            Client = new("mail.partner.example", ""), Connector = @"EX01\Default EX01",
        },
        Row(0.1, "EX01", "AGENT", "AGENTINFO", ["all@contoso.com", "bob@fabrikam.com"]) with { Context = "Transport Rule Agent" },
        Row(1, "EX01", "ROUTING", "EXPAND", ["ann@contoso.com", "carl@contoso.com"]) with { Related = "all@contoso.com" },
        Row(2, "EX01", "SMTP", "DEFER", ["bob@fabrikam.com"], "[{LED=451 4.4.1 Connection timed out};{MSG=};{FQDN=mx.fabrikam.com};{IP=};{LRT=}]") with
        {
            Remote = new("mx.fabrikam.com", ""), Info = "2026-11-20T12:15:02.000Z",
        },
        Row(3, "EX01", "STOREDRIVER", "DELIVER", ["ann@contoso.com"]),
        Row(3, "EX01", "STOREDRIVER", "FAIL", ["carl@contoso.com"], "[{LED=552 5.2.2 mailbox full};{MSG=};{FQDN=};{IP=};{LRT=}]"),
    ];

    [Fact]
    public void One_message_is_told() => Assert.Equal(
        """
        Message <1@contoso.com>

        s***@partner.example sent it to 2 addresses, 3 recipients after groups and
        forwarding on 2026-11-20 12:00:00 UTC (11.7 KB). c***@contoso.com failed:
        mailbox full (552 5.2.2), on our side. bob@fabrikam.com is deferred on EX01:
        network failure (451 4.4.1), on the remote side; next try at 2026-11-20 12:15:02
        UTC. 1 other has it: delivered within 3 s.

        Recipients
          replaced   a***@contoso.com: became a***@contoso.com, c***@contoso.com
          deferred   bob@fabrikam.com on EX01, last at 2026-11-20 12:00:02: network
                     failure (451 4.4.1), on the remote side; next try at 2026-11-20
                     12:15:02
                     451 4.4.1 Connection timed out
          delivered  a***@contoso.com on EX01 at 2026-11-20 12:00:03, after 3 s
          failed     c***@contoso.com on EX01 at 2026-11-20 12:00:03: mailbox full (552
                     5.2.2), on our side
                     552 5.2.2 mailbox full

        Timeline (UTC)
          2026-11-20
          12:00:00.0              ├ EX01  received from mail.partner.example by
                                  │       EX01\Default EX01; 2 recipients
          12:00:00.1       +0.1 s ├ EX01  agents: Transport Rule Agent; 2 recipients
          12:00:01.0       +0.9 s ├ EX01  group a***@contoso.com expanded to 2
          12:00:02.0         +1 s ├ EX01  deferred at mx.fabrikam.com: network failure
                                  │       (451 4.4.1), next try 12:15:02
          12:00:03.0         +1 s ├ EX01  delivered to the mailbox
          12:00:03.0              ├ EX01  failed: mailbox full (552 5.2.2)

        Where the time went (3 s)
                  2 s  67% ████████     the work and the queues of the server
                  1 s  33% ████         waiting to try mx.fabrikam.com again


        """.ReplaceLineEndings("\n"),
        Text(Group).Split("1 message in")[0]);

    [Fact]
    public void Terminal_without_Unicode_gets_ASCII() => Assert.True(Ascii.IsValid(Text(Group, unicode: false)));

    [Fact]
    public void No_line_is_wider_than_80_columns()
    {
        var members = Enumerable.Range(0, 5000).Select(i => $"m{i}@contoso.com").ToArray();
        TraceRow[] rows =
        [
            Row(0, "EX01", "SMTP", "RECEIVE", ["all@contoso.com"]),
            .. members.Chunk(1000).Select(m => Row(1, "EX01", "ROUTING", "EXPAND", m) with { Related = "all@contoso.com" }),
            .. members.Select((m, i) => Row(2 + i / 100.0, "EX01", "STOREDRIVER", "DELIVER", [m])),
            .. Enumerable.Range(0, 100).Select(i => Row(100 + (i * 100), "EX01", "SMTP", i % 2 == 0 ? "RECEIVE" : "SEND", ["x@contoso.com"])),
        ];
        var text = Text(rows);
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Assert.InRange(text.Split('\n').Length, 20, 120);
        Assert.Contains("All 5,001", Text(rows[..^100].Append(Row(5, "EX01", "STOREDRIVER", "DELIVER", ["x@contoso.com"]))), StringComparison.Ordinal);
    }

    [Fact]
    public void Several_messages_are_a_table() => Assert.Equal(
        """
        time (UTC)           sender               recipients           outcome
        2026-11-20 12:00:00  s***@partner.exam..  a***@contoso.com +3  1 deferred, 1
                                                                       delivered, 1
                                                                       failed
          <1@contoso.com>
        2026-11-20 12:00:00  s***@partner.exam..  a***@contoso.com     delivered
          <1@contoso.com>

        2 messages in 0.0 MB of 1 log file, 0.00 s.

        """.ReplaceLineEndings("\n"),
        Text(new TraceResult(
            [Journey.Of(Group), Journey.Of([Row(0, "EX01", "STOREDRIVER", "DELIVER", ["ann@contoso.com"])])],
            false, new(1000, 1, 1, 1, 1000, TimeSpan.Zero), [])));

    [Fact]
    public void Address_that_was_asked_for_is_shown_and_others_are_masked_everywhere()
    {
        var rows = Group.Select(r => r with { Connector = "to dora@contoso.com", Client = new("host-of-dora@contoso.com", "") });
        foreach (var text in (string[])[Text(rows), Json(rows)])
        {
            Assert.Contains("bob@fabrikam.com", text, StringComparison.Ordinal);
            Assert.DoesNotContain("dora@", text, StringComparison.Ordinal);
            Assert.DoesNotContain("ann@", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Json_has_the_story_the_steps_and_what_is_not_known()
    {
        var handedOn = Row(0, "EX01", "SMTP", "SEND", ["ann@contoso.com"]) with { Remote = new("EX05", ""), Connector = "Intra-Organization" };
        using var json = JsonDocument.Parse(Json([handedOn]));
        var message = json.RootElement.GetProperty("messages")[0];
        Assert.StartsWith("s***@partner.example sent it to a***@contoso.com", message.GetProperty("story").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            ["Its first row here is SEND on EX01 at 2026-11-20 12:00:00 UTC: earlier rows are gone, or on a server whose logs are not read.",
                "It left EX01 for EX05, whose logs are not read: what happened there is not known."],
            message.GetProperty("unknown").EnumerateArray().Select(u => u.GetString()));
        Assert.Equal("handed-over", message.GetProperty("steps")[0].GetProperty("kind").GetString());
        Assert.Equal(0, message.GetProperty("time_spent").GetProperty("seconds").GetDouble());
    }

    static TraceMask Mask => new(Masking.Default, ["bob@fabrikam.com"]);

    static string Json(IEnumerable<TraceRow> rows)
    {
        using var output = new MemoryStream();
        TraceJson.Write(new([Journey.Of([.. rows])], false, new(1000, 1, 1, 1, 1000, TimeSpan.Zero), []), Mask, true, output);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    static string Text(IEnumerable<TraceRow> rows, bool unicode = true) =>
        Text(new TraceResult([Journey.Of([.. rows])], false, new(1000, 1, 1, 1, 1000, TimeSpan.Zero), []), unicode);

    static string Text(TraceResult result, bool unicode = true)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No });
        console.Profile.Width = 80;
        console.Profile.Capabilities.Unicode = unicode;
        TraceText.Write(result, Mask, false, console);
        return output.ToString();
    }

    static int _offset;

    static TraceRow Row(double second, string server, string source, string eventId, string[] recipients, string status = "") =>
        new(
            Noon.AddSeconds(second), server, source, eventId, "<1@contoso.com>", "3f0c8b1e-5d2a-4b7f-9a10-08dd31a0b001", 1, "sender@partner.example",
            "sender@partner.example", [.. recipients.Select(r => new TraceRecipient(r, status))], "", "", "Hello", 12_000, "a.log",
            Interlocked.Increment(ref _offset));
}
