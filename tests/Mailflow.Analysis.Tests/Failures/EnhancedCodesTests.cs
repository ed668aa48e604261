using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Tests.Failures;

public sealed class EnhancedCodesTests
{
    [Theory]
    [InlineData("5.1.1")]
    [InlineData("4.4.7")]
    [InlineData("5.7.27")]
    [InlineData("5.7.64")]
    [InlineData("5.4.14")]
    [InlineData("4.4.316")]
    [InlineData("5.7.26")]
    public void Knows_what_somebody_has_defined(string code) => Assert.True(EnhancedCodes.IsRegistered(code));

    [Theory]
    [InlineData("5.1.999")]
    [InlineData("4.16.55")]
    [InlineData("3.1.1")]
    [InlineData("")]
    [InlineData("5.1.1.1")]
    public void Does_not_know_the_rest(string code) => Assert.False(EnhancedCodes.IsRegistered(code));

    [Fact]
    public void Is_a_bounded_set() => Assert.InRange(EnhancedCodes.All.Count, 150, 400);
}
