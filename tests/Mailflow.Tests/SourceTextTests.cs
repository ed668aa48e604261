namespace Mailflow.Tests;

/// <summary>Limits on the source text that no analyzer checks.</summary>
public sealed class SourceTextTests
{
    const int MaxLine = 160;

    [Fact]
    public void No_source_line_is_longer_than_160_characters() =>
        Assert.Empty(
            from folder in (string[])["src", "tests", "bench"]
            from path in Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories)
            let file = Path.GetRelativePath(Repository.PathOf("."), path).Replace('\\', '/')
            from line in File.ReadLines(path).Index()
            where line.Item.Length > MaxLine
            select $"{file}:{line.Index + 1} has {line.Item.Length} characters");
}
