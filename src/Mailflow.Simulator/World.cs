using System.Text;

namespace Mailflow.Simulator;

/// <summary>The words for addresses, subjects and agents.</summary>
static class World
{
    public static readonly byte[][] FirstNames = Words(
        "aiko alan amelie anders andrea ben carla carlos chen clara daniel david elena emma eva felix finn grace hanna ivan jan jose julia karin "
        + "lars laura leo linh lucas maria marta max mia nadia nils noah olga omar paul priya rosa sara sofia tom vera yusuf zoe");

    // The apostrophes test the quoting in lists.
    public static readonly byte[][] LastNames = Words(
        "andersson bauer becker brown costa d'angelo dubois fernandez fischer garcia haas hansen huber ito jensen kaya keller khan kim koch kowalski "
        + "larsen lee lindberg martin meyer moreau murphy nakamura novak o'brien patel petrov richter rossi santos schmidt singh smith suzuki "
        + "tanaka taylor vogel wagner weber williams wolf yilmaz zhang zimmermann");

    public static readonly byte[][] SharedNames = Words(
        "accounts billing bookings contact hr info invoices jobs news no-reply office orders press sales support");

    public static readonly byte[][] Groups = Words(
        "all-staff board dl-it-operations finance-team marketing production-line-2 sales-emea service-desk works-council");

    public static readonly byte[][] Agents =
        Words("CatContentConversion MalwareAgent TransportRuleAgent RedirectionAgent SpamFilterAgent JournalAgent AdaptiveProtectionAgent");

    static readonly string[] KnownDomains =
    [
        "northwind.example", "fabrikam.example", "adventure-works.example", "tailspintoys.example", "wingtiptoys.example", "litware.example",
        "proseware.example", "mail.lucerne-publishing.example", "graphicdesign.test", "xn--mller-kva.example", "partner.test", "woodgrove-bank.example",
    ];

    /// <summary>
    /// The domains of the demo. With our own servers and databases, there are fewer than the destinations for which Mailflow has labels.
    /// </summary>
    public static IReadOnlyList<string> DemoDomainNames() => [.. DomainNames().Take(45)];

    /// <summary>Unregistered domains: misspellings of known ones.</summary>
    public static readonly string[] MistypedDomains =
        ["northwnid.example", "fabrikan.example", "adventure-work.example", "taispintoys.example", "litwear.example"];

    public static IReadOnlyList<string> DomainNames()
    {
        var colours = "amber azure black blue bronze copper crimson golden green grey indigo ivory red silver violet white".Split(' ');
        var things = "anchor bridge castle dental energy foods garden harbour insurance logistics machines oak press river school travel water yards".Split(
            ' ');
        return [.. KnownDomains, .. things.SelectMany(thing => colours, (thing, colour) => $"{colour}{thing}.{(thing.Length % 3 == 0 ? "test" : "example")}")];
    }

    /// <summary>As Exchange writes them: CR and LF in a subject are replaced by the two characters \r and \n. A # is replaced by a number.</summary>
    public static readonly byte[][] Subjects =
    [
        .. new[]
        {
            "Invoice #", "Re: Invoice #", "Your order #, shipped today", "Offer, \"final\" version\\r\\nRe: offer #",
            "Minutes of the meeting, week #", "AW: Angebot Nr. #, Rückfrage", "Réunion d'équipe reportée au # mars",
            "Fwd: FW: \"urgent\" ticket #", "Weekly report #", "[JIRA] (OPS-#) Disk almost full",
            "請求書 # のご送付", "Re: 会議の議事録（第#回）", "Счёт № # на оплату", "Re: Договор поставки, приложение #", "Τιμολόγιο #, Ιανουάριος",
            "🎉 You have # new followers 🚀",
            "[Undisclosed]", "[Undisclosed]", "Out of office: back on the #th", "Lunch?", "Password expires in # days", "Backup job # finished with warnings",
            "Accepted: Sprint review #", "Purchase order PO-#; please confirm", "Kündigung zum #. Quartal", "contract_v#.docx",
            "It's time to renew, \"#\" days left",
            "Zoom-Einladung: Projekt #\\nMontag 10 Uhr", "Ваш заказ №# собран 📦", "Re: Re: Re: budget 2026, line #",
            "Newsletter #: what's new", "مرحبا بكم #", "",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    static byte[][] Words(string list) => [.. list.Split(' ').Select(Encoding.UTF8.GetBytes)];
}
