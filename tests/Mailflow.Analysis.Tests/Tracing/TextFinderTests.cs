using System.Text;
using CsCheck;
using Mailflow.Analysis.Tracing;

namespace Mailflow.Analysis.Tests.Tracing;

public sealed class TextFinderTests
{
    [Fact]
    public void Finder_finds_what_a_search_at_each_place_finds() =>
        Gen.Select(Gen.String[Gen.Char["abAB@.[{0"], 0, 200], Gen.String[Gen.Char["ab@.[0"], 2, 12]).Sample(
            (text, wanted) => Assert.Equal(
                text.IndexOf(wanted, StringComparison.OrdinalIgnoreCase),
                new TextFinder(Encoding.ASCII.GetBytes(wanted)).IndexIn(Encoding.ASCII.GetBytes(text))),
            iter: 5000);

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(63)]
    [InlineData(200)]
    public void Finder_finds_a_text_at_the_end(int before) =>
        Assert.Equal(
            before, new TextFinder("bob@fabrikam.com"u8.ToArray()).IndexIn(Encoding.ASCII.GetBytes(new string('b', before) + "Bob@FABRIKAM.com")));
}
