using System.Text;
using Mailflow.Analysis.Formats;

namespace Mailflow.Analysis.Tracing;

/// <summary>A part of the time that a message took.</summary>
/// <param name="What">In words, for example <c>waiting in the queue to fabrikam.com</c>.</param>
/// <param name="Server">Where; empty where it is not known.</param>
/// <param name="Share">Of the total, 0 to 1.</param>
public sealed record TimePart(string What, string Server, TimeSpan Time, double Share);

/// <summary>Where the time of the slowest recipient went.</summary>
/// <param name="Total">From the arrival in the organisation to its end; zero where nothing has ended.</param>
/// <param name="Parts">Longest first.</param>
public sealed record TimeSpent(TimeSpan Total, IReadOnlyList<TimePart> Parts)
{
    /// <summary>Shorter parts are noise.</summary>
    static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);

    internal static TimeSpent None { get; } = new(TimeSpan.Zero, []);

    /// <summary>In one sentence; empty where nothing took a second.</summary>
    public string Sentence =>
        Total < TimeSpan.FromSeconds(1) || Parts.Count == 0 ? ""
        : $"Of {Spans.Words(Total)}, {Spans.Words(Parts[0].Time)} were "
            + $"{(Parts[0].What.StartsWith("waiting", StringComparison.Ordinal) ? "" : "spent on ")}{Parts[0].What}.";

    internal static TimeSpent Of(Journey journey, IReadOnlyList<RoledRow> rows, IReadOnlyList<JourneyStep> steps)
    {
        var took = journey.Recipients.Where(r => r.Fate is Fate.Delivered or Fate.Sent or Fate.Failed).Max(r => r.Took) ?? TimeSpan.Zero;
        var tracked = Tracked(rows);
        // The tracker does not know the time before the message came to this organisation, nor the time that a moderator took.
        return tracked is not null && tracked.Total >= took / 2 ? tracked : took > TimeSpan.Zero ? Between(steps, took) : None;
    }

    /// <summary>Exchange's own latency tracker, in message-info of the rows that end a journey.</summary>
    static TimeSpent? Tracked(IReadOnlyList<RoledRow> rows)
    {
        // All copies came at one time, so the last one that ended was the slowest.
        var of = rows.Where(r => r.Role is { Place: Place.Ends, End: not Fate.Dropped } && r.Row.Info.Contains("SRV=", StringComparison.Ordinal))
            .OrderByDescending(r => r.Time).Select(r => r.Row).FirstOrDefault();
        if (of is null || MessageInfo.Parts(Encoding.UTF8.GetBytes(of.Info)) is not { Count: > 0 } slowest)
            return null;
        var total = TimeSpan.FromMilliseconds(Sum(slowest));
        return new(
            total,
            [
                .. slowest.Where(p => !p.IsTotal).GroupBy(p => (p.Server, What: LatencyWords.Of(p.Name, of)))
                    .Select(g => Part(g.Key.What, TrackedHop.ShortName(g.Key.Server), TimeSpan.FromMilliseconds(g.Sum(p => p.Milliseconds)), total))
                    .Where(p => p.Time >= Least).OrderByDescending(p => p.Time),
            ]);
    }

    static long Sum(List<LatencyPart> parts) =>
        parts.Exists(p => p.IsTotal) ? parts.Where(p => p.IsTotal).Sum(p => p.Milliseconds) : parts.Sum(p => p.Milliseconds);

    /// <summary>The gaps between the steps, by what was waited for.</summary>
    static TimeSpent Between(IReadOnlyList<JourneyStep> steps, TimeSpan total)
    {
        var parts = new Dictionary<(string What, string Server), TimeSpan>();
        for (var i = 0; i + 1 < steps.Count; i++)
        {
            var (step, gap) = (steps[i], steps[i + 1].After);
            if (gap < Least)
                continue;
            var what = step.Kind switch
            {
                StepKind.Deferred => step.Host.Length > 0 ? $"waiting to try {step.Host} again" : "waiting to try again",
                StepKind.AwaitsApproval => "waiting for a moderator",
                StepKind.HandedOver or StepKind.Submitted when step.Host.Length > 0 => $"the way to {step.Host}",
                _ => "the work and the queues of the server",
            };
            parts[(what, step.Server)] = parts.GetValueOrDefault((what, step.Server)) + gap;
        }

        return new(total, [.. parts.Select(p => Part(p.Key.What, p.Key.Server, p.Value, total)).OrderByDescending(p => p.Time)]);
    }

    static TimePart Part(string what, string server, TimeSpan time, TimeSpan total) =>
        new(what, server, time, total <= TimeSpan.Zero ? 0 : Math.Min(1, time / total));
}
