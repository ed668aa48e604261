using System.Text.RegularExpressions;
using Mailflow.Analysis.Advising;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Tests;

namespace Mailflow.Analysis.Tests.Advising;

/// <summary>Commands that look harmless and break mail flow, or give a wrong answer, are neither in the advice table nor in a document.</summary>
public sealed partial class DangerousCommandTests
{
    /// <summary>THE table: a pattern, an example that it must find, and the reason.</summary>
    static readonly (string Pattern, string Example, string Why)[] Patterns =
    [
        (@"Set-SendConnector\b.*-RequireTLS:? *\$false", "Set-SendConnector 'a' -RequireTLS $false",
            "takes TLS from all mail of the connector, hybrid mail too; a domain that cannot do TLS gets a connector of its own"),
        (@"Set-SendConnector\b.*-AddressSpaces +(?!@\{ *(Add|Remove) *=)", "Set-SendConnector 'a' -AddressSpaces 'SMTP:contoso.example;1'",
            "replaces the address space *: no more mail to the internet; use New-SendConnector or @{Add=...}"),
        (@"Set-SendConnector\b.*-SmartHosts\b.*[{<](recipient|sender)_domain[}>]", "Set-SendConnector 'a' -SmartHosts 'relay.{recipient_domain}'",
            "sends our mail, and a password, to a stranger"),
        (@"-SmartHosts\b.*[{<](recipient|sender)_domain[}>]", "New-SendConnector -Name 'a' -SmartHosts 'relay.<sender_domain>'",
            "sends our mail, and a password, to a stranger"),
        (@"^(?!\s*if \(\(Get-SendConnector '[^']*'\)\.SmartHosts -like ).*Set-SendConnector\b.*-SmartHosts\b",
            "Set-SendConnector 'Internet' -SmartHosts 'contoso-com.mail.protection.outlook.com'",
            "takes all mail of a connector to one host; only where it has such a smart host: if ((Get-SendConnector 'a').SmartHosts -like ...)"),
        (@"-TlsCertificateName +\$null", "Set-SendConnector 'a' -TlsCertificateName $null",
            "on the hybrid connector, Exchange Online no longer recognises us (5.7.64)"),
        (@"-SourceIPAddress\b", "Set-SendConnector 'a' -SourceIPAddress 192.0.2.1",
            "is valid on Edge servers only; and another address while listed is what blocklists punish"),
        (@"-(Bypassed|Allowed|Blocked)(Sender|Recipient)s?(Domains)? +(?!@\{ *(Add|Remove) *=)",
            "Set-ContentFilterConfig -BypassedSenderDomains contoso.example",
            "replaces the list; use @{Add=...}"),
        (@"-IP(Allow|Block)List +(?!@\{ *(Add|Remove) *=)",
            "Set-HostedConnectionFilterPolicy 'Default' -IPAllowList 192.0.2.1", "replaces the list; use @{Add=...}"),
        (@"Set-(?!Content)\w+\b.*-(EmailAddresses|RemoteIPRanges|SenderIPAddresses|(Accept|Reject)Messages\w+) +(?!@\{ *(Add|Remove) *=)",
            "Set-Mailbox 'a' -EmailAddresses 'x500:/o=a'", "replaces the list; use @{Add=...} or @{Remove=...}"),
        (@"-AcceptMessagesOnlyFromSendersOrMembers\b", "Set-DistributionGroup 'a' -AcceptMessagesOnlyFromSendersOrMembers @{Add='b@contoso.example'}",
            "replaces the list, says its documentation; single senders go to -AcceptMessagesOnlyFrom @{Add=...}"),
        (@"^\s*\$\w+ *=", "$cert = Get-ExchangeCertificate 'a'; Set-SendConnector 'b' -TlsCertificateName ('<I>' + $cert.Issuer + '<S>' + $cert.Subject)",
            "goes on with nothing, or with an older value, where the look-up fails; use if ($cert = ...) { ... }"),
        (@"Set-AcceptedDomain\b.*[{<](recipient|sender)_domain[}>]|[{<](recipient|sender)_domain[}>].*Set-AcceptedDomain",
            "Set-AcceptedDomain '{recipient_domain}' -DomainType Authoritative",
            "rejects the mail of mailboxes in another system, filled in and ready to paste; the name of the domain stays open"),
        (@"New-AcceptedDomain\b.*[{<](recipient|sender)_domain[}>]", "New-AcceptedDomain -Name 'a' -DomainName '{recipient_domain}'",
            "takes the mail of a stranger's domain"),
        (@"Out-Null|-ErrorAction +'?(Silently|Ignore)", "Set-SendConnector 'a' -Enabled $true -ErrorAction SilentlyContinue", "hides a failure"),
        (@"-SCLRejectThreshold\b",
            "Set-ContentFilterConfig -SCLRejectThreshold 9", "lets spam of all senders in, and does nothing for our message that another filter refused"),
        (@"Get-MessageTrackingLog(?!.*-ResultSize Unlimited)", "Get-TransportService | Get-MessageTrackingLog -EventId FAIL",
            "gives 1,000 rows: those of the first minutes"),
        (@"^(?!.*Get-TransportService[^|]*\|).*Get-MessageTrackingLog", "Get-MessageTrackingLog -EventId FAIL -ResultSize Unlimited",
            "reads the log of this server only; use Get-TransportService | Get-MessageTrackingLog"),
        (@"Set-Mailbox\b(?!Database)(?=.*(-IssueWarningQuota|-ProhibitSend(Receive)?Quota|-UseDatabaseQuotaDefaults +\$false))"
            + @"(?!(?=.*-IssueWarningQuota)(?=.*-ProhibitSendQuota)(?=.*-ProhibitSendReceiveQuota))",
            "Set-Mailbox 'a' -UseDatabaseQuotaDefaults $false -ProhibitSendReceiveQuota 60GB",
            "the quotas that are not named become unlimited: name all three"),
        ("ServerWideOffline", "Set-ServerComponentState 'a' -Component ServerWideOffline -State Active -Requester Maintenance", "ends somebody's maintenance"),
        (@"(Default|Client|Outbound Proxy)\b.*Accept-Any-Recipient",
            "Get-ReceiveConnector 'EX01\\Default Frontend EX01' | Add-ADPermission -ExtendedRights ms-Exch-SMTP-Accept-Any-Recipient",
            "makes the connector that the internet uses an open relay"),
        (@"-RemoteIPRanges\b.*(\b0\.0\.0\.0|/0\b)",
            "New-ReceiveConnector -Name 'a' -RemoteIPRanges 0.0.0.0-255.255.255.255", "opens the connector to the world"),
        (@"Restart-Service +'?(MSExchangeTransport|MSExchangeFrontEndTransport|MSExchangeIS)\b(?!.*\bstops\b)", "Restart-Service MSExchangeTransport",
            "must say in CHANGES that mail flow stops meanwhile"),
        (@"\b(8\.8\.8\.8|8\.8\.4\.4|1\.1\.1\.1|1\.0\.0\.1|9\.9\.9\.9|208\.67\.22[02]\.22[02])\b", "Resolve-DnsName 'a' -Server 8.8.8.8",
            "blocklists do not answer public resolvers, and a mail server should not depend on one"),
        (@"-Confirm:\$false|-Force\b", "Remove-Message 'a' -Confirm:$false", "the question before a change is a protection"),
        (@"Set-Mailbox +'?[{<]recipient[}>]'? .*-RecipientLimits",
            "Set-Mailbox '{recipient}' -RecipientLimits 500", "limits a sender, and is set on the recipient"),
        (@"Test-NetConnection\b.*[{<](recipient|sender)_domain[}>].*-Port 25", "Test-NetConnection -ComputerName '{recipient_domain}' -Port 25",
            "asks the web server of the domain, not its mail server"),
    ];

    [Fact]
    public void Each_pattern_finds_its_example() => Assert.All(Patterns, p => Assert.Matches(p.Pattern, p.Example));

    [Fact]
    public void Good_commands_are_not_found() =>
        Assert.All(
        [
            "Set-SendConnector 'a' -AddressSpaces @{Add='SMTP:contoso.example;1'}",
            "New-SendConnector -Name 'To {recipient_domain}' -AddressSpaces 'SMTP:{recipient_domain};1' -SmartHosts '{smart_host}'",
            "Get-TransportService | Get-MessageTrackingLog -Start (Get-Date).AddDays(-1) -ResultSize Unlimited",
            "Set-Mailbox 'a' -IssueWarningQuota 1GB -ProhibitSendQuota 2GB -ProhibitSendReceiveQuota 3GB",
            "Get-SendConnector | Format-List Name,SourceIPAddress,RequireTLS",
            "Restart-Service MSExchangeTransport # CHANGES the service: mail flow stops for a minute",
        ],
        command => Assert.Empty(Found(command)));

    [Fact]
    public void No_command_of_the_table_is_dangerous()
    {
        var found = AdviceTable.All
            .SelectMany(row => ((Command[])[.. row.Look, .. row.Fix, .. row.Verify]).Select(c => (Row: row, Line: $"{c.Text} {c.Mark}")))
            .SelectMany(c => Found(c.Line).Select(why => $"{c.Row.Cause.Name()}/{c.Row.Sub}: {c.Line}\n    {why}"))
            .Concat(IncidentSteps.OfPlaces.SelectMany(c => Found($"{c.Text} {c.Mark}").Select(why => $"incidents: {c.Text}\n    {why}")))
            .ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Theory]
    [InlineData("docs/causes")]
    [InlineData("docs/runbooks")]
    public void No_command_of_a_document_is_dangerous(string folder)
    {
        var found = new List<string>();
        foreach (var file in Directory.GetFiles(Repository.PathOf(folder), "*.md"))
            foreach (Match block in Block().Matches(File.ReadAllText(file)))
            {
                var before = "";
                foreach (var line in block.Groups["lines"].Value.Split('\n'))
                {
                    if (!line.StartsWith('#'))
                        found.AddRange(Found($"{line} {before}").Select(why => $"{Path.GetFileName(file)}: {line}\n    {why}"));
                    before = line.StartsWith('#') ? line : "";
                }
            }

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    static IEnumerable<string> Found(string command) =>
        Patterns
            .Where(p => Regex.IsMatch(command, p.Pattern, RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)))
            .Select(p => p.Why);

    [GeneratedRegex("```powershell\n(?<lines>.*?)```", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Block();
}
