using System.Text.RegularExpressions;
using Mailflow.Analysis.Advising;
using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Tests.Advising;

public sealed partial class AdvisedTests
{
    static Advised Of(string text, AdviceValues? given = null)
    {
        var (diagnosis, facts) = (Diagnosis.Of(text), ReplyFacts.Of(text));
        return Advised.Of(diagnosis, facts, AdviceValues.Of(diagnosis, facts, given ?? new()));
    }

    static Diagnosis Judged(Advice row, Permanence permanence) => new()
    {
        Cause = row.Cause,
        SubReason = row.Sub,
        Permanence = permanence,
        Fault = Fault.Ours,
        Confidence = 1,
        Evidence = [],
        Text = "",
    };

    [Fact]
    public void Retries_are_promised_for_transient_failures_and_never_for_permanent_ones()
    {
        foreach (var row in AdviceTable.All)
        {
            var returned = Advised.Of(Judged(row, Permanence.Permanent), [], new());
            Assert.DoesNotMatch(Waiting(), returned.Check);
            Assert.All(returned.Commands, c => Assert.DoesNotMatch(Waiting(), $"{c.Command.Says} {c.Command.Changes} {c.Command.Undo} {c.Command.Text}"));
            Assert.NotEmpty(returned.Commands);
            Assert.Matches(Waiting(), Advised.Of(Judged(row, Permanence.Transient), [], new()).Check);
            Assert.DoesNotMatch(Waiting(), Advised.Of(Judged(row, Permanence.Unknown), [], new()).Check);
        }
    }

    [GeneratedRegex(@"\bwait(s|ing)?\b|\bretr(y|ies)\b(?!')|Retry-Queue|tries again|tried now", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Waiting();

    [Fact]
    public void An_encapsulated_recipient_gets_the_advice_for_legacy_addresses()
    {
        var advised = Of("550 5.1.1 RESOLVER.ADR.ExRecipNotFound; not found IMCEAEX-_o=Contoso_ou=Sales_cn=Recipients_cn=ann@contoso.example");
        Assert.Equal(AdviceTable.Of(Cause.InvalidRecipient, "legacy-address").Check, advised.Check);
        Assert.Contains(advised.Commands, c => c.Command.Text.Contains("@{Add='X500:/o=Contoso/ou=Sales/cn=Recipients/cn=ann'}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("550 5.1.1 <ann@contoso.example>: User unknown", "on-premises windows")]
    [InlineData("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup [AM0PR01MB1.eurprd01.prod.outlook.com]", "both")]
    [InlineData("550 5.7.64 TenantAttribution; Relay Access Denied [AM4EUR03FT004.eop-EUR03.prod.protection.outlook.com]", "both")]
    [InlineData("550 5.7.705 Access denied, tenant has exceeded threshold", "both")]
    [InlineData("550 5.7.1 Unable to relay", "on-premises windows")]
    [InlineData("550 5.7.124 The sender is not in the allowed-senders list of the group [AM0PR01MB1.eurprd01.prod.outlook.com]", "exchange-online windows")]
    [InlineData("550 5.7.68 TenantInboundAttribution; Direct Send not allowed for this organization", "both")]
    [InlineData("450 4.7.230 Connecting Exchange server version is out-of-date; connection to Exchange Online throttled for 5 mins/hr", "both")]
    [InlineData("[{LED=450 4.4.316 Connection refused [Message=Socket error code 10061]};{MSG=};{FQDN=};{IP=};{LRT=}]", "both")]
    [InlineData("535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant", "both")]
    public void Shells_depend_on_who_replied(string text, string shells)
    {
        var allowed = shells == "both" ? ["on-premises", "exchange-online", "windows"] : shells.Split(' ');
        var shown = Of(text).Commands.Select(c => c.Command.Shell.Name()).Distinct().ToList();
        Assert.NotEmpty(shown);
        Assert.All(shown, s => Assert.Contains(s, allowed));
        Assert.Equal(allowed.Contains("exchange-online", StringComparer.Ordinal), shown.Contains("exchange-online", StringComparer.Ordinal));
        Assert.Equal(allowed.Contains("on-premises", StringComparer.Ordinal), shown.Contains("on-premises", StringComparer.Ordinal));
    }

    [Fact]
    public void Outlook_com_is_not_ours_to_administer()
    {
        const string Text = "[{LED=550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. (S3140). "
            + "[AM7EUR06FT010.eop-eur06.prod.protection.outlook.com]};{MSG=};"
            + "{FQDN=hotmail-com.olc.protection.outlook.com};{IP=104.47.0.1};{LRT=1/1/2026 1:00:00 AM}]";
        Assert.DoesNotContain(Of(Text).Commands, c => c.Command.Shell == Shell.ExchangeOnline);
    }

    [Fact]
    public void The_domain_that_fails_is_looked_up_and_not_the_recipients()
    {
        var advised = Of(
            "550 5.7.515 Access denied, sending domain contoso.example doesn't meet the required authentication level. Spf= Fail , Dkim= Pass , DMARC= Fail",
            new() { Recipient = "ann@fabrikam.example", Sender = "bob@sub.contoso.example" });
        Assert.Equal("SPF failed, DKIM passed, DMARC failed for contoso.example", advised.Facts[0]);
        Assert.Contains(advised.Commands, c => c.Command.Text.Contains("'_dmarc.contoso.example' -Type TXT", StringComparison.Ordinal));
        Assert.DoesNotContain(advised.Commands, c => c.Command.Shell == Shell.Windows && c.Command.Text.Contains("fabrikam.example", StringComparison.Ordinal));
    }

    [Fact]
    public void A_smart_host_is_never_taken_from_a_text()
    {
        const string Text = "550 5.7.1 <ann@fabrikam.example>: Relay access denied by relay.fabrikam.example";
        var (diagnosis, facts) = (Diagnosis.Of(Text), ReplyFacts.Of(Text));
        Assert.Null(AdviceValues.Of(diagnosis, facts, new()).SmartHost);
        Assert.Equal("'<smart_host>'", new Command(Shell.OnPremises, "'{smart_host}'", "").For(AdviceValues.Of(diagnosis, facts, new())).Text);
    }

    [Theory]
    [InlineData("$(calc)", "'<recipient_domain>'")]
    [InlineData("a b", "'<recipient_domain>'")]
    [InlineData("", "'<recipient_domain>'")]
    [InlineData(null, "'<recipient_domain>'")]
    [InlineData("a\nb", "'<recipient_domain>'")]
    [InlineData("-Confirm", "'<recipient_domain>'")]
    [InlineData("{server}", "'<recipient_domain>'")]
    [InlineData("fabrikam.example", "'fabrikam.example'")]
    [InlineData("b\u00FCcher.example", "'b\u00FCcher.example'")]
    public void A_value_that_is_no_domain_is_not_filled_in(string? domain, string filled) =>
        Assert.Equal(filled, new Command(Shell.Windows, "'{recipient_domain}'", "").For(new() { RecipientDomain = domain, Server = "EX01" }).Text);

    [Theory]
    [InlineData("a\u202Eb")]
    [InlineData("a\rb")]
    [InlineData("a\0b")]
    [InlineData("a\u2028b")]
    public void A_value_with_invisible_characters_is_not_filled_in(string name) =>
        Assert.Equal("'<connector>'", new Command(Shell.Windows, "'{connector}'", "").For(new() { Connector = name }).Text);

    [Theory]
    [InlineData("zen.spamhaus.org", "spamhaus")]
    [InlineData("abc.zen.dq.spamhaus.net", "spamhaus")]
    [InlineData("pbl.spamhaus.org", "dynamic-address")]
    [InlineData("dbl.spamhaus.org", "domain")]
    [InlineData("dnsbl.sorbs.net", SubReasons.DeadList)]
    public void A_list_of_addresses_of_domains_or_of_nobody_has_its_own_row(string zone, string sub) =>
        Assert.Same(AdviceTable.Of(Cause.Blocklisted, sub), AdviceTable.Of(Cause.Blocklisted, zone));

    [Fact]
    public void A_list_has_the_row_of_all_lists_and_a_success_has_no_advice()
    {
        Assert.Equal(AdviceTable.Of(Cause.Blocklisted, SubReasons.AnyList), AdviceTable.Of(Cause.Blocklisted, "bl.spamcop.net"));
        Assert.Empty(Of("250 2.1.5 Recipient OK").Commands);
    }
}
