using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Tests.Formats;

/// <summary>However long the fields of a row are, the results are bounded.</summary>
public sealed class LongFieldTests
{
    const int Long = 1_000_000;

    static readonly string[] Fields =
        [
            "date-time", "source", "event-id", "source-context", "connector-id", "message-id", "network-message-id", "recipient-address",
            "recipient-status", "message-subject", "sender-address", "directionality", "total-bytes",
        ];

    static readonly string Word = new('x', Long);

    [Theory]
    [InlineData("source-context")]
    [InlineData("connector-id")]
    [InlineData("message-id")]
    [InlineData("network-message-id")]
    [InlineData("recipient-address")]
    [InlineData("recipient-status")]
    [InlineData("message-subject")]
    [InlineData("sender-address")]
    public void Failure_fields_are_cut_at_their_limits(string field)
    {
        foreach (var value in (string[])[Word, $"a@{Word}", $"{Word}@b.example", $"'{Word}''{Word}'", $"\"{Word} \"\"{Word}\"", $"550 5.1.1 {Word}"])
        {
            var failure = Assert.Single(Read(Row((field, value))).Failures);
            string[] texts =
            [
                failure.Recipient,
                failure.Domain,
                failure.Sender,
                failure.MessageId,
                failure.NetworkMessageId,
                failure.Connector,
                failure.Subject,
                failure.Session,
                failure.Diagnosis.Text, failure.Diagnosis.RemoteHost ?? "", failure.Diagnosis.RemoteAddress ?? "",
            ];
            Assert.InRange(texts.Sum(t => t.Length), 1, 10_000);
        }
    }

    [Fact]
    public void End_of_a_long_status_is_judged_too()
    {
        var failure = Assert.Single(Read(Row(
            (
                "recipient-status",
                $"\"[{{LED=451 4.4.0 {Word} Primary target IP address responded with: 550 5.1.1 User unknown}};{{MSG=}};{{FQDN=mx.far.example}};"
                + $"{{IP=192.0.2.1}}]\""))).Failures);
        Assert.Equal(
            (Cause.InvalidRecipient, "mx.far.example", "192.0.2.1"),
            (failure.Diagnosis.Cause, failure.Diagnosis.RemoteHost, failure.Diagnosis.RemoteAddress));
        Assert.Contains(KeptText.Mark, failure.Diagnosis.Text);
    }

    [Fact]
    public void Domain_of_a_long_recipient_is_kept_whole() =>
        Assert.Equal("contoso.example", Assert.Single(Read(Row(("recipient-address", $"{Word}@contoso.example"))).Failures).Domain);

    [Fact]
    public void Long_status_is_cut_before_it_becomes_a_string()
    {
        var log = Log(Row(("recipient-status", $"550 5.1.1 {Word}")), Row(("recipient-status", $"\"550 5.1.1, {Word}\"")));
        Assert.True(LogHeader.TryParse(log, out var header));
        var read = LogFormat.Of(header)!.Open(header, new(new EventNames()));
        var tally = new Tally();
        read(log.AsMemory(), tally);
        tally.Clear();
        var before = GC.GetAllocatedBytesForCurrentThread();
        read(log.AsMemory(), tally);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
        Assert.Equal(2, tally.Failures.Count);
    }

    [Fact]
    public void Long_status_list_is_split_per_recipient_and_released()
    {
        var statuses = string.Join(';', Enumerable.Range(0, 3000).Select(i => $"'550 5.1.1 no ''{i}'' here; host {i} said so'"));
        var tally = Read(Row(
            ("recipient-address", string.Join(';', Enumerable.Range(0, 3000).Select(i => $"r{i}@contoso.example"))),
            ("recipient-status", $"\"{statuses}\"")));
        Assert.Equal(Enumerable.Range(0, 3000).Select(i => $"550 5.1.1 no '{i}' here; host {i} said so"), tally.Failures.Select(f => f.Diagnosis.Text));
        Assert.InRange(tally.Bytes(), 3000 * 300, 3000 * 1000);
        tally.Clear();
        Assert.Equal((0, 0L), (tally.Failures.Capacity > 4096 ? tally.Failures.Capacity : 0, tally.Bytes()));
    }

    [Theory]
    [InlineData(99, 0, 100)]
    [InlineData(1000, 1, 0)]
    [InlineData(99_990, 1, 0)]
    public void Separators_alone_are_not_counted_as_recipients(int separators, int unreadable, int failures)
    {
        var tally = Read(Row(("recipient-address", new string(';', separators))));
        Assert.Equal((unreadable, failures), (tally.Unreadable[(int)Unreadable.TooManyRecipients], tally.Failures.Count));
    }

    [Fact]
    public void Many_short_addresses_are_counted_as_recipients() =>
        Assert.Equal(20_000, Read(Row(("recipient-address", string.Join(';', Enumerable.Repeat("a@b", 20_000))))).Failures.Count);

    [Fact]
    public void Long_next_hop_is_cut_in_the_middle()
    {
        var header = "#Log-Type: Transport Connectivity Log\r\n#Date: 2024-05-06T07:08:09.000Z\r\n"
            + "#Fields: date-time,session,source,Destination,direction,description\r\n";
        var tally = new Tally();
        TallyText.Read(
            Encoding.UTF8.GetBytes(
                $"{header}2024-05-06T07:08:09.123Z,08D,SMTP,{Word},>,Established connection to 192.0.2.1\r\n"
                + $"2024-05-06T07:08:09.123Z,08D,SMTP,mx.example,-,Messages: 0 Bytes: 0 (Retry : 451 4.4.0 {Word})\r\n"),
            new(), tally);
        Assert.InRange(tally.Connections[0].Destination.Length, 1, KeptText.Name);
        Assert.NotNull(tally.Connections[1].Retry);
    }

    static string Row(params (string Field, string Value)[] values)
    {
        var given = values.ToDictionary(v => v.Field, v => v.Value);
        return string.Join(',', Fields.Select(f => given.GetValueOrDefault(f) ?? f switch
        {
            "date-time" => "2024-05-06T07:08:09.123Z",
            "source" => "SMTP",
            "event-id" => "FAIL",
            "recipient-address" => "r@b.example",
            _ => "",
        })) + "\r\n";
    }

    static byte[] Log(params string[] rows) =>
        Encoding.UTF8.GetBytes(
            $"#Log-type: Message Tracking Log\r\n#Date: 2024-05-06T07:08:09.000Z\r\n#Fields: {string.Join(',', Fields)}\r\n{string.Concat(rows)}");

    static Tally Read(params string[] rows)
    {
        var tally = new Tally();
        TallyText.Read(Log(rows), new(), tally);
        return tally;
    }
}
