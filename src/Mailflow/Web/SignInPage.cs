namespace Mailflow.Web;

/// <summary>The pages for those who may not read the others. They show nothing of the mail.</summary>
static class SignInPage
{
    /// <param name="to">The address of the page that is wanted.</param>
    /// <param name="fault">Why the last try failed; null where there was none.</param>
    public static string Form(string to, string? fault)
    {
        var html = Begin("Sign in");
        if (fault is not null)
            html.Add($"<p role=alert>{fault}</p>\n");
        html.Add($"<form class=search method=post action={Raw.Link(SignIn.Path)}>\n<label for=token>Token</label>\n");
        html.Add($"<input id=token name=token type=password required autofocus maxlength={(long)256} autocomplete=current-password>\n");
        html.Add($"<input type=hidden name=to value={Raw.Link(to)}>\n<button>Sign in</button>\n</form>\n");
        html.Add($"<p class=hint>The administrator of Mailflow has the token: the setting Web:Token or Web:TokenFile.</p>\n");
        return End(html);
    }

    public static string Refused(string why)
    {
        var html = Begin("Not allowed");
        html.Add($"<p>{why}</p>\n");
        return End(html);
    }

    static Html Begin(string title)
    {
        var html = new Html();
        Page.Begin(html);
        html.Add($"<title>{title} - Mailflow</title>\n<link rel=icon href=/icon.svg type=image/svg+xml>\n<link rel=stylesheet href=/style.css>\n");
        html.Add($"</head>\n<body>\n<header>\n{Raw.Brand()}\n</header>\n<main>\n<section class=card>\n<h1>{title}</h1>\n");
        return html;
    }

    static string End(Html html)
    {
        html.Add($"</section>\n</main>\n</body>\n</html>\n");
        return html.ToString();
    }
}
