using System.Globalization;
using Mailflow.Analysis.Tracing;

namespace Mailflow.Analysis.Tests.Tracing;

/// <summary>Rows of tracking logs for tests, in short form.</summary>
static class Rows
{
    public static readonly DateTime Noon = new(2026, 11, 20, 12, 0, 0, DateTimeKind.Utc);

    static int _offset;

    /// <param name="second">After noon.</param>
    /// <param name="what">Source and event: <c>SMTP RECEIVE</c>.</param>
    /// <param name="recipients">Separated by spaces; <c>ann</c> is <c>ann@contoso.com</c>.</param>
    /// <param name="status">Of each recipient.</param>
    /// <param name="host">The other server: the one that sent for RECEIVE, the one that receives for others.</param>
    public static TraceRow Row(
        double second, string server, string what, string recipients, string status = "", string related = "", string host = "", string context = "",
        string connector = "Intra-Organization SMTP Send Connector", string custom = "", string info = "", string reference = "") =>
        new(
            Noon.AddSeconds(second), server, what.Split(' ')[0], what.Split(' ')[1], "<1@contoso.com>", "3f0c8b1e-5d2a-4b7f-9a10-08dd31a0b001", 1,
            "sender@contoso.com", "sender@contoso.com",
            [.. recipients.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(r => new TraceRecipient(Address(r), status))],
            related.Length > 0 ? Address(related) : "", reference, "Hello", 12_000, $@"{server}\MSGTRK.LOG", Interlocked.Increment(ref _offset))
        {
            Client = new(what == "SMTP RECEIVE" ? host : "", ""),
            Remote = new(what == "SMTP RECEIVE" ? server : host, ""),
            Connector = connector,
            Context = context,
            Custom = custom,
            Info = info,
        };

    public static string Address(string name) => name.Contains('@', StringComparison.Ordinal) ? name : name + "@contoso.com";

    /// <summary>Each recipient's fate: <c>ann delivered, bob@fabrikam.com sent</c>.</summary>
    public static string Fates(Journey journey) => string.Join(
        ", ",
        from r in journey.Recipients
        select r.Address.Replace("@contoso.com", "", StringComparison.Ordinal) + " " + r.Fate.ToString().ToLower(CultureInfo.InvariantCulture));
}
