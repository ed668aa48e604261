using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Tracing;

namespace Mailflow.Analysis.Tests.Tracing;

/// <summary>Rows in the form in which Exchange writes them, read from log text; the values are made up.</summary>
public sealed class LogShapeTests
{
    const string Fields2010 =
        "date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,internal-message-id,message-id,"
        + "recipient-address,recipient-status,total-bytes,recipient-count,related-recipient-address,reference,message-subject,sender-address,return-path,"
        + "message-info,directionality,tenant-id,original-client-ip,original-server-ip,custom-data";

    static readonly string Fields2013 = Fields2010.Replace("message-id,recipient", "message-id,network-message-id,recipient", StringComparison.Ordinal);

    static readonly string Fields2016 = Fields2013 + ",transport-traffic-type,log-id,schema-version";

    [Fact]
    public void Exchange_2019_with_a_state_for_each_recipient_in_quotes()
    {
        var journey = Assert.Single(Read("15.02.1544.025", Fields2016,
            """"
            2026-11-20T10:00:00.101Z,198.51.100.7,mail.partner.example,10.0.0.11,EX01,08DD5AB1C2D3E4F5;2026-11-20T09:59:59.700Z;0,
              EX01\Default EX01,SMTP,RECEIVE,11,<a1@partner.example>,3f0c8b1e-5d2a-4b7f-9a10-08dd31a0b001,x@remote.example;y@remote.example;
              z@remote.example,,9000,3,,,"Offer, ""final""",ann@partner.example,ann@partner.example,0cA: ,Incoming,,198.51.100.7,10.0.0.11,
              S:FromEntity=Internet,Email,,15.02.1544.025
            2026-11-20T10:00:02.000Z,10.0.0.11,EX01,203.0.113.25,mx1.remote.example,;550 5.1.1 <x@remote.example>  user unknown;
              ClientSubmitTime:,Internet Send,SMTP,FAIL,12,<a1@partner.example>,3f0c8b1e-5d2a-4b7f-9a10-08dd31a0b001,x@remote.example;
              y@remote.example,"'[{LED=550 5.1.1 <x@remote.example>: it''s unknown};{MSG=};{FQDN=mx1.remote.example};{IP=203.0.113.25};
              {LRT=11/20/2026 10:00:01 AM}]';'[{LED=552 5.2.2 mailbox full};{MSG=};{FQDN=mx1.remote.example};{IP=203.0.113.25};{LRT=}]'",
              4000,2,,<dsn1@contoso.test>,Offer,ann@partner.example,ann@partner.example,2026-11-20T10:00:00.101Z;
              SRV=EX01.contoso.test:TOTAL-HUB=1.900|CAT=0.100|QDE=0.400|SMSC=0.200|SMS=1.200,Incoming,,,,S:E2ELatency=1.900;
              S:ToEntity=Internet,Email,,15.02.1544.025
            2026-11-20T10:00:02.100Z,10.0.0.11,EX01,203.0.113.25,mx1.remote.example,08DD;250 2.0.0 OK queued as 4A1B2C;ClientSubmitTime:,
              Internet Send,SMTP,SENDEXTERNAL,12,<a1@partner.example>,3f0c8b1e-5d2a-4b7f-9a10-08dd31a0b001,z@remote.example,
              250 2.1.5 Recipient OK,4000,1,,,Offer,ann@partner.example,ann@partner.example,2026-11-20T10:00:00.101Z;
              SRV=EX01.contoso.test:TOTAL-HUB=1.999|CAT=0.100|QDE=0.400|SMSC=0.200|SMS=1.299,Incoming,,,,S:ToEntity=Internet,Email,,
              15.02.1544.025
            """"));
        Assert.Equal("x@remote.example failed, y@remote.example failed, z@remote.example sent", Rows.Fates(journey));
        Assert.Equal([Cause.InvalidRecipient, Cause.MailboxFull], journey.Recipients.Take(2).Select(r => r.Diagnosis!.Cause));
        Assert.Equal(("mx1.remote.example", "250 2.0.0 OK queued as 4A1B2C"), (journey.Recipients[2].NextHop, journey.Recipients[2].Reply));
        Assert.Equal(
            ["received from mail.partner.example by EX01\\Default EX01", "failed at mx1.remote.example: invalid recipient (550 5.1.1)",
                "failed at mx1.remote.example: mailbox full (552 5.2.2)", "sent to mx1.remote.example by Internet Send"],
            journey.Steps.Select(s => StepWords.Of(s, a => a)));
        Assert.Equal("Of 2 s, 1.3 s were spent on sending by SMTP.", journey.TimeSpent.Sentence);
        Assert.Empty(journey.Unknown);
    }

    [Fact]
    public void Exchange_2013_with_only_an_agent_and_a_shadow_copy()
    {
        var journey = Assert.Single(Read("15.00.1104.000", Fields2013,
            """
            2026-11-20T17:33:35.632Z,,EX13A,,,,,AGENT,AGENTINFO,64712272257893,<1028.JavaMail.app@app1.contoso.test>,
              13fad5b7-39c5-46e7-130e-08d4a138ac67,bryan@contoso.test,,7631,1,,,Started,app@contoso.test,app@contoso.test,,Incoming,,
              10.25.10.214,10.43.162.232,S:AMA=SUM|action=p|error=|atch=0;S:CompCost=|ETR=0;S:DeliveryPriority=Normal
            2026-11-20T17:33:35.695Z,,,,EX13A,"EX13B.contoso.test=250 2.6.0 <1028.JavaMail.app@app1.contoso.test> [InternalId=6471227225789
              7, Hostname=EX13B.contoso.test] Queued mail for redundancy",,SMTP,HAREDIRECT,64712272257894,
              <1028.JavaMail.app@app1.contoso.test>,13fad5b7-39c5-46e7-130e-08d4a138ac67,abe@contoso.test;bryan@contoso.test,,7312,2,,,
              Started,app@contoso.test,app@contoso.test,,Incoming,,,,S:DeliveryPriority=Normal
            """));
        Assert.Equal("bryan@contoso.test pending", Rows.Fates(journey));
        Assert.Equal([StepKind.Agents, StepKind.Shadow], journey.Steps.Select(s => s.Kind));
        Assert.StartsWith("Its first row here is AGENTINFO on EX13A", Assert.Single(journey.Unknown), StringComparison.Ordinal);
    }

    [Fact]
    public void Exchange_2010_row_of_the_submission_has_no_ids()
    {
        var journey = Assert.Single(Read("14.0.0.0", Fields2010,
            """
            2026-11-20T00:00:02.052Z,,,,,"MDB:61914740-3f1b-4ddb-94e0-557196870cfa, Mailbox:279f077c-216f-4323-a9ee-48e50ffd3cad, Event:1
              , MessageClass:IPM.Note, CreationTime:2026-11-20T00:00:01.022Z, ClientType:System",,STOREDRIVER,NOTIFYMAPI,,,,,,,,,,,,,,,,,
              S:ItemEntryId=00-00-00-00
            """));
        Assert.Empty(journey.Recipients);
        Assert.Equal("NOTIFYMAPI", StepWords.Of(Assert.Single(journey.Steps), a => a));
        Assert.Contains(journey.Unknown, says => says.StartsWith("The rows have no Message-ID", StringComparison.Ordinal));
        Assert.StartsWith("Somebody sent it to 0 recipients", JourneyStory.Of(journey, a => a)[0], StringComparison.Ordinal);
    }

    static IReadOnlyList<Journey> Read(string version, string fields, string rows)
    {
        var header = $"#Software: Microsoft Exchange Server\r\n#Version: {version}\r\n#Log-type: Message Tracking Log\r\n"
            + $"#Date: 2026-11-20T00:00:00.000Z\r\n#Fields: {fields}\r\n";
        Assert.True(LogHeader.TryParse(Encoding.UTF8.GetBytes(header), out var parsed));
        var found = new List<TraceRow>();
        // A line that begins with two spaces goes on with the one before.
        var lines = rows.ReplaceLineEndings("\r\n").Replace("\r\n  ", "", StringComparison.Ordinal) + "\r\n";
        new TraceRowReader(parsed, "MSGTRK.LOG", null).Read(Encoding.UTF8.GetBytes(lines), header.Length, new(), found);
        return Journey.Group(found);
    }
}
