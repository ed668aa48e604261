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
}
