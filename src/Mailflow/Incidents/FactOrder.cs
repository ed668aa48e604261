using Mailflow.Analysis.Incidents;

namespace Mailflow.Incidents;

/// <summary>An order of facts by time and then by all else: equal logs give equal lists, whichever worker read them first.</summary>
static class FactOrder
{
    public static int Compare(Sighting a, Sighting b)
    {
        var order = a.Second.CompareTo(b.Second);
        if (order == 0)
            order = a.Message.CompareTo(b.Message);
        if (order == 0)
            order = a.Recipient.CompareTo(b.Recipient);
        if (order == 0)
            order = (a.Kind, a.Server, a.Words, a.Seconds).CompareTo((b.Kind, b.Server, b.Words, b.Seconds));
        return order != 0 ? order : (a.Hop, a.Connector, a.Domain, a.Sender).CompareTo((b.Hop, b.Connector, b.Domain, b.Sender));
    }

    public static int Compare(Passage a, Passage b)
    {
        var order = a.Minute.CompareTo(b.Minute);
        return order != 0
            ? order
            : (a.Kind, a.Server, a.Connector, a.Hop, a.Domain, a.Sender, a.Database)
                .CompareTo((b.Kind, b.Server, b.Connector, b.Hop, b.Domain, b.Sender, b.Database));
    }
}
