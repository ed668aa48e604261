using Mailflow.Analysis.Tracing;

namespace Mailflow.Web;

/// <summary>The outcomes of messages in words.</summary>
static class Outcomes
{
    /// <summary>From the worst to the best: the order in which they are shown.</summary>
    public static IReadOnlyList<Fate> All { get; } =
        [Fate.Failed, Fate.Dropped, Fate.Deferred, Fate.Pending, Fate.Sent, Fate.Delivered, Fate.Replaced];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(Name)];

    public static string Name(this Fate fate) => fate.ToString().ToLowerInvariant();

    public static Fate Of(string name) => All.First(f => f.Name() == name);

    /// <summary>After a number: "3 failed".</summary>
    public static string Says(this Fate fate) => fate switch
    {
        Fate.Pending => "on the way",
        Fate.Sent => "sent out",
        Fate.Replaced => "replaced by other addresses",
        _ => fate.Name(),
    };

    /// <summary>The kind of its chip.</summary>
    public static string Chip(this Fate fate) => fate switch
    {
        Fate.Failed => "ours",
        Fate.Dropped or Fate.Deferred or Fate.Pending => "open",
        Fate.Sent or Fate.Delivered => "fine",
        _ => "",
    };

    /// <summary>
    /// The outcome of a message: the worst of its recipients. A replaced address decides only where there is no other. Null where the rows name no
    /// recipient: those about shadow copies do not.
    /// </summary>
    public static Fate? Of(IEnumerable<RecipientFate> recipients)
    {
        var fates = recipients.Select(r => r.Fate).ToHashSet();
        return fates.Count == 0 ? null : All.First(fates.Contains);
    }
}
