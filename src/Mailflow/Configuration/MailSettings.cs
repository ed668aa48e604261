using System.Globalization;
using Mailflow.Analysis.Incidents;
using MimeKit;

namespace Mailflow.Configuration;

/// <summary>The settings of notifications and reports, a part of <see cref="Settings"/>.</summary>
static class MailSettings
{
    public static IReadOnlyList<Setting> All { get; } =
    [
        new("Mail:Server", "", "a host, with a port if it is not 25: smtp.contoso.com:587",
            "Mail server that notifications and reports are sent through. Use one that works when Exchange does not: an external one, or a second server.",
            (o, v) => Settings.HostOf(v, 25) is { } host ? o with { Mail = o.Mail with { Server = host } } : null),
        new("Mail:From", "", "an e-mail address",
            "Sender of these mails. Its domain is also the name in EHLO and in the Message-ID.",
            (o, v) => Address(v) is { } from ? o with { Mail = o.Mail with { From = from } } : null),
        new("Mail:Security", "starttls", "starttls, tls, auto or none",
            "starttls: required. tls: from the first byte (port 465). auto: STARTTLS if the server offers it. none: no encryption.",
            (o, v) => Settings.OneOf<MailSecurity>(v) is { } security ? o with { Mail = o.Mail with { Security = security } } : null),
        new("Mail:AnyCertificate", "false", "true or false",
            "Accept any certificate of the mail server, for example the one that Exchange makes for itself. Then the connection is not protected against"
            + " others who pretend to be the server.",
            (o, v) => Settings.Bool(v) is { } b ? o with { Mail = o.Mail with { AnyCertificate = b } } : null),
        new("Mail:User", "", "a user name",
            "User at the mail server. Default: no authentication.",
            (o, v) => o with { Mail = o.Mail with { User = v } }),
        new("Mail:Password", "", "a password",
            "Better kept in a file: see the next setting.",
            (o, v) => o with { Mail = o.Mail with { Password = new(v) } }),
        new("Mail:PasswordFile", "", "a file that holds the password",
            "Keeps the password out of the configuration.",
            (o, v) => Settings.Secret(v) is { } secret ? o with { Mail = o.Mail with { Password = new(secret) } } : null),
        .. Webhook("Notify:Webhook", "Receives each notification as JSON (docs/notifications.md).", o => o.Webhook, (o, t) => o with { Webhook = t }),
        .. Webhook("Notify:Teams", "A workflow of Microsoft Teams (\"When a Teams webhook request is received\").", o => o.Teams,
            (o, t) => o with { Teams = t }),
        .. Webhook("Notify:Slack", "An incoming webhook of Slack, or of a program that reads the same form (Mattermost).", o => o.Slack,
            (o, t) => o with { Slack = t }),
        .. Webhook("Notify:Ntfy", "A topic of ntfy: https://ntfy.example.com/topic.", o => o.Ntfy, (o, t) => o with { Ntfy = t }),
        new("Notify:Mail:To", "", "e-mail addresses, separated by commas",
            "Recipients of notifications. Mail:Server and Mail:From must be set.",
            (o, v) => Addresses(v) is { } to ? o with { Notify = o.Notify with { MailTo = to } } : null),
        new("Notify:Command", "", "a program, with its full path",
            "Program that is started for each notification, without a shell: JSON on standard input, a summary in variables (docs/notifications.md).",
            (o, v) => Settings.FullPath(v) is { } path ? o with { Notify = o.Notify with { Command = path } } : null),
        new("Notify:Severity", "minor", "minor, major or critical",
            "Less severe incidents are not reported.",
            (o, v) => Settings.OneOf<IncidentSeverity>(v) is { } s ? o with { Notify = o.Notify with { Severity = s } } : null),
        new("Notify:GroupFor", "30s", "0s to 1h",
            "How long news is collected before it is sent as one notification.",
            (o, v) => Settings.Duration(v, 0, 3600) is { } t ? o with { Notify = o.Notify with { GroupFor = t } } : null),
        new("Notify:Interval", "5m", "0s to 1d",
            "Shortest time between two notifications to the same receiver. News in between is sent together.",
            (o, v) => Settings.Duration(v, 0, 86400) is { } t ? o with { Notify = o.Notify with { Interval = t } } : null),
        new("Notify:QuietHours", "", "two times, for example 22:00-06:00",
            "Time of day, in the zone of this machine, when nothing is sent; what happens then is sent after it.",
            (o, v) => QuietHours.Read(v) is { } quiet ? o with { Notify = o.Notify with { Quiet = quiet } } : null),
        new("Notify:QuietLetsCriticalPass", "true", "true or false",
            "Whether critical incidents are sent in quiet hours too.",
            (o, v) => Settings.Bool(v) is { } b ? o with { Notify = o.Notify with { QuietLetsCriticalPass = b } } : null),
        new("Notify:PageUrl", "", Settings.HttpUrlAllowed,
            "Address of the page as readers reach it; notifications link to it.",
            (o, v) => Settings.HttpUrl(v) is { } url ? o with { Notify = o.Notify with { PageUrl = url } } : null),
        new("Report:Period", "off", "off, daily or weekly",
            "Report on a schedule: of yesterday, or on Mondays of the week before (docs/report.md).",
            (o, v) => Settings.OneOf<ReportPeriod>(v) is { } p ? o with { Report = o.Report with { Period = p } } : null),
        new("Report:At", "07:00", "a time of day, for example 07:00",
            "When the report is made, in the zone of this machine.",
            (o, v) => QuietHours.Time(v) is { } at ? o with { Report = o.Report with { At = at } } : null),
        new("Report:To", "", "e-mail addresses, separated by commas",
            "Recipients of the report. Mail:Server and Mail:From must be set.",
            (o, v) => Addresses(v) is { } to ? o with { Report = o.Report with { MailTo = to } } : null),
        new("Report:Folder", "", "a folder",
            "Each report is written to this folder as an HTML file.",
            (o, v) => Settings.FullPath(v) is { } path ? o with { Report = o.Report with { Folder = path } } : null),
        new("Report:Objective", "99", "a percentage from 50 to 99.999",
            "Share of recipients that must be reached.",
            (o, v) => Percentage(v) is { } p ? o with { Report = o.Report with { Objective = p } } : null),
    ];

    /// <summary>Settings that do not fit together.</summary>
    public static IEnumerable<string> Faults(MailflowOptions options)
    {
        var (mail, notify, report) = (options.Mail, options.Notify, options.Report);
        foreach (var (key, target) in (IEnumerable<(string, WebhookTarget?)>)
            [("Webhook", notify.Webhook), ("Teams", notify.Teams), ("Slack", notify.Slack), ("Ntfy", notify.Ntfy)])
            if (target is { Url: null })
                yield return $"Notify:{key}:HeaderFile is set, but Notify:{key}:Url is not. Set it to an http or https URL.";
        if (notify.Ntfy?.Url is { } ntfy && ntfy.AbsolutePath.Trim('/').Length == 0)
            yield return "Notify:Ntfy:Url has no topic: expected a URL such as https://ntfy.example.com/topic.";
        foreach (var (key, to) in (IEnumerable<(string, IReadOnlyList<string>)>)[("Notify:Mail:To", notify.MailTo), ("Report:To", report.MailTo)])
            if (to.Count > 0 && (mail.Server is null || mail.From.Length == 0))
                yield return $"{key} is set, but {(mail.Server is null ? "Mail:Server" : "Mail:From")} is not. Set Mail:Server and Mail:From.";
            else if (to.Count > MostRecipients)
                yield return string.Create(
                    CultureInfo.InvariantCulture, $"{key}: {to.Count} addresses, at most {MostRecipients} are allowed. Use a distribution group.");
        if (mail is { Password: not null, User: null })
            yield return "Mail:Password is set, but Mail:User is not. Set it to the name of the user.";
        if (mail is { User: not null, Security: MailSecurity.Auto or MailSecurity.None })
            yield return "Mail:User is set, and Mail:Security allows no encryption: the password could be read on the way."
                + " Set Mail:Security to starttls or tls.";
        if (notify.HasReceiver && !options.Incidents)
            yield return "Notify has a receiver, but Incidents:Enabled is false: there would be no notification. Set it to true.";
        if (report.Period != ReportPeriod.Off && report is { MailTo.Count: 0, Folder: null })
            yield return "Report:Period is set, but Report:To and Report:Folder are not. Set one of them.";
    }

    /// <summary>Whether the value of a setting is secret: passwords, and URLs that contain a key.</summary>
    public static bool IsSecret(string key) =>
        key.Equals("Mail:Password", StringComparison.OrdinalIgnoreCase)
        || (key.StartsWith("Notify:", StringComparison.OrdinalIgnoreCase) && key.EndsWith(":Url", StringComparison.OrdinalIgnoreCase));

    const int MostRecipients = 50;

    static IEnumerable<Setting> Webhook(
        string key, string why, Func<NotifyOptions, WebhookTarget?> get, Func<NotifyOptions, WebhookTarget, NotifyOptions> set)
    {
        MailflowOptions With(MailflowOptions o, Func<WebhookTarget, WebhookTarget> change) =>
            o with { Notify = set(o.Notify, change(get(o.Notify) ?? new())) };
        yield return new($"{key}:Url", "", Settings.HttpUrlAllowed, $"{why} The URL may contain a key: it is shown nowhere.",
            (o, v) => Settings.HttpUrl(v) is { } url ? With(o, t => t with { Url = url }) : null);
        yield return new($"{key}:UrlFile", "", "a file that holds the URL", "Keeps the URL out of the configuration.",
            (o, v) => Settings.Secret(v) is { } text && Settings.HttpUrl(text) is { } url ? With(o, t => t with { Url = url }) : null);
        yield return new($"{key}:HeaderFile", "", "a file that holds NAME: VALUE",
            "HTTP header that the server requires, for example Authorization: Bearer ...",
            (o, v) => Settings.Header(v) is { } header ? With(o, t => t with { Header = header }) : null);
    }

    static List<string>? Addresses(string text) => Settings.Each(text, Address);

    /// <summary>A plain address, without a name.</summary>
    static string? Address(string text) =>
        MailboxAddress.TryParse(text, out var box) && box.Address == text && text.IndexOf('@', StringComparison.Ordinal) > 0 && !text.EndsWith('@')
            ? text
            : null;

    static double? Percentage(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var n) && n is >= 50 and <= 99.999 ? n / 100 : null;
}
