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
    public void Published_enhanced_codes_are_registered(string code) => Assert.True(EnhancedCodes.IsRegistered(code));

    [Theory]
    [InlineData("5.1.999")]
    [InlineData("4.16.55")]
    [InlineData("3.1.1")]
    [InlineData("")]
    [InlineData("5.1.1.1")]
    public void Other_enhanced_codes_are_unregistered(string code) => Assert.False(EnhancedCodes.IsRegistered(code));

    [Fact]
    public void Set_of_enhanced_codes_is_bounded() => Assert.InRange(EnhancedCodes.All.Count, 150, 400);
}
