using System.Collections.Frozen;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Helpers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Mailflow.Web;

/// <summary>The documentation inside the program. The name of a document is its path in the repository.</summary>
static class DocPage
{
    /// <summary>Where all of them are listed.</summary>
    const string Index = "docs/";

    static readonly Uri Root = new("http://documents/");

    static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().DisableHtml().Build();

    static readonly FrozenSet<string> Names = typeof(DocPage).Assembly
        .GetManifestResourceNames()
        .Where(n => n.StartsWith(Index, StringComparison.Ordinal))
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The document as HTML, for a folder its list; null where there is none of this name.</summary>
    public static string? Render(string name)
    {
        var folder = name.TrimEnd('/') + "/";
        if (folder == Index)
            return Frame("Documents", Markdown.ToHtml(List(), Pipeline));
        if (!Names.TryGetValue(name, out var known) && !Names.TryGetValue(folder + "README.md", out known))
            return null;
        var document = Markdown.Parse(Read(known), Pipeline);
        foreach (var link in document.Descendants<LinkInline>().ToList())
            Resolve(link, known);
        // A link to a section names it as GitHub does.
        foreach (var heading in document.Descendants<HeadingBlock>().Where(h => h.Level > 1))
            heading.GetAttributes().Id = LinkHelper.UrilizeAsGfm(string.Concat(heading.Inline!.Descendants<LeafInline>().Select(TextOf)));
        // A pipe in code in a cell is written \| for GitHub; Markdig would show the backslash (findings/markdig-code-with-a-pipe-in-a-table.sh).
        foreach (var code in document.Descendants<TableCell>().SelectMany(c => c.Descendants<CodeInline>()))
            code.Content = code.Content.Replace(@"\|", "|", StringComparison.Ordinal);
        return Frame(Path.GetFileNameWithoutExtension(known) is var title and not "README" ? title : TitleOf(known), document.ToHtml(Pipeline));
    }

    /// <summary>The page for a missing document, with links to others.</summary>
    public static string Missing(string path)
    {
        var html = new Html();
        var says = path.StartsWith("/" + Index, StringComparison.Ordinal)
            ? "This document is not part of the program. It may be in the repository."
            : "There is no such page.";
        html.Add($"<h1>Not found</h1>\n<p>{path}: {says}</p>\n<p><a href=/>The page</a> · <a href=/docs/>All documentation</a></p>\n");
        return Frame("Not found", html.ToString());
    }

    /// <summary>Links are relative to their document. A link to a file that is not inside the program is replaced by its text.</summary>
    static void Resolve(LinkInline link, string name)
    {
        if (link.Url is not { } url || url.StartsWith('#') || !Uri.TryCreate(new Uri(Root, name), url, out var target) || target.Host != Root.Host)
            return;
        link.Url = target.AbsolutePath + target.Fragment;
        if (Names.Contains(target.AbsolutePath[1..]))
            return;
        while (link.FirstChild is { } text)
        {
            text.Remove();
            link.InsertBefore(text);
        }

        link.Remove();
    }

    static string TextOf(LeafInline part) => part switch
    {
        LiteralInline words => words.Content.ToString(),
        CodeInline code => code.Content,
        _ => "",
    };

    static string List()
    {
        var folders = Names.Where(n => n.EndsWith("/README.md", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(n => $"- [{TitleOf(n)}](/{n[..^"README.md".Length]})");
        var others = Names.Where(n => n.LastIndexOf('/') == Index.Length - 1).Order(StringComparer.Ordinal).Select(n => $"- [{TitleOf(n)}](/{n})");
        return $"# Documents\n\n{string.Join('\n', folders.Concat(others))}\n";
    }

    static string TitleOf(string name) => Read(name).Split('\n')[0].TrimStart('#', ' ').TrimEnd();

    static string Read(string name)
    {
        using var reader = new StreamReader(typeof(DocPage).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    /// <param name="content">HTML of our own, or encoded.</param>
    static string Frame(string title, string content)
    {
        var html = new Html();
        Page.Begin(html);
        html.Add($"<title>{title} - Mailflow</title>\n<link rel=icon href=/icon.svg type=image/svg+xml>\n<link rel=stylesheet href=/style.css>\n");
        html.Add($"</head>\n<body>\n");
        html.Add($"<header>\n{Raw.Brand()}\n<nav aria-label=Documents><a href=/docs/>Documents</a></nav>\n</header>\n<main>\n");
        html.Add($"<article class=\"card document\">\n{Raw.Markdown(content)}</article>\n</main>\n</body>\n</html>\n");
        return html.ToString();
    }
}
