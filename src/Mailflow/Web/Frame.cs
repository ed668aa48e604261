using System.Globalization;
using Mailflow.Privacy;

namespace Mailflow.Web;

/// <summary>What is around the content of a page: head, brand and search box.</summary>
static class Frame
{
    /// <summary>THE list of the sections in the head of each page.</summary>
    static readonly (string Path, string Name)[] Sections =
        [("/", "Now"), ("/incidents", "Incidents"), ("/failures", "Failures"), ("/history", "History"), ("/servers", "Servers"), ("/state", "Log reading")];

    /// <summary>Begins a page; its content follows.</summary>
    /// <param name="typed">What is in the search box.</param>
    /// <param name="view">How the reader sees it; null on a page without times.</param>
    /// <param name="section">The path of the section that it belongs to.</param>
    /// <param name="now">Set where the page is renewed in place: the time of its figures.</param>
    /// <param name="refresh">Seconds after which the browser loads it again without the script.</param>
    /// <param name="live">Whether it has the script without being renewed.</param>
    public static Html Begin(
        string title, string typed, View? view = null, string section = "", DateTimeOffset? now = null, int? refresh = null, bool live = false)
    {
        var html = new Html();
        Page.Begin(html);
        if (refresh is { } seconds)
            html.Add($"<meta http-equiv=refresh content={(long)seconds}>\n");
        html.Add($"<title>{title}{(title == "Mailflow" ? "" : " - Mailflow")}</title>\n<link rel=icon href=/icon.svg type=image/svg+xml>\n");
        html.Add($"<link rel=stylesheet href=/style.css>\n");
        if (now is not null || live)
            html.Add($"<script src=/live.js defer></script>\n");
        html.Add($"</head>\n<body>\n<a class=skip href=#main>To the content</a>\n<header>\n{Raw.Brand()}\n<nav aria-label=Sections>");
        foreach (var (path, name) in Sections)
            html.Add($"<a href={path}{Raw.Current(path == section)}>{name}</a>");
        html.Add($"</nav>\n");
        Search(html, typed);
        if (view is not null)
            Seen(html, view, now);
        html.Add($"</header>\n<main id=main>\n");
        return html;
    }

    /// <summary>When the figures were read, the time zone, and the colours.</summary>
    static void Seen(Html html, View view, DateTimeOffset? now)
    {
        html.Add($"<div class=seen>");
        if (now is { } time)
        {
            html.Add($"<p>Updated <time id=updated>{TimeZoneInfo.ConvertTime(time, view.Zone).ToString("HH:mm:ss", CultureInfo.InvariantCulture)}</time> ");
            html.Add($"<button type=button id=pause hidden>Pause</button></p>");
        }

        html.Add($"<p class=zone>Times are {view.Offset}{(view.IsServers ? ", the time zone of this server" : "")} ");
        html.Add($"<a href={Raw.Link(view.Settings)}>Change</a></p>");
        html.Add($"<p class=colours>Colours <a href={Raw.Link(view.Colours("light"))}>light</a> <a href={Raw.Link(view.Colours("dark"))}>dark</a> ");
        html.Add($"<a href={Raw.Link(view.Colours("auto"))}>auto</a></p></div>\n");
    }

    /// <summary>Links to the time ranges of a page, and the other values of its address.</summary>
    /// <param name="path">The path of the page, encoded.</param>
    public static void Windows(Html html, string path, Masked current)
    {
        html.Add($"<nav class=windows aria-label=\"Time range\">");
        foreach (var window in Window.All)
            html.Add($"<a href={Raw.Link($"{path}?window={window.Name}")}{Raw.Current(current == window.Name)}>{window.Name}</a>");
        html.Add($"</nav>\n");
    }

    /// <summary>The search box. What the user typed is shown as it is.</summary>
    public static void Search(Html html, string typed)
    {
        html.Add($"<form class=search role=search action=/messages>\n<label class=unseen for=q>Find messages</label>\n");
        html.Add($"<input id=q name=q type=search maxlength={(long)998} spellcheck=false autocapitalize=none autocomplete=off ");
        html.Add($"placeholder=\"Address, domain, message-id or words of a reply\" value=\"{Masking.Plain.Text(typed)}\">\n<button>Find</button>\n</form>\n");
    }

    public static string End(Html html)
    {
        html.Add($"<footer>\n<p><a href=/>Start</a> <a href=/history>History</a> <a href=/messages>Find messages");
        html.Add($"</a> <a href=/docs/trace.md>About message trace</a></p>\n</footer>\n");
        html.Add($"</main>\n</body>\n</html>\n");
        return html.ToString();
    }

    /// <summary>A page that explains what was expected.</summary>
    public static string Fault(string title, string typed, IEnumerable<string> faults)
    {
        var html = Begin(title, typed);
        html.Add($"<section class=card>\n<h1>{title}</h1>\n");
        foreach (var fault in faults)
            html.Add($"<p>{Masking.Default.Text(fault)}</p>\n");
        Help(html);
        html.Add($"</section>\n");
        return End(html);
    }

    public static void Help(Html html)
    {
        html.Add($"<p class=hint>The search box accepts an address (<code>bob@fabrikam.com</code>), a domain (<code>fabrikam.com</code>), a Message-ID ");
        html.Add($"(<code>&lt;5d1c@contoso.com&gt;</code>), a network message id, an IP address, or words of a diagnosis (<code>mailbox full</code>, ");
        html.Add($"<code>5.7.1</code>, <code>spamhaus</code>). Addresses, domains and ids are searched in the tracking logs, words in the stored failures.");
        html.Add($"</p>\n");
    }
}
