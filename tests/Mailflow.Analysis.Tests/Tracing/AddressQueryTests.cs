using Mailflow.Analysis.Tracing;

namespace Mailflow.Analysis.Tests.Tracing;

public sealed class AddressQueryTests
{
    [Theory]
    [InlineData("ann@contoso.com", true)]
    [InlineData("BOB@fabrikam.com", true)]
    [InlineData("bounce@contoso.com", true)]
    [InlineData("group@contoso.com", true)]
    [InlineData("@fabrikam.com", true)]
    [InlineData("carl@contoso.com", false)]
    public void Address_is_found_in_any_role(string address, bool found)
    {
        var row = new TraceRow(
            DateTime.UnixEpoch, "EX01", "SMTP", "RECEIVE", "<1@contoso.com>", "", 1, "ann@contoso.com", "bounce@contoso.com", [new("bob@fabrikam.com", "")],
            "group@contoso.com", "", "", 100, "a.log", 0);
        var query = new TraceQuery { Address = address };
        Assert.Equal(found, query.Matches(row));
        Assert.True(query.AsksForAnything);
        Assert.Equal([address], query.Asked);
        Assert.Equal(address.ToLowerInvariant(), System.Text.Encoding.ASCII.GetString(Assert.Single(query.Needles!)));
    }
}
