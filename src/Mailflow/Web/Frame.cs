using Mailflow.Privacy;

namespace Mailflow.Web;

/// <summary>What is around the content of a page: head, brand and search box.</summary>
static class Frame
{
    /// <summary>Begins a page without a script; its content follows.</summary>
    /// <param name="typed">What is in the search box.</param>
    public static Html Begin(string title, string typed)
    {
        var html = new Html();
        Page.Begin(html);
        html.Add($"<title>{title} - Mailflow</title>\n<link rel=icon href=/icon.svg type=image/svg+xml>\n<link rel=stylesheet href=/style.css>\n");
        html.Add($"</head>\n<body>\n<header>\n{Raw.Brand()}\n");
        Search(html, typed);
        html.Add($"</header>\n<main>\n");
        return html;
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
        html.Add($"<footer>\n<p><a href=/>All failures</a> <a href=/history>History</a> <a href=/messages>Find messages");
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
