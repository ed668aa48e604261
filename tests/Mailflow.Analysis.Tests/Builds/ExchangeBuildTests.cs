using Mailflow.Analysis.Builds;

namespace Mailflow.Analysis.Tests.Builds;

public sealed class ExchangeBuildTests
{
    [Theory]
    [InlineData("15.02.1544.004", "15.2.1544.4", "15.02.1544.004")]
    [InlineData("15.2.1544.4", "15.2.1544.4", "15.02.1544.004")]
    [InlineData("15.02.0986.042", "15.2.986.42", "15.02.0986.042")]
    [InlineData("15.20.9000.12", "15.20.9000.12", "15.20.9000.012")]
    [InlineData("14.0.0.0", "14.0.0.0", "14.00.0000.000")]
    [InlineData("8.0.0.0", "8.0.0.0", "08.00.0000.000")]
    public void Both_forms_are_read(string text, string build, string inLogs)
    {
        Assert.True(ExchangeBuild.TryParse(text, out var found));
        Assert.Equal((build, inLogs), (found.ToString(), found.InLogs));
    }

    [Theory]
    [InlineData("15.0.0.0")]
    [InlineData("15.02")]
    [InlineData("15.02.1544")]
    [InlineData("15.02.1544.004.1")]
    [InlineData("15.02.1544.00x")]
    [InlineData("15.02.-544.004")]
    [InlineData("15.02.1544.0000004")]
    [InlineData("15.02..004")]
    [InlineData("")]
    public void The_version_of_a_format_and_other_texts_are_no_build(string text) => Assert.False(ExchangeBuild.TryParse(text, out _));

    [Fact]
    public void Each_update_is_found_by_its_build_and_is_newer_than_the_one_before()
    {
        foreach (var product in ExchangeBuilds.All)
        {
            Assert.Equal(product.Levels.OrderBy(l => l.Number), product.Levels);
            Assert.Equal(product.Levels.Count, product.Levels.DistinctBy(l => l.Number).Count());
            foreach (var level in product.Levels)
            {
                Assert.Equal(level.Updates.OrderBy(u => u.Build.Revision).ThenBy(u => u.Released), level.Updates);
                Assert.Equal(level.Updates.OrderBy(u => u.Released), level.Updates);
                foreach (var update in level.Updates)
                {
                    Assert.True(ExchangeBuild.TryParse(update.Build.InLogs, out var build));
                    Assert.Equal((product, level, update), (ExchangeBuilds.ProductOf(build), BuildState.Of(build).Level, BuildState.Of(build).Update));
                    Assert.True(update.Released <= ExchangeBuilds.KnownUntil);
                }
            }
        }
    }
}
