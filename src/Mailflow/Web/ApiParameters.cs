using Mailflow.Trace;

namespace Mailflow.Web;

/// <summary>A parameter of the API, for its document.</summary>
/// <param name="Allowed">The only values; null: any text.</param>
/// <param name="Most">For a number, the largest; null: it is no number.</param>
sealed record ApiParameter(string Name, string Says, IReadOnlyList<string>? Allowed = null, int? Most = null);

/// <summary>THE table of the parameters of /api/v1/messages: the options of <c>mailflow trace</c>.</summary>
static class ApiParameters
{
    public static IReadOnlyList<ApiParameter> List { get; } =
    [
        new("message_id", "The Message-ID header, with or without angle brackets."),
        new("network_message_id", "Exchange's id of the message."),
        new("address", "Sender, return path or recipient: an address in any role; @contoso.com: any address of the domain."),
        new("sender", "Sender or return path: ann@contoso.com, or @contoso.com for the whole domain."),
        new("recipient", "A recipient, also one that was replaced: bob@fabrikam.com, or @fabrikam.com."),
        new("domain", "A domain of the sender or of a recipient."),
        new("server", "The server that wrote the rows; with outcome=pending or deferred alone, where the message is."),
        new("since", $"Not earlier than: {TraceTime.Allowed}."),
        new("until", $"Earlier than: {TraceTime.Allowed}."),
        new("outcome", "Messages with a recipient of this outcome.", Outcomes.Names),
        new("event", "A row with this event: RECEIVE, SEND, DELIVER, FAIL, ..."),
        new("ip", "An address of a client or server."),
        new("subject", "A part of the subject, where the log has subjects."),
        new("limit", "The most messages, the newest; 100 if it is left out.", Most: 1000),
        new("cursor", "The place of a page: the value in the Link header of the page before."),
        new("rows", "Whether each message has its rows. A single message always has them.", ["true", "false"]),
    ];
}
