using Mailflow.Analysis.Failures;
using Mailflow.Tests;

namespace Mailflow.Analysis.Tests.Failures;

public sealed class CauseTableTests
{
    [Fact]
    public void Cause_table_has_one_row_per_cause_in_order() => Assert.Equal(Enum.GetValues<Cause>(), CauseTable.All.Select(f => f.Cause));

    [Fact]
    public void Cause_names_are_parsed_back()
    {
        foreach (var cause in Enum.GetValues<Cause>())
        {
            Assert.True(CauseTable.TryParse(cause.Name(), out var parsed));
            Assert.Equal(cause, parsed);
            Assert.Same(cause.Name(), cause.Name());
        }
        Assert.False(CauseTable.TryParse("no-such-cause", out _));
    }

    [Fact]
    public void Each_cause_page_has_a_cause() =>
        Assert.Equal(
            CauseTable.All.Select(f => Path.GetFileName(f.Page)).Append("README.md").Order(StringComparer.Ordinal),
            Directory.GetFiles(Repository.PathOf("docs/causes")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));

    [Fact]
    public void Commands_have_known_values_filled_in()
    {
        var commands = CauseTable.Of(Cause.DnsFailure).CommandsFor("fabrikam.example", "Internet Send", "ann@fabrikam.example", "EX01");
        Assert.Contains("Resolve-DnsName fabrikam.example -Type MX", commands, StringComparer.Ordinal);
        Assert.DoesNotContain(commands, c => c.Contains('{', StringComparison.Ordinal) && !c.Contains("Where-Object {", StringComparison.Ordinal));
    }

    [Fact]
    public void Apostrophes_in_commands_are_quoted_for_PowerShell()
    {
        var commands = CauseTable.Of(Cause.Unknown).CommandsFor("o'x.example", "Ann's connector", "o'brien@fabrikam.example", null);
        Assert.StartsWith("Get-MessageTrackingLog -Recipients 'o''brien@fabrikam.example' -EventId FAIL", commands[0], StringComparison.Ordinal);
        Assert.StartsWith("Set-SendConnector \"Ann's connector\" ", commands[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("o'x.example")]
    [InlineData("a.example'; Remove-Mailbox ann")]
    [InlineData("$(calc)")]
    [InlineData("a.example\nRestart-Computer")]
    [InlineData("-Confirm")]
    [InlineData("a.example | Remove-Item")]
    [InlineData("`calc`")]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData(null)]
    public void Commands_keep_the_placeholder_for_unsafe_values(string? domain) =>
        Assert.Contains("Resolve-DnsName '<domain>' -Type MX", CauseTable.Of(Cause.DnsFailure).CommandsFor(domain, null, null, null), StringComparer.Ordinal);
}
