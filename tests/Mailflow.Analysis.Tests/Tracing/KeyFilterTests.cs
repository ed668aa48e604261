using System.Globalization;
using System.Text;
using Mailflow.Analysis.Tracing.Index;

namespace Mailflow.Analysis.Tests.Tracing;

public sealed class KeyFilterTests
{
    [Fact]
    public void A_full_filter_has_all_its_keys_and_about_one_of_200_others()
    {
        var filter = new byte[KeyFilter.MaxLines * KeyFilter.Line];
        var keys = Enumerable.Range(0, KeyFilter.MaxKeys).Select(Key).ToList();
        foreach (var key in keys)
            KeyFilter.Add(filter, key);
        Assert.All(keys, k => Assert.True(KeyFilter.Has(filter, k)));
        var absent = Enumerable.Range(1_000_000, 100_000).Count(i => KeyFilter.Has(filter, Key(i)));
        Assert.InRange(absent, 1, 900);
    }

    [Theory]
    [InlineData(10, 3)]
    [InlineData(100, 6)]
    [InlineData(400, 24)]
    public void A_filter_with_few_keys_has_them_in_fewer_lines(int count, int lines)
    {
        var filter = new byte[KeyFilter.MaxLines * KeyFilter.Line];
        for (var i = 0; i < count; i++)
            KeyFilter.Add(filter, Key(i));
        Assert.Equal(lines, KeyFilter.LinesFor(count));
        var shrunk = new byte[lines * KeyFilter.Line];
        KeyFilter.Shrink(filter, lines, shrunk);
        Assert.All(Enumerable.Range(0, count), i => Assert.True(KeyFilter.Has(shrunk, Key(i))));
        Assert.InRange(Enumerable.Range(1_000_000, 100_000).Count(i => KeyFilter.Has(shrunk, Key(i))), 0, 900);
    }

    static ulong Key(int i) => TraceKey.Address(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"user{i}@contoso.com")));
}
