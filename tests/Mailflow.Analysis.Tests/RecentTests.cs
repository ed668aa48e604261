
namespace Mailflow.Analysis.Tests;

public sealed class RecentTests
{
    [Fact]
    public void It_is_bounded_and_keeps_what_is_looked_up_again()
    {
        var recent = new Recent<string, int>(100, StringComparer.Ordinal);
        recent.Set("kept", -1);
        for (var i = 0; i < 1000; i++)
        {
            recent.Set($"{i}", i);
            Assert.True(recent.TryGetBy<ReadOnlySpan<char>>("kept", out var value));
            Assert.Equal(-1, value);
        }

        Assert.InRange(recent.Count, 50, 100);
        Assert.True(recent.TryGet("999", out var last));
        Assert.Equal(999, last);
        Assert.False(recent.TryGet("1", out _));
    }

    [Fact]
    public void A_key_that_is_set_again_pushes_nothing_out()
    {
        var recent = new Recent<string, int>(4, StringComparer.Ordinal);
        recent.Set("a", 1);
        for (var i = 0; i < 10; i++)
            recent.Set("b", i);
        Assert.Equal(["a", "b"], recent.Keys.Order(StringComparer.Ordinal));
    }
}
