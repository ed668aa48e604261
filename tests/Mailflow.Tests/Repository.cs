namespace Mailflow.Tests;

/// <summary>The repository of the tests: docs and examples are compared with the code.</summary>
static class Repository
{
    public static string PathOf(string relative) => Path.Combine(Root(), relative);

    /// <summary>
    /// Asserts that the part of a page between `&lt;!-- name --&gt;` and `&lt;!-- end of name --&gt;` is this text.
    /// With UPDATE_DOCS=1 it is written instead.
    /// </summary>
    public static void Holds(string page, string name, string expected)
    {
        var text = Text(page);
        var (begin, end) = ($"<!-- {name} -->\n", $"<!-- end of {name} -->");
        var from = text.IndexOf(begin, StringComparison.Ordinal);
        var to = text.IndexOf(end, StringComparison.Ordinal);
        Assert.True(from >= 0 && to > from, $"{page} has no part between {begin.Trim()} and {end}.");
        from += begin.Length;
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            File.WriteAllText(PathOf(page), text[..from] + expected + text[to..]);
        else
            Assert.Equal(expected, text[from..to]);
    }

    public static string Text(string relative) => File.ReadAllText(PathOf(relative)).ReplaceLineEndings("\n");

    static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")))
                return folder.FullName;
        throw new InvalidOperationException(
            $"No folder above {AppContext.BaseDirectory} has Pipeline.sln: run the tests from the artifacts folder of the repository.");
    }
}
