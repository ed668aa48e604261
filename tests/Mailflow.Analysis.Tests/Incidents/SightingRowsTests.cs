using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Tests.Formats;

namespace Mailflow.Analysis.Tests.Incidents;

public sealed class SightingRowsTests
{
    static readonly string[] Fields =
    [
        "date-time", "client-hostname", "server-ip", "server-hostname", "source-context", "connector-id", "source", "event-id", "network-message-id",
        "recipient-address", "recipient-status", "recipient-count", "sender-address", "message-info", "directionality", "custom-data",
    ];

    const string ToInternet = "S:ToEntity=Internet";

    [Fact]
    public void A_rejected_recipient_is_sighted_with_its_place_and_words()
    {
        var block = Read(Row(
            source: "SMTP", id: "FAIL", to: "Ann@Contoso.Example.", connector: "Internet", sender: "Bob@Ours.Example", network: "n1",
            status: "'[{LED=550 5.7.1 Client host [192.0.2.77] blocked using zen.spamhaus.org};{MSG=};{FQDN=MX.Contoso.Example.};{IP=203.0.113.4};{LRT=}]'"));
        var sighting = Assert.Single(block.Sightings);
        Assert.Equal(
            (SightingKind.Failed, Cause.Blocklisted, Permanence.Permanent, "EX01", "Internet", "mx.contoso.example", "contoso.example", "bob@ours.example"),
            (sighting.Kind, sighting.Cause, sighting.Permanence, block.Names[sighting.Server], block.Names[sighting.Connector], block.Names[sighting.Hop],
                block.Names[sighting.Domain], block.Names[sighting.Sender]));
        Assert.Equal("550 5.7.1 Client host [*] blocked using *", block.Names[sighting.Words]);
        Assert.Equal("192.0.2.77", block.Names[sighting.Egress]);
        Assert.Equal(new DateTimeOffset(2025, 3, 4, 10, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds(), sighting.Second);
    }

    [Fact]
    public void The_same_failure_in_two_logs_has_the_same_hashes()
    {
        var one = Read(Row(source: "SMTP", id: "FAIL", to: "ann@contoso.example", network: "n1", status: "550 5.1.1 no"));
        var other = Read(Row(source: "QUEUE", id: "FAIL", to: "ANN@contoso.example", network: "N1", status: "550 4.4.7 QUEUE.Expired"));
        Assert.Equal(
            (one.Sightings[0].Message, one.Sightings[0].Recipient), (other.Sightings[0].Message, other.Sightings[0].Recipient));
        var third = Read(Row(source: "SMTP", id: "FAIL", to: "bob@contoso.example", network: "n2", status: "550 5.1.1 no"));
        Assert.NotEqual(one.Sightings[0].Message, third.Sightings[0].Message);
        Assert.NotEqual(one.Sightings[0].Recipient, third.Sightings[0].Recipient);
    }

    // What the reply names is more exact than the row; our own server is no hop.
    [Theory]
    [InlineData("SMTP", "smart.host.example", "192.0.2.9", "421 4.4.2 Connection dropped", "smart.host.example")]
    [InlineData("SMTP", "", "192.0.2.9", "421 4.4.2 Connection dropped", "192.0.2.9")]
    [InlineData("SMTP", "EX01.ours.example", "", "421 4.4.2 Connection dropped", "")]
    [InlineData("ROUTING", "other.example", "", "421 4.4.2 Connection dropped", "")]
    [InlineData("SMTP", "smart.host.example", "", "'[{LED=421 4.4.2 x};{MSG=};{FQDN=mx.contoso.example};{IP=};{LRT=}]'", "mx.contoso.example")]
    [InlineData("SMTP", "", "", "'[{LED=421 4.4.2 x};{MSG=};{FQDN=};{IP=203.0.113.4};{LRT=}]'", "203.0.113.4")]
    public void The_hop_is_the_host_that_refused(string source, string host, string ip, string status, string hop)
    {
        var block = Read(Row(source: source, id: "DEFER", to: "ann@contoso.example", host: host, ip: ip, status: status));
        Assert.Equal(hop, block.Names[Assert.Single(block.Sightings).Hop]);
        Assert.Equal(SightingKind.Deferred, block.Sightings[0].Kind);
    }

    [Theory]
    [InlineData("STOREDRIVER", "432 4.2.0 STOREDRV.Deliver; mailbox database is offline", "Originating", "", "")]
    [InlineData("ROUTING", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found", "Incoming", "", "")]
    [InlineData("QUEUE", "550 4.4.7 QUEUE.Expired;message expired", "Incoming", "", "")]
    [InlineData("QUEUE", "550 4.4.7 QUEUE.Expired;message expired", "Originating", "", "ours.example")]
    [InlineData("DNS", "550 5.4.310 DNS domain does not exist", "Incoming", "", "ours.example")]
    [InlineData("SMTP", "550 5.1.1 User unknown", "Incoming", "Internet", "ours.example")]
    public void Recipients_of_ours_have_no_domain(string source, string status, string direction, string connector, string domain)
    {
        var block = Read(Row(source: source, id: "FAIL", to: "ann@ours.example", status: status, direction: direction, connector: connector));
        Assert.Equal(domain, block.Names[Assert.Single(block.Sightings).Domain]);
    }

    [Theory]
    [InlineData("S:MailboxDatabaseName=DB07;S:Mailboxes=x", "", "432 4.2.0 STOREDRV.Deliver; offline", "DB07")]
    [InlineData("", "", "432 4.2.0 STOREDRV.Deliver.Exception; [Stage: CreateSession][Database=DB 03]", "DB 03")]
    [InlineData("", "", "432 4.2.0 The mailbox database 'Sales' is dismounted", "Sales")]
    [InlineData("", "", "432 4.2.0 mailbox database DB11 is offline", "DB11")]
    [InlineData("", "", "432 4.2.0 mailbox database is offline", "")]
    [InlineData("", "\"MDB:7D2F-1, Mailbox:1c\"", "432 4.2.0 STOREDRV.Deliver; offline", "7d2f-1")]
    public void The_database_is_taken_from_the_row_or_its_texts(string custom, string context, string status, string database)
    {
        var block = Read(Row(source: "STOREDRIVER", id: "DEFER", to: "ann@ours.example", custom: custom, context: context, status: status));
        Assert.Equal(database, block.Names[Assert.Single(block.Sightings).Database]);
    }

    [Fact]
    public void Sent_mail_is_summed_by_minute_and_domain()
    {
        var block = Read(
            Row(source: "SMTP", id: "SENDEXTERNAL", to: "a@contoso.example;b@contoso.example", host: "MX.contoso.example", connector: "Internet")
            + Row(source: "SMTP", id: "SEND", to: "c@contoso.example", host: "mx.contoso.example", connector: "Internet", custom: ToInternet)
            + Row(source: "SMTP", id: "SENDEXTERNAL", to: "a@contoso.example;x@fabrikam.example;b@contoso.example", host: "mx.contoso.example",
                connector: "Internet"));
        Assert.Equal(
            [(PassageKind.Sent, "contoso.example", "mx.contoso.example", 5, 3), (PassageKind.Sent, "fabrikam.example", "mx.contoso.example", 1, 1)],
            block.Passages.Select(p => (p.Kind, block.Names[p.Domain], block.Names[p.Hop], p.Recipients, p.Messages)));
        Assert.Empty(block.Sightings);
    }

    [Fact]
    public void Delivered_and_relayed_mail_is_summed_without_domain()
    {
        var block = Read(
            Row(source: "STOREDRIVER", id: "DELIVER", to: "a@ours.example", custom: "S:MailboxDatabaseName=DB01;S:x=y")
            + Row(source: "SMTP", id: "SEND", to: "a@ours.example", host: "EX02", connector: "Intra-Organization SMTP Send Connector"));
        Assert.Equal(
            [
                (PassageKind.Delivered, "", "", "DB01", ""),
                (PassageKind.Relayed, "", "ex02", "", "Intra-Organization SMTP Send Connector"),
            ],
            block.Passages.Select(p => (p.Kind, block.Names[p.Domain], block.Names[p.Hop], block.Names[p.Database], block.Names[p.Connector])));
    }

    [Theory]
    [InlineData("SMTP", "RECEIVE", "Incoming", "EX01\\Default Frontend EX01", "S:FromEntity=Internet", PassageKind.Arrived)]
    [InlineData("SMTP", "RECEIVE", "Incoming", "EX01\\Default EX01", "", PassageKind.Arrived)]
    [InlineData("SMTP", "RECEIVE", "Incoming", "EX01\\Default EX01", "S:FromEntity=Hosted", null)]
    [InlineData("STOREDRIVER", "SUBMIT", "Originating", "", "", PassageKind.Submitted)]
    [InlineData("STOREDRIVER", "RECEIVE", "Originating", "", "", PassageKind.Taken)]
    [InlineData("SMTP", "RECEIVE", "Originating", "EX01\\Default EX01", "", null)]
    [InlineData("SMTP", "RECEIVE", "Originating", "EX01\\Client Proxy EX01", "", PassageKind.Submitted)]
    [InlineData("SMTP", "RECEIVE", "Originating", "EX01\\Scanners", "", PassageKind.Submitted)]
    [InlineData("SMTP", "HARECEIVE", "Incoming", "EX01\\Default EX01", "", null)]
    public void A_message_is_counted_once_when_it_comes_in(string source, string id, string direction, string connector, string custom, PassageKind? kind)
    {
        var block = Read(Row(
            source: source, id: id, to: "a@ours.example", sender: "Bob@Ours.Example", direction: direction, connector: connector, custom: custom,
            at: "10:29:59"));
        Assert.Equal(kind is { } one ? [one] : [], block.Passages.Select(p => p.Kind));
        foreach (var passage in block.Passages.Where(p => p.Kind == PassageKind.Submitted))
            Assert.Equal((15, "bob@ours.example"), (passage.Minute % 60, block.Names[passage.Sender]));
    }

    [Fact]
    public void Health_mailboxes_are_not_counted()
    {
        var block = Read(
            Row(source: "STOREDRIVER", id: "DELIVER", to: "HealthMailbox1@ours.example")
            + Row(source: "SMTP", id: "FAIL", to: "HealthMailbox1@ours.example", status: "550 5.1.1 no"));
        Assert.Empty(block.Passages);
        Assert.Empty(block.Sightings);
    }

    [Fact]
    public void A_late_success_is_sighted_for_each_recipient()
    {
        var block = Read(
            Row(source: "SMTP", id: "SENDEXTERNAL", to: "a@contoso.example;b@fabrikam.example", host: "mx", info: "2025-03-04T09:50:00.000Z", network: "n1")
            + Row(source: "SMTP", id: "SENDEXTERNAL", to: "c@contoso.example", host: "mx", info: "2025-03-04T09:59:30.000Z")
            + Row(source: "SMTP", id: "SENDEXTERNAL", to: "d@contoso.example", host: "mx", info: "2015-03-04T09:59:30.000Z")
            + Row(source: "SMTP", id: "SENDEXTERNAL", to: "e@contoso.example", host: "mx", info: "2035-03-04T09:59:30.000Z"));
        Assert.Equal(
            [(SightingKind.Late, "contoso.example", 600), (SightingKind.Late, "fabrikam.example", 600), (SightingKind.Late, "contoso.example", 7 * 86400)],
            block.Sightings.Select(s => (s.Kind, block.Names[s.Domain], s.Seconds)));
        var failed = Read(Row(source: "SMTP", id: "DEFER", to: "A@contoso.example", status: "421 4.3.0 later", network: "N1"));
        Assert.Equal((failed.Sightings[0].Message, failed.Sightings[0].Recipient), (block.Sightings[0].Message, block.Sightings[0].Recipient));
    }

    [Fact]
    public void A_block_is_as_new_after_it_is_cleared()
    {
        var tally = new Tally { Sightings = new() };
        var log = Header() + Row(source: "SMTP", id: "SENDEXTERNAL", to: "a@contoso.example", host: "mx", connector: "Internet")
            + Row(source: "SMTP", id: "FAIL", to: "a@contoso.example", status: "550 5.1.1 no");
        var names = new EventNames();
        TallyText.Read(Encoding.UTF8.GetBytes(log), names, tally);
        var first = (tally.Sightings.Passages[0], tally.Sightings.Sightings[0], string.Join('|', tally.Sightings.Names));
        tally.Clear();
        Assert.Empty(tally.Sightings.Passages);
        Assert.Empty(tally.Sightings.Sightings);
        Assert.Equal(["", ""], tally.Sightings.Names);
        TallyText.Read(Encoding.UTF8.GetBytes(log), names, tally);
        Assert.Equal(first, (tally.Sightings.Passages[0], tally.Sightings.Sightings[0], string.Join('|', tally.Sightings.Names)));
    }

    [Fact]
    public void Blocks_with_other_numbers_give_the_same_facts()
    {
        var list = new NameList();
        var one = Read(Row(source: "SMTP", id: "SENDEXTERNAL", to: "a@contoso.example", host: "mx", connector: "Internet")).With(list);
        var other = Read(
            Row(source: "SMTP", id: "SENDEXTERNAL", to: "x@fabrikam.example", host: "mx9", connector: "Partner")
            + Row(source: "SMTP", id: "SENDEXTERNAL", to: "a@contoso.example", host: "mx", connector: "Internet")).With(list);
        Assert.Equal(one.Passages[0], other.Passages[1]);
        Assert.Equal("contoso.example", list[one.Passages[0].Domain]);
    }

    static SightingBlock Read(string rows)
    {
        // This row only names the server.
        rows = Row(source: "SMTP", id: "HARECEIVE", host: "EX01.ours.example") + rows;
        var tally = new Tally { Sightings = new() };
        TallyText.Read(Encoding.UTF8.GetBytes(Header() + rows), new(), tally);
        return tally.Sightings;
    }

    static string Header() =>
        $"#Version: 15.02.1118.040\n#Log-type: Message Tracking Log\n#Date: 2025-03-04T00:00:00.000Z\n#Fields: {string.Join(',', Fields)}\n";

    static string Row(
        string source, string id, string to = "", string status = "", string connector = "", string host = "", string ip = "", string context = "",
        string network = "n0", string sender = "bob@ours.example", string info = "", string direction = "Originating", string custom = "",
        string at = "10:00:00") =>
        $"2025-03-04T{at}.000Z,EX01,{ip},{host},{context},{connector},{source},{id},{network},{to},{status},1,{sender},{info},{direction},{custom}\n";
}
