using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Formats;

/// <summary>The meaning of a tracking event for delivery; events without a row here are only counted.</summary>
readonly record struct EventMeaning(Outcome? Outcome = null, bool IsShadow = false, bool ClientIsWriter = false, bool ServerIsWriter = false);

/// <summary>THE table of tracking events that matter (Exchange documentation, "Event types in the message tracking log").</summary>
static class TrackingEvents
{
    /// <remarks>SENDEXTERNAL is undocumented but written since Exchange 2016. SEND counts as relayed unless the row says otherwise.</remarks>
    static readonly Dictionary<string, EventMeaning> Meanings = new(StringComparer.Ordinal)
    {
        ["DELIVER"] = new(Outcome.Delivered),
        ["SENDEXTERNAL"] = new(Outcome.Sent, ClientIsWriter: true),
        ["SEND"] = new(Outcome.Relayed, ClientIsWriter: true),
        ["FAIL"] = new(Outcome.Failed),
        ["DEFER"] = new(Outcome.Deferred),
        ["DROP"] = new(Outcome.Dropped),
        ["BADMAIL"] = new(Outcome.Dropped),
        ["POISONMESSAGE"] = new(Outcome.Dropped),
        ["EXPAND"] = new(Outcome.Expanded),
        ["RECEIVE"] = new(ServerIsWriter: true),
        ["SUBMIT"] = new(ClientIsWriter: true),
        ["AGENTINFO"] = new(ClientIsWriter: true),
        ["HARECEIVE"] = new(IsShadow: true, ServerIsWriter: true),
        ["HAREDIRECT"] = new(IsShadow: true, ServerIsWriter: true),
        ["HAREDIRECTFAIL"] = new(IsShadow: true),
        ["HADISCARD"] = new(IsShadow: true),
        ["NOTIFYSHADOW"] = new(IsShadow: true),
    };

    public static EventMeaning Of(string eventId) => Meanings.GetValueOrDefault(eventId);
}
