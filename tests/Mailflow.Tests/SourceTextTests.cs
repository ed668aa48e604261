namespace Mailflow.Tests;

/// <summary>Limits on the source text that no analyzer checks.</summary>
public sealed class SourceTextTests
{
    const int MaxLine = 160;

    /// <summary>Folders that still have longer lines: remove a folder from this list when its lines are broken.</summary>
    static readonly string[] Exceptions =
    [
        "src/Mailflow/Pipeline/",
        "src/Mailflow/Read/",
        "src/Mailflow/Service.cs",
        "src/Mailflow/Tail/",
    ];

    [Fact]
    public void No_source_line_is_longer_than_160_characters() =>
        Assert.Empty(
            from folder in (string[])["src", "tests", "bench"]
            from path in Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories)
            let file = Path.GetRelativePath(Repository.PathOf("."), path).Replace('\\', '/')
            where !Exceptions.Any(e => file.StartsWith(e, StringComparison.Ordinal))
            from line in File.ReadLines(path).Index()
            where line.Item.Length > MaxLine
            select $"{file}:{line.Index + 1} has {line.Item.Length} characters");
}
