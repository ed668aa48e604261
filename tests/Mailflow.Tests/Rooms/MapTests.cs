using System.Text.RegularExpressions;

namespace Mailflow.Tests.Rooms;

/// <summary>The table "question | decided in" of ARCHITECTURE.md: each path in it exists, and each question is answered in one or two files.</summary>
public sealed partial class MapTests
{
    /// <summary>Where a path of the table starts, see the sentence above the table.</summary>
    static readonly string[] Starts = ["src/Mailflow", "src", ""];

    [Fact]
    public void Every_path_of_the_map_exists() =>
        Assert.Empty(
            from row in Rows()
            from path in Paths(row.Answer)
            where !Exists(path)
            select $"'{row.Question}': {path} does not exist.");

    [Fact]
    public void Every_question_is_answered_in_one_or_two_paths() =>
        Assert.Empty(Rows().Where(r => Paths(r.Answer).Count() is < 1 or > 2).Select(r => $"'{r.Question}': {r.Answer}"));

    [Theory]
    [InlineData("Program.cs", true)]
    [InlineData("Mailflow.Analysis/Formats/", true)]
    [InlineData("docs/*.md", true)]
    [InlineData("Formats/LogFormat.cs", false)]
    public void Path_is_searched_below_src_Mailflow_src_and_the_root(string path, bool exists) => Assert.Equal(exists, Exists(path));

    /// <summary>Rows without an answer are headings.</summary>
    static IEnumerable<(string Question, string Answer)> Rows() =>
        from line in File.ReadLines(Repository.PathOf("ARCHITECTURE.md"))
            .SkipWhile(l => l != "| question | decided in |")
            .Skip(2)
            .TakeWhile(l => l.StartsWith('|'))
        let cells = line.Split('|', StringSplitOptions.TrimEntries)
        where cells[2].Length > 0
        select (cells[1], cells[2]);

    static IEnumerable<string> Paths(string answer) => Code().Matches(answer).Select(m => m.Value.Trim('`')).Where(c => PathForm().IsMatch(c));

    static bool Exists(string path) => Starts.Select(s => Repository.PathOf(Path.Combine(s, path))).Any(
        full => path.Contains('*', StringComparison.Ordinal)
            ? Directory.Exists(Path.GetDirectoryName(full)) && Directory.EnumerateFiles(Path.GetDirectoryName(full)!, Path.GetFileName(full)).Any()
            : path.EndsWith('/') ? Directory.Exists(full) : File.Exists(full));

    [GeneratedRegex("`[^`]+`", RegexOptions.NonBacktracking)]
    private static partial Regex Code();

    /// <summary>With a slash, or with the ending of a file; not an example of a command.</summary>
    [GeneratedRegex(@"^[^ ]*(/[^ ]*|\.(cs|csproj|md|yml|json|txt))$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex PathForm();
}
