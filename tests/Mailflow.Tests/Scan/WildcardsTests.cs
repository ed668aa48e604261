using Mailflow.Scan;

namespace Mailflow.Tests.Scan;

public sealed class WildcardsTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-wild-").FullName;

    public WildcardsTests()
    {
        foreach (var file in new[] { "EX01/a.LOG", "EX01/b.log", "EX01/c.LOG.gz", "EX02/a.LOG", "EX02/below/d.LOG", "other/e.txt" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, file))!);
            File.WriteAllText(Path.Combine(_folder, file), "");
        }
    }

    [Theory]
    [InlineData("EX01/*.LOG", "EX01/a.LOG EX01/b.log")]
    [InlineData("ex0?/*.log", "EX01/a.LOG EX01/b.log EX02/a.LOG")]
    [InlineData("EX0*", "EX01 EX02")]
    [InlineData("*/below", "EX02/below")]
    [InlineData("EX02/*/?.LOG", "EX02/below/d.LOG")]
    [InlineData("EX01", "EX01")]
    [InlineData("none", "none")]
    [InlineData("none/*.LOG", "")]
    [InlineData("EX01/*.csv", "")]
    public void Wildcard_expands_to_matching_files(string path, string expected)
    {
        Assert.Equal(
            expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => Path.Combine(_folder, p)),
            Wildcards.Expand(Path.Combine(_folder, path)));
        Assert.Equal(
            Wildcards.Expand(Path.Combine(_folder, path)).Where(Path.Exists),
            Wildcards.Expand("EX01=" + Path.Combine(_folder, path)).Where(Path.Exists));
    }

    [Fact]
    public void File_with_wildcard_characters_in_its_name_takes_precedence()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows allows no such names");
        var odd = Path.Combine(_folder, "*.LOG");
        File.WriteAllText(odd, "");
        Assert.Equal([odd], Wildcards.Expand(odd));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
