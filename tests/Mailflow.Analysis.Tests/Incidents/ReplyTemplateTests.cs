using CsCheck;
using Mailflow.Analysis.Incidents;

namespace Mailflow.Analysis.Tests.Incidents;

public sealed class ReplyTemplateTests
{
    // Two replies of one reason, as two messages got them, and their template.
    [Theory]
    [InlineData(
        "550 5.1.1 <ann@contoso.example>: Recipient address rejected: User unknown in virtual mailbox table",
        "550 5.1.1 <bob.jones@fabrikam.example>: Recipient address rejected: User unknown in virtual mailbox table",
        "550 5.1.1 <*>: Recipient address rejected: User unknown in virtual mailbox table")]
    [InlineData(
        "550-5.1.1 The email account that you tried to reach does not exist. Learn more at https://support.google.com/mail/?p=NoSuchUser"
        + " d9443c01a7336-2a1b2c3d4e5si12345678plb.90 - gsmtp",
        "550-5.1.1 The email account that you tried to reach does not exist. Learn more at https://support.google.com/mail/?p=NoSuchUser"
        + " 98e67ed59e1d1-316d8e1c9f2si3344556a91.155 - gsmtp",
        "550-5.1.1 The email account that you tried to reach does not exist. Learn more at https:*?p=NoSuchUser * - gsmtp")]
    [InlineData(
        "550 5.7.1 Unfortunately, messages from [192.0.2.25] weren't sent. Please contact your Internet service provider since part of their network is on"
        + " our block list (S3150). [AM7EUR03FT012.eop-EUR03.prod.protection.outlook.com 2025-11-03T09:12:44.123Z 08DE1A2B3C4D5E6F]",
        "550 5.7.1 Unfortunately, messages from [198.51.100.7] weren't sent. Please contact your Internet service provider since part of their network is on"
        + " our block list (S3150). [DB5EUR01FT099.eop-EUR01.prod.protection.outlook.com 2025-11-04T10:00:01.001Z 08DE0000AAAA1111]",
        "550 5.7.1 Unfortunately, messages from [*] weren't sent. Please contact your Internet service provider since part of their network is on"
        + " our block list (S3150).")]
    [InlineData(
        "554 5.7.1 Service unavailable; Client host [192.0.2.25] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.25",
        "554 5.7.1 Service unavailable; Client host [2001:db8::25] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/2001:db8::25",
        "554 5.7.1 Service unavailable; Client host [*] blocked using *; https:*")]
    [InlineData(
        "550 Rejected by header based Anti-Spoofing policy: ann@contoso.example - https://mimecast.example/docs/DOC-1419#550 [PbQ5kDyVNR2DIw6Ih8mZ1A.us21]",
        "550 Rejected by header based Anti-Spoofing policy: bob@contoso.example - https://mimecast.example/docs/DOC-1419#550 [x0Kq3TtlMGm1Fyc4nYw2kg.uk48]",
        "550 Rejected by header based Anti-Spoofing policy: * - https:*]")]
    [InlineData(
        "554 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.25",
        "554 Blocked - see https://ipcheck.proofpoint.com/?ip=198.51.100.99",
        "554 Blocked - see https:*?ip=*")]
    [InlineData(
        "421 4.7.0 [TSS04] Messages from 192.0.2.25 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1",
        "421 4.7.0 [TSS04] Messages from 198.51.100.25 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1",
        "421 4.7.0 [TSS04] Messages from * temporarily deferred due to unexpected volume or user complaints - *")]
    [InlineData(
        "450 4.2.0 <ann@contoso.example>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/contoso.example.html (4BcD3f0Zxy)",
        "450 4.2.0 <x@fabrikam.example>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/fabrikam.example.html (5DxYz91Qab)",
        "450 4.2.0 <*>: Recipient address rejected: Greylisted, see http:*)")]
    [InlineData(
        "451 4.3.0 queue id 4Vd2kQ6Yz0z3 rejected at 09:12:44, try again in 300 seconds",
        "451 4.3.0 queue id 5Wx1aB9Cd2e4 rejected at 10:00:59, try again in 900 seconds",
        "451 4.3.0 queue id * rejected at *, try again in * seconds")]
    [InlineData(
        "550 Unknown user \"ann\" at domain \"contoso.example\"",
        "550 Unknown user \"bob\" at domain \"fabrikam.example\"",
        "550 Unknown user \"*\" at domain \"*\"")]
    [InlineData("550 relay mx7.contoso.example said no", "550 relay smtp-in.fabrikam.example. said no", "550 relay * said no")]
    public void Replies_of_one_reason_have_one_template(string one, string other, string template)
    {
        Assert.Equal(template, ReplyTemplate.Of(one));
        Assert.Equal(template, ReplyTemplate.Of(other));
    }

    [Theory]
    [InlineData("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup")]
    [InlineData("432 4.2.0 STOREDRV.Deliver; mailbox server is offline")]
    [InlineData("550 4.4.7 QUEUE.Expired;message expired")]
    [InlineData("550 5.7.26 SPF/DKIM and/or DMARC check failed")]
    [InlineData("Nachricht zurückgewiesen: Empfänger unbekannt")]
    [InlineData("")]
    public void Words_and_codes_stay(string reply) => Assert.Equal(reply, ReplyTemplate.Of(reply));

    [Fact]
    public void A_template_is_short_and_any_text_has_one()
    {
        Gen.String.Sample(text => ReplyTemplate.Of(text).Length <= ReplyTemplate.Longest);
        Gen.Char["a1.:[]\"' @/-_é"].Array[0, 60].Select(c => new string(c)).Sample(text => ReplyTemplate.Of(text).Length <= ReplyTemplate.Longest);
        Assert.Equal(ReplyTemplate.Longest, ReplyTemplate.Of(string.Join(' ', Enumerable.Repeat("words", 500))).Length);
    }

    [Fact]
    public void Different_reasons_have_different_templates() => Assert.NotEqual(
        ReplyTemplate.Of("550 5.7.1 Message rejected due to content restrictions"),
        ReplyTemplate.Of("550 5.7.1 Message rejected due to sender reputation"));
}
