using Mailflow.Analysis.Failures;
using Mailflow.Web;

namespace Mailflow.Tests.Web;

public sealed class CauseWordsTests
{
    [Fact]
    public void Every_cause_has_its_own_text()
    {
        foreach (var facts in CauseTable.All)
        {
            Assert.NotEqual(facts.Name, CauseWords.Of(facts.Cause, 2));
            Assert.NotEqual(CauseWords.Of(facts.Cause, 1), CauseWords.Of(facts.Cause, 2));
        }

        Assert.Equal(CauseTable.All.Count, CauseTable.All.Select(c => CauseWords.Title(c.Cause)).Distinct(StringComparer.Ordinal).Count());
    }
}
