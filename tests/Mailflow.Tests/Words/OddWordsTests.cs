using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Mailflow.Commands;
using Mailflow.Tests.Web;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Mailflow.Tests.Words;

/// <summary>
/// Texts that a user sees use plain words: string literals, documentation, dashboards, help and page. odd-words.txt lists what must not come back.
/// </summary>
public sealed partial class OddWordsTests
{
    /// <summary>
    /// Places that are not checked. Words of others are quoted exactly: the rules have status texts of mail servers, the table of codes has names
    /// of RFCs. The schema is SQL, which no user sees.
    /// </summary>
    static readonly string[] Quoted =
        ["src/Mailflow.Analysis/Failures/Rules/", "src/Mailflow.Analysis/Failures/CodeTable.cs", "src/Mailflow/Ledger/Schema.cs"];

    /// <summary>Pages outside docs.</summary>
    static readonly string[] Pages =
    [
        "README.md", "ARCHITECTURE.md", "STYLE.md", "CHANGELOG.md", "bench/README.md", "bench/classify/README.md", "deploy/kubernetes/README.md",
        "findings/README.md",
    ];

    static readonly List<(Regex Odd, string Plain)> Words = [.. File.ReadLines(Repository.PathOf("tests/Mailflow.Tests/Words/odd-words.txt"))
        .Where(l => l.Length > 0 && l[0] != '#')
        .Select(l => l.Split('\t'))
        .Select(p => (new Regex($@"\b(?:{p[0]})\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5)), p[1]))];

    [Fact]
    public void String_literals_use_plain_words() =>
        Check(Files("src", "*.cs").Where(f => !f.Contains("/obj/", StringComparison.Ordinal)).SelectMany(Literals));

    [Fact]
    public void Documentation_uses_plain_words() => Check(Files("docs", "*.md").Concat(Pages).SelectMany(Prose));

    /// <summary>Help and page are made of literals and of words from tables, so the whole sentence is only visible here.</summary>
    [Fact]
    public void Help_of_every_command_uses_plain_words()
    {
        RootCommand root =
        [
            RunCommand.Make(), ScanCommand.Make(), ExplainCommand.Make(), CheckCommand.Make(), DemoCommand.Make(), SimulateCommand.Make(),
            CompletionCommand.Make(), IncidentsCommand.Make(), ReportCommand.Make(), NotifyCommand.Make(), BackfillCommand.Make(),
        ];
        Check(root.Subcommands.Select(c => ($"mailflow {c.Name} --help", 1, Help(root, c.Name))));
    }

    [Fact]
    public async Task Page_uses_plain_words()
    {
        await using var empty = await ServedSite.StartAsync();
        await using var full = await MetricsTests.ReadSiteAsync();
        string[] pages = [await empty.GetAsync("/"), await full.GetAsync("/?window=all")];
        Check(
            from page in pages
            from text in Tag().Split(page)
            select ("page", 1, WebUtility.HtmlDecode(text)));
    }

    [Fact]
    public void Dashboards_use_plain_words() => Check(Files("grafana/dashboards", "*.json").SelectMany(Titles));

    /// <summary>Comments of the rules are for those who change them.</summary>
    [Fact]
    public void Alerts_use_plain_words() => Check(Files("deploy/prometheus", "*.yml").SelectMany(Prose).Where(t => t.Text.TrimStart() is not ['#', ..]));

    [Fact]
    public void README_is_short()
    {
        var words = Repository.Text("README.md").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        Assert.True(words <= 900, $"README.md has {words} words, at most 900 are allowed: move reference text to docs.");
    }

    [Fact]
    public void An_odd_word_is_found_with_its_place_and_the_plain_word() =>
        Assert.Equal(
            "page.md:7: 'mend' in 'Mend the resolver.': fix, correct, repair",
            Assert.Single(Faults([("page.md", 7, "Mend the resolver.")])),
            ignoreCase: true);

    static void Check(IEnumerable<(string File, int Line, string Text)> texts)
    {
        var faults = Faults(texts).ToList();
        Assert.True(faults.Count == 0, $"{faults.Count} odd words, each with the plain words to use:\n{string.Join('\n', faults)}");
    }

    static IEnumerable<string> Faults(IEnumerable<(string File, int Line, string Text)> texts) =>
        from text in texts
        from word in Words
        let found = word.Odd.Match(text.Text)
        where found.Success
        select string.Create(CultureInfo.InvariantCulture, $"{text.File}:{text.Line}: '{found.Value}' in '{text.Text.Trim()}': {word.Plain}");

    /// <summary>The help of a command, its wrapped lines joined.</summary>
    static string Help(RootCommand root, string command)
    {
        using var output = new StringWriter();
        Assert.Equal(0, root.Parse([command, "--help"]).Invoke(new() { Output = output }));
        return Space().Replace(output.ToString(), " ");
    }

    static IEnumerable<string> Files(string folder, string pattern)
    {
        var root = Repository.PathOf("");
        return Directory.EnumerateFiles(Repository.PathOf(folder), pattern, SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(root, f).Replace('\\', '/'))
            .Where(
                f => !f.StartsWith("src/Mailflow.Simulator/", StringComparison.Ordinal)
                    && !Quoted.Any(q => f.StartsWith(q, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal);
    }

    static IEnumerable<(string File, int Line, string Text)> Literals(string file)
    {
        var tree = CSharpSyntaxTree.ParseText(Repository.Text(file));
        return from token in tree.GetRoot().DescendantTokens()
               where token.Kind() is SyntaxKind.StringLiteralToken or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken
                   or SyntaxKind.InterpolatedStringTextToken
               select (file, token.GetLocation().GetLineSpan().StartLinePosition.Line + 1, token.ValueText);
    }

    /// <summary>Lines of prose. Code blocks and code in a line are not prose, except the comments of a code block.</summary>
    static IEnumerable<(string File, int Line, string Text)> Prose(string file)
    {
        var code = false;
        foreach (var (i, line) in Repository.Text(file).Split('\n').Index())
            if (line.StartsWith("```", StringComparison.Ordinal))
                code = !code;
            else if (!code || line.StartsWith('#'))
                yield return (file, i + 1, Code().Replace(line, "``"));
    }

    static IEnumerable<(string File, int Line, string Text)> Titles(string file)
    {
        using var json = JsonDocument.Parse(Repository.Text(file));
        return [.. Texts(json.RootElement).Select(t => (file, 1, t))];
    }

    static IEnumerable<string> Texts(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Texts),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p =>
            p.Name is "title" or "description" or "tooltip" && p.Value.ValueKind == JsonValueKind.String ? [p.Value.GetString()!] : Texts(p.Value)),
        _ => [],
    };

    [GeneratedRegex("`[^`]*`", RegexOptions.NonBacktracking)]
    private static partial Regex Code();

    [GeneratedRegex("<[^>]*>", RegexOptions.NonBacktracking)]
    private static partial Regex Tag();

    [GeneratedRegex(@"\s+", RegexOptions.NonBacktracking)]
    private static partial Regex Space();
}
