using System.Globalization;
using System.Text;
using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Snapshots;

namespace Mailflow.Analysis.Tests.Snapshots;

/// <summary>Snapshots from exports of every format, also from hostile and truncated ones.</summary>
public sealed class SnapshotTests
{
    static readonly DateTime Taken = new(2026, 3, 4, 10, 0, 0, DateTimeKind.Utc);

    const string QueueColumns = "Identity,DeliveryType,NextHopDomain,Status,MessageCount,LastError,RetryCount,DeferredMessageCount\n";

    [Theory]
    [InlineData(@"EX01\Submission", "Undefined", "Submission", QueueKind.Submission)]
    [InlineData(@"EX01\3", "SmtpDeliveryToMailbox", "db01", QueueKind.Mailbox)]
    [InlineData(@"EX01\3", "MapiDelivery", "db01", QueueKind.Mailbox)]
    [InlineData(@"EX01\7", "DnsConnectorDelivery", "remote.example", QueueKind.Dns)]
    [InlineData(@"EX01\7", "SmartHostConnectorDelivery", "[192.0.2.9]", QueueKind.SmartHost)]
    [InlineData(@"EX01\7", "SmtpRelayToServers", "hub", QueueKind.Relay)]
    [InlineData(@"EX01\7", "SmtpRelayWithinAdSite", "site", QueueKind.Relay)]
    [InlineData(@"EX01\Shadow\9", "ShadowRedundancy", "ex02", QueueKind.Shadow)]
    [InlineData(@"EX01\9", "ShadowRedundancy", "ex02", QueueKind.Shadow)]
    [InlineData(@"EX01\Unreachable", "Unreachable", "Unreachable Domain", QueueKind.Unreachable)]
    [InlineData(@"EX01\Poison", "Undefined", "Poison", QueueKind.Poison)]
    [InlineData(@"EX01\11", "SomethingOfTomorrow", "x", QueueKind.Other)]
    public void Queue_kind_is_read_from_identity_and_delivery_type(string identity, string type, string hop, QueueKind kind) =>
        Assert.Equal(kind, Assert.Single(Read($"{QueueColumns}{identity},{type},{hop},Ready,1,,0,0\n").Single().Queues).Kind);

    [Fact]
    public void Queue_figures_are_read_and_its_error_diagnosed()
    {
        var queue = Read(
            $"{QueueColumns}EX01\\7,DnsConnectorDelivery,Slow.Example.,Retry,41,"
            + "\"451 4.4.0 DNS query failed. The error was: InfoNoRecords\",9,3\n").Single().Queues[0];
        Assert.Equal(
            ("slow.example", QueueStatus.Retry, 41, 9, 3, Cause.DnsFailure),
            (queue.NextHop, queue.Status, queue.Messages, queue.Retries, queue.Deferred, queue.Cause));
    }

    [Theory]
    [InlineData("""
        [
          {"Identity":"EX01\\7","DeliveryType":"DnsConnectorDelivery","NextHopDomain":"a.example","Status":"Retry","MessageCount":5},
          {"Identity":"EX02\\1","DeliveryType":"MapiDelivery","NextHopDomain":"db","Status":"Active","MessageCount":2}
        ]
        """)]
    [InlineData("""
        <Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">
          <Obj RefId="0"><MS>
            <S N="Identity">EX01\7</S><S N="DeliveryType">DnsConnectorDelivery</S><S N="NextHopDomain">a.example</S><S N="Status">Retry</S>
            <I32 N="MessageCount">5</I32>
          </MS></Obj>
          <Obj RefId="1"><MS>
            <S N="Identity">EX02\1</S><S N="DeliveryType">MapiDelivery</S><S N="NextHopDomain">db</S><S N="Status">Active</S>
            <I32 N="MessageCount">2</I32>
          </MS></Obj>
        </Objs>
        """)]
    public void Each_server_in_an_export_gets_its_own_snapshot(string text) =>
        Assert.Equal(
            ["EX01 5 Dns Retry", "EX02 2 Mailbox Active"],
            Read(text).Select(s => $"{s.Server} {s.Queues[0].Messages} {s.Queues[0].Kind} {s.Queues[0].Status}").Order(StringComparer.Ordinal));

    [Fact]
    public void Deepest_queues_are_kept_and_the_rest_summed_by_kind()
    {
        const int Many = 1000;
        var rows = new StringBuilder(QueueColumns);
        for (var i = 1; i <= Many; i++)
            rows.Append(
                CultureInfo.InvariantCulture,
                $"EX01\\{i},{(i % 2 == 0 ? "DnsConnectorDelivery" : "MapiDelivery")},d{i}.example,Retry,{i},,{i % 7},1\n");
        var snapshot = Read(rows.ToString()).Single();
        Assert.Equal(SnapshotReading.MaxQueues, snapshot.Queues.Count);
        Assert.Equal(Many, snapshot.Queues[0].Messages);
        Assert.Equal(Many - SnapshotReading.MaxQueues + 1, snapshot.Queues[^1].Messages);
        Assert.Equal([QueueKind.Mailbox, QueueKind.Dns], snapshot.OtherQueues.Select(q => q.Kind));
        Assert.Equal(Many * (Many + 1) / 2, snapshot.Queues.Concat(snapshot.OtherQueues).Sum(q => q.Messages));
        Assert.Equal(Many, snapshot.Queues.Concat(snapshot.OtherQueues).Sum(q => q.Deferred));
    }

    [Fact]
    public void Oldest_message_of_each_queue_is_found()
    {
        var snapshot = Read(
            "Identity,Queue,FromAddress,DateReceived\nEX01\\7\\1,EX01\\7,a@b.example,2026-03-04T09:00:00Z\n"
            + "EX01\\7\\2,EX01\\7,a@b.example,2026-03-04T08:00:00Z\nEX01\\3\\1,EX01\\3,a@b.example,\n").Single();
        Assert.Equal(
            [@"EX01\3 1 ", @"EX01\7 2 08:00"],
            snapshot.Messages.OrderBy(m => m.Queue, StringComparer.Ordinal).Select(m => $"{m.Queue} {m.Count} {m.Oldest:HH:mm}"));
    }

    [Theory]
    [InlineData("35 MB (36,700,160 bytes)", 36700160L)]
    [InlineData("35 MB (36.700.160 Bytes)", 36700160L)]
    [InlineData("35 Mo (36\u202F700\u202F160 octets)", 36700160L)]
    [InlineData("36700160", 36700160L)]
    [InlineData("Unlimited", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Message_size_is_read_in_any_culture(string? text, long? bytes) => Assert.Equal(bytes, ConnectorState.Quantity(text));

    [Fact]
    public void Connectors_certificates_and_settings_are_read()
    {
        var send = Read(
            "Name,AddressSpaces,SmartHosts,Enabled,RequireTLS,MaxMessageSize\nOut,SMTP:*;1,System.Collections.ArrayList,False,True,Unlimited\n").Single();
        Assert.Equal(
            (SnapshotKind.SendConnectors, ServerSnapshot.Organisation, "Out", false, null, "SMTP:*;1", "", true),
            (
                send.Kind, send.Server, send.Connectors[0].Name, send.Connectors[0].Enabled,
                send.Connectors[0].MaxMessageBytes, send.Connectors[0].Spaces, send.Connectors[0].SmartHosts,
                send.Connectors[0].RequiresTls));
        var receive = Read("Name,Identity,Bindings,RemoteIPRanges,Enabled,MaxMessageSize\nDefault,EX01\\Default,0.0.0.0:25,all,True,1 MB (1 bytes)\n").Single();
        Assert.Equal((SnapshotKind.ReceiveConnectors, "EX01", 1L), (receive.Kind, receive.Server, receive.Connectors[0].MaxMessageBytes));
        var certificate = Read(
            "Thumbprint,Subject,Services,NotAfter,PSComputerName\nabcdef0123456789,CN=mail,\"IIS, SMTP\",2026-04-01T00:00:00Z,ex01.contoso.test\n").Single();
        Assert.Equal(
            ("ex01", "ABCDEF01", true, new DateTime(2026, 4, 1, 0, 0, 0, DateTimeKind.Utc)),
            (certificate.Server, certificate.Certificates[0].ShortThumbprint, certificate.Certificates[0].IsForSmtp, certificate.Certificates[0].NotAfter));
        var config = Read("MaxSendSize,MaxReceiveSize,MaxRecipientEnvelopeLimit\n10 MB (1 bytes),Unlimited,500\n").Single();
        Assert.Contains(config.Settings, s => s is { Name: "MaxRecipientEnvelopeLimit", Value: "500" });
        var service = Read("Name,ExternalDNSServers,InternalDNSServers,MessageExpirationTimeout\nEX01,192.0.2.53,,2.00:00:00\n").Single();
        Assert.Equal(("EX01", "192.0.2.53"), (service.Server, service.Settings.Single(s => s.Name == "ExternalDNSServers").Value));
    }

    [Fact]
    public void Back_pressure_is_read_from_diagnostics_with_the_highest_level_of_each_kind()
    {
        const string Xml = """
            <Diagnostics><ProcessInfo><serverName>EX01</serverName></ProcessInfo><Components><ResourceThrottling><ResourceTracker>
            <AggregateUse>High</AggregateUse>
            <ResourceMeter Resource="SystemMemory"><CurrentResourceUse>High</CurrentResourceUse><PreviousResourceUse>Low</PreviousResourceUse>
            <PressureTransitions>[PressureTransitions: MediumToHigh=94]</PressureTransitions><Pressure>95</Pressure></ResourceMeter>
            <ResourceMeter Resource="UsedDiskSpace[C:\Queue]"><CurrentResourceUse>Low</CurrentResourceUse><Pressure>33</Pressure></ResourceMeter>
            <ResourceMeter Resource="UsedDiskSpace[D:\Data]"><CurrentResourceUse>Medium</CurrentResourceUse><Pressure>91</Pressure></ResourceMeter>
            <ResourceMeter Resource="New"><CurrentResourceUse>SomethingOfTomorrow</CurrentResourceUse><Pressure>1</Pressure></ResourceMeter>
            </ResourceTracker></ResourceThrottling></Components></Diagnostics>
            """;
        var snapshot = Read($"Result\n\"{Xml.Replace("\"", "\"\"", StringComparison.Ordinal).ReplaceLineEndings("")}\"\n").Single();
        Assert.Equal("EX01", snapshot.Server);
        Assert.Equal(
            ["SystemMemory High 95", "UsedDiskSpace Medium 91", "overall High "],
            snapshot.Pressure.Select(p => $"{p.Resource} {p.Level} {p.Pressure}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("12.5")]
    [InlineData("99999999999999999999")]
    public void Level_is_kept_where_the_figure_cannot_be_read(string figure)
    {
        var snapshot = Read(
            $"Result\n<ResourceThrottling><ResourceMeter Resource='SystemMemory'><Pressure>{figure}</Pressure>"
            + $"<CurrentResourceUse>High</CurrentResourceUse></ResourceMeter></ResourceThrottling>\n").Single();
        Assert.Equal("SystemMemory High ", Assert.Single(snapshot.Pressure.Select(p => $"{p.Resource} {p.Level} {p.Pressure}")));
    }

    [Fact]
    public void Last_diagnostics_of_a_server_are_used()
    {
        var rows = new StringBuilder("Result\n");
        for (var i = 0; i <= 100; i++)
            rows.Append(
                CultureInfo.InvariantCulture,
                $"<ResourceThrottling><ResourceMeter Resource='SystemMemory'><CurrentResourceUse>Low</CurrentResourceUse><Pressure>{i}</Pressure>"
                + $"</ResourceMeter></ResourceThrottling>\n");
        Assert.Equal(100, Assert.Single(Read(rows.ToString()).Single().Pressure).Pressure);
    }

    [Fact]
    public void Long_names_in_snapshots_are_cut()
    {
        var name = new string('x', 100_000);
        var queue = Read($"{QueueColumns}EX01\\{name},Dns,{name},Ready,1,{name},0,0\n").Single().Queues[0];
        var messages = Read($"Identity,Queue,FromAddress,DateReceived\nx,EX01\\{name},a@b.example,2026-03-04T09:00:00Z\n").Single().Messages[0];
        var connector = Read($"Name,AddressSpaces,SmartHosts,Fqdn,TlsCertificateName\n{name},{name},{name},{name},{name}\n").Single().Connectors[0];
        Assert.All(
            (string[])[
                queue.Identity, queue.NextHop, queue.LastError, messages.Queue, connector.Name, connector.Spaces,
                connector.SmartHosts, connector.Fqdn, connector.TlsCertificate],
            t => Assert.InRange(t.Length, 0, 1000));
        Assert.Equal(queue.Identity, messages.Queue);
    }

    /// <summary>The first line of a list without column names is data, and the description of a file is shown in the log and on the page.</summary>
    [Fact]
    public void Unknown_file_is_described_without_addresses_in_it()
    {
        var bytes = Encoding.UTF8.GetBytes("ann@contoso.test,Ann\nbob@contoso.test,Bob\n");
        using var whole = new MemoryStream(bytes);
        Assert.Null(LogFormat.OfExport(bytes, whole, out var named));
        Assert.StartsWith("objects of an unknown kind; expected queues", named, StringComparison.Ordinal);
        Assert.DoesNotContain("contoso", named, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<ResourceThrottling><unclosed>")]
    [InlineData("<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><ResourceThrottling>&e;</ResourceThrottling>")]
    [InlineData("<ResourceThrottling>&undefined;</ResourceThrottling>")]
    [InlineData("not XML but it says <ResourceThrottling")]
    public void Diagnostics_that_are_not_xml_give_no_snapshot(string xml) =>
        Assert.Empty(Read($"Result\n\"{xml}\"\n"));

    [Theory]
    [InlineData("ex01.contoso.test", "ex01")]
    [InlineData("EX01", "EX01")]
    [InlineData("10.0.0.11", "10.0.0.11")]
    [InlineData("", "unknown")]
    [InlineData("\r\n", "unknown")]
    public void Server_name_is_the_host_without_its_domain(string computer, string server) => Assert.Equal(server, SnapshotReading.NameOf(computer));

    /// <summary>A truncated export of any kind gives a snapshot or none, and never throws.</summary>
    [Fact]
    public void Truncated_snapshots_never_throw()
    {
        const string Text = "Identity,DeliveryType,NextHopDomain,Status,MessageCount,LastError\n"
            + "EX01\\7,Dns,\"a\"\"b\",Retry,99999999999999999999,550 5.1.1 no\n\\,,,,-5,\n";
        for (var length = 0; length <= Text.Length; length++)
            Assert.All(Read(Text[..length]).SelectMany(s => s.Queues), q => Assert.True(q.Messages >= 0));
    }

    /// <summary>Reads a file as the program does: the first object decides its kind.</summary>
    static IReadOnlyList<ServerSnapshot> Read(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        using var whole = new MemoryStream(bytes);
        if (LogFormat.OfExport(bytes.AsSpan(0, Math.Min(bytes.Length, 4096)), whole, out var named)?.Snapshot is not { } kind)
        {
            Assert.NotEmpty(named);
            return [];
        }

        whole.Position = 0;
        var reading = new SnapshotReading(kind, Taken, "unknown");
        foreach (var export in ExportObjects.Read(whole, new()))
            reading.Add(export);
        return reading.Snapshots();
    }
}
