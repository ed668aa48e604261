using System.Net;
using System.Text.RegularExpressions;
using Mailflow.Analysis.Failures;
using Mailflow.Web;

namespace Mailflow.Tests.Web;

/// <summary>A placeholder is visible on the page: an angle bracket that is taken for a tag, or a brace for an attribute, would vanish.</summary>
public sealed partial class DocumentTests
{
    public static TheoryData<string> Documents => [.. CauseTable.All.Select(f => f.Page)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Placeholders_and_commands_of_a_document_are_on_the_page(string document)
    {
        var source = Repository.Text(document);
        var html = DocPage.Render(document);
        Assert.NotNull(html);
        var shown = WebUtility.HtmlDecode(Tag().Replace(html, ""));
        Assert.All(Block().Matches(source).Select(b => b.Groups["lines"].Value), lines => Assert.Contains(lines, shown, StringComparison.Ordinal));
        Assert.Equal(Placeholder().Count(source), Placeholder().Count(shown));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_to_sections_lead_somewhere(string document)
    {
        var html = DocPage.Render(document)!;
        foreach (var link in Section().Matches(html).Select(m => m.Groups["id"].Value))
            Assert.Contains($"id=\"{link}\"", html, StringComparison.Ordinal);
    }

    [GeneratedRegex("<[^>]*>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tag();

    [GeneratedRegex("```powershell\n(?<lines>.*?)```", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Block();

    [GeneratedRegex("<[a-z_0-9]+>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Placeholder();

    [GeneratedRegex("href=\"#(?<id>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Section();
}
