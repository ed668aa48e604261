namespace Mailflow.Analysis.Incidents;

/// <summary>THE table of words for places. <c>{0}</c> is the name.</summary>
/// <param name="Mail">The mail that is concerned, at the start of a sentence.</param>
/// <param name="Way">The same within a sentence.</param>
/// <param name="Silence">That there is no mail.</param>
sealed record PlaceWords(string Mail, string Way, string Silence)
{
    static readonly Dictionary<PlaceKind, PlaceWords> Rows = new()
    {
        [PlaceKind.Domain] = new("Mail to {0}", "to {0}", "No mail goes to {0}"),
        [PlaceKind.NextHop] = new("Mail through {0}", "through {0}", "No mail goes through {0}"),
        [PlaceKind.Connector] = new("Mail over the connector {0}", "over the connector {0}", "No mail goes over the connector {0}"),
        [PlaceKind.Server] = new("Mail on the server {0}", "on the server {0}", "No mail passes the server {0}"),
        [PlaceKind.Egress] = new("Mail from our address {0}", "from our address {0}", "No mail leaves from our address {0}"),
        [PlaceKind.Sender] = new("Mail from {0}", "from {0}", "No mail comes from {0}"),
        [PlaceKind.Database] = new("Mail to the mailbox database {0}", "to the mailbox database {0}", "No mail is delivered to the mailbox database {0}"),
        [PlaceKind.Organization] = new("Mail of the whole organisation", "in the whole organisation", "No mail passes the organisation"),
    };

    static readonly PlaceWords Reports = new("Mail with non-delivery reports", "with non-delivery reports", "No mail with non-delivery reports is sent");

    /// <summary>Whether the sender is a server that reports undeliverable mail.</summary>
    public static bool IsReporter(IncidentPlace place) => place is { Kind: PlaceKind.Sender, Name: "" or "<>" }
        || (place.Kind == PlaceKind.Sender && (place.Name.StartsWith("postmaster@", StringComparison.Ordinal)
            || place.Name.StartsWith("mailer-daemon@", StringComparison.Ordinal) || place.Name.StartsWith("microsoftexchange", StringComparison.Ordinal)));

    /// <summary>The words with the name of the place.</summary>
    public static PlaceWords Of(IncidentPlace place)
    {
        var words = IsReporter(place) ? Reports : Rows[place.Kind];
        return new(Filled(words.Mail), Filled(words.Way), Filled(words.Silence));

        string Filled(string text) => text.Replace("{0}", place.Name, StringComparison.Ordinal);
    }
}
