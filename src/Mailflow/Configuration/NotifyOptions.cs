using Mailflow.Analysis.Incidents;

namespace Mailflow.Configuration;

/// <summary>A web server that receives notifications. Its URL often contains a key, so only the host is shown.</summary>
/// <param name="Header">Sent with each request; its value is secret.</param>
sealed record WebhookTarget(Uri? Url = null, (string Name, string Value)? Header = null)
{
    public override string ToString() => Url?.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped) ?? "no URL";
}

/// <summary>The receivers of notifications about incidents, and when they are notified.</summary>
sealed record NotifyOptions
{
    /// <summary>Receives JSON.</summary>
    public WebhookTarget? Webhook { get; init; }

    public WebhookTarget? Teams { get; init; }

    public WebhookTarget? Slack { get; init; }

    public WebhookTarget? Ntfy { get; init; }

    /// <summary>The recipients of e-mails.</summary>
    public IReadOnlyList<string> MailTo { get; init; } = [];

    /// <summary>A program that is started for each notification; null: none.</summary>
    public string? Command { get; init; }

    /// <summary>No notification is sent for incidents that are less severe.</summary>
    public IncidentSeverity Severity { get; init; } = IncidentSeverity.Minor;

    /// <summary>How long news is collected before it is sent.</summary>
    public TimeSpan GroupFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The shortest time between two notifications to a receiver.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The time of day when nothing is sent; null: none.</summary>
    public QuietHours? Quiet { get; init; }

    /// <summary>Whether notifications of critical incidents are sent in quiet hours.</summary>
    public bool QuietLetsCriticalPass { get; init; } = true;

    /// <summary>The address of the page, as the readers of notifications reach it.</summary>
    public Uri? PageUrl { get; init; }

    /// <summary>Whether there is a receiver.</summary>
    public bool HasReceiver => Webhook is not null || Teams is not null || Slack is not null || Ntfy is not null || MailTo.Count > 0 || Command is not null;
}
