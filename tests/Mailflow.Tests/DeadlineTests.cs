namespace Mailflow.Tests;

public sealed class DeadlineTests
{
    /// <summary>One without the clock that is given goes by the system's: a test with a clock of its own would wait for it.</summary>
    [Fact]
    public void A_deadline_names_its_clock() =>
        Assert.DoesNotContain(
            Directory.EnumerateFiles(Repository.PathOf("src/Mailflow"), "*.cs", SearchOption.AllDirectories).SelectMany(File.ReadLines),
            l => System.Text.RegularExpressions.Regex.IsMatch(
                l,
                @"new CancellationTokenSource\([^,()]+\)",
                System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
}
