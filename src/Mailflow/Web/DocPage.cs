using System.Collections.Frozen;
using Markdig;

namespace Mailflow.Web;

/// <summary>The documents that the program carries along, for who has no repository at hand: causes, runbooks, blocklists, exports. Their names are their paths in the repository.</summary>
static class DocPage
{
    static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().DisableHtml().Build();

    static readonly FrozenSet<string> Names = typeof(DocPage).Assembly.GetManifestResourceNames().Where(n => n.StartsWith("docs/", StringComparison.Ordinal)).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The document as HTML; null where there is none of this name.</summary>
    public static string? Render(string name)
    {
        if (!Names.TryGetValue(name, out var known))
            return null;
        using var reader = new StreamReader(typeof(DocPage).Assembly.GetManifestResourceStream(known)!);
        var html = new Html();
        Page.Begin(html);
        html.Add($"<title>{Path.GetFileNameWithoutExtension(known)} - Mailflow</title>\n<link rel=icon href=/icon.svg type=image/svg+xml>\n<link rel=stylesheet href=/style.css>\n</head>\n<body>\n");
        html.Add($"<header>\n{Raw.Brand()}\n</header>\n<main>\n<article class=\"card document\">\n{Raw.Markdown(Markdown.ToHtml(reader.ReadToEnd(), Pipeline))}</article>\n</main>\n</body>\n</html>\n");
        return html.ToString();
    }
}
