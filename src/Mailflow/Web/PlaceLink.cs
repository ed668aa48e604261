using Mailflow.Privacy;

namespace Mailflow.Web;

/// <summary>Addresses of the pages of one cause, domain, server, connector or sender. A masked name has none.</summary>
static class PlaceLink
{
    public static string Cause(Masked cause) => "/causes/" + Uri.EscapeDataString(cause.ToString());

    public static string? Domain(Masked domain) => Of("/domains/", domain);

    public static string? Server(Masked server) => Of("/servers/", server);

    public static string? Connector(Masked connector) => Of("/connectors/", connector);

    /// <summary>The sender of a stored failure: an address of ours must not be in an address of a page.</summary>
    public static string Sender(long failure) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/senders/{failure}");

    public static string? Message(string id) => id.Length == 0 ? null : SearchUrl.Message(id);

    static string? Of(string prefix, Masked name) =>
        name.IsEmpty || name.ToString().Contains("***", StringComparison.Ordinal) ? null : prefix + Uri.EscapeDataString(name.ToString());
}
