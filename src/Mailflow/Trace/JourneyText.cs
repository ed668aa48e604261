using System.Globalization;
using Mailflow.Analysis.Tracing;
using Mailflow.Printing;

namespace Mailflow.Trace;

/// <summary>One message for a terminal: the story, the recipients, the timeline, where the time went, and what is not known.</summary>
sealed class JourneyText(Journey journey, TraceMask mask, TextLines lines)
{
    /// <summary>So many recipients have a line each; more are grouped by outcome.</summary>
    const int EachRecipient = 12;

    /// <summary>Addresses that are named in a group.</summary>
    const int NamedInGroup = 5;

    /// <summary>Steps that are drawn at the beginning and at the end; those between are counted.</summary>
    const int FirstSteps = 40;
    const int LastSteps = 20;

    /// <summary>Longer names of servers move the text of their line.</summary>
    const int LongestServer = 16;

    const int BarWidth = 12;

    public void Write()
    {
        lines.Wrap($"Message {Printable.Of(mask.Id(journey.MessageId).ToString())}");
        lines.Add();
        lines.Wrap(Said(address => string.Join(' ', JourneyStory.Of(journey, address))));
        Recipients();
        Timeline();
        TimeSpent();
        if (journey.Unknown.Count > 0)
        {
            Heading("Not known");
            foreach (var says in journey.Unknown)
                lines.Wrap(Said(_ => says), "  ");
        }

        lines.Add();
    }

    public static string Time(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Word(Fate fate) => fate.ToString().ToLowerInvariant();

    void Recipients()
    {
        if (journey.Recipients.Count == 0)
            return;
        Heading("Recipients");
        if (journey.Recipients.Count <= EachRecipient)
        {
            foreach (var fate in journey.Recipients)
            {
                lines.Wrap(Said(address => address(fate.Address) + How(fate, address)), $"  {Word(fate.Fate),-9}  ");
                // The reply without Exchange's envelope, where there is one.
                if ((fate.Diagnosis?.Text ?? fate.Reply) is { Length: > 0 } reply && fate.Fate != Fate.Dropped)
                    lines.Wrap(Printable.Of(mask.Status(reply, fate.Address, journey.Sender).ToString()), "             ");
            }

            return;
        }

        var groups = journey.Recipients.GroupBy(r => (r.Fate, Why: Reason(r)));
        foreach (var group in groups.OrderByDescending(g => g.Key.Fate == Fate.Failed).ThenByDescending(g => g.Count()))
        {
            var more = group.Count() > NamedInGroup ? $" and {TextLines.Number(group.Count() - NamedInGroup)} more" : "";
            lines.Wrap(
                Said(address => $"{TextLines.Number(group.Count())}{(group.Key.Why.Length > 0 ? $", {group.Key.Why}" : "")}: "
                    + string.Join(", ", group.Take(NamedInGroup).Select(r => address(r.Address))) + more),
                $"  {Word(group.Key.Fate),-9}  ");
        }
    }

    static string How(RecipientFate fate, Func<string, string> address)
    {
        var took = fate.Took is { } t && t > TimeSpan.Zero ? $", after {Spans.Words(t)}" : "";
        var at = fate.At is { } time ? $" at {Time(time)}" : "";
        return fate.Fate switch
        {
            Fate.Delivered => $" on {Server(fate)}{at}{took}",
            Fate.Sent => $" to {(fate.NextHop.Length > 0 ? fate.NextHop : "a server outside")} by {Server(fate)}{at}{took}",
            Fate.Failed => $" on {Server(fate)}{at}: {Reason(fate)}",
            Fate.Deferred => $" on {Server(fate)}, last{at}: {Reason(fate)}{(fate.Until is { } until ? $"; next try at {Time(until)}" : "")}",
            Fate.Dropped => $" on {Server(fate)}{at}{(fate.By.Length > 0 ? $" by {fate.By}" : "")}, without a report to the sender",
            Fate.Replaced => Became(fate, address),
            _ => fate.Awaits ? $" waits for a moderator since{at[3..]}"
                : fate.NextHop.Length > 0 ? $" left {Server(fate)} for {fate.NextHop}{at}"
                : $" on {Server(fate)} since{(at.Length > 3 ? at[3..] : " the first row")}",
        };
    }

    static string Reason(RecipientFate fate)
    {
        if (fate.Diagnosis is not { } diagnosis)
            return "";
        var side = StepWords.Side(diagnosis.Fault);
        return StepWords.Cause(diagnosis) + (side.Length > 0 ? $", {side}" : "") + (fate.By.Length > 0 ? $", by {fate.By}" : "");
    }

    static string Became(RecipientFate fate, Func<string, string> address) => fate.Became.Count switch
    {
        // A row that ends the copy of a group says that there were others.
        0 => fate.Reply.Length > 0 ? ": by recipients whose rows are not here" : ": a group without members",
        <= NamedInGroup => $": became {string.Join(", ", fate.Became.Select(address))}",
        _ => $": became {TextLines.Number(fate.Became.Count)} addresses",
    };

    void Timeline()
    {
        var steps = journey.Steps;
        if (steps.Count == 0)
            return;
        Heading("Timeline (UTC)");
        var server = Math.Min(LongestServer, steps.Max(s => s.Server.Length));
        var hidden = steps.Count > FirstSteps + LastSteps ? steps.Count - FirstSteps - LastSteps : 0;
        var day = DateTime.MinValue;
        for (var i = 0; i < steps.Count; i++)
        {
            if (hidden > 0 && i == FirstSteps)
            {
                lines.Add($"{"",26}{lines.Rail}  {TextLines.Number(hidden)} steps are left out (--format json has all rows)");
                i += hidden;
            }

            var step = steps[i];
            if (step.Time.Date != day)
                lines.Add($"  {(day = step.Time.Date).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}");
            var after = i > 0 && step.After >= TimeSpan.FromMilliseconds(1) ? "+" + Spans.Words(step.After) : "";
            lines.Wrap(
                Said(address => StepWords.Of(step, address)) + Whom(step),
                $"  {step.Time.ToString("HH:mm:ss.f", CultureInfo.InvariantCulture)}{after,13} {lines.Knot} {Printable.Of(step.Server).PadRight(server)}  ",
                $"{"",26}{lines.Rail} {new string(' ', server)}  ");
        }
    }

    static string Whom(JourneyStep step)
    {
        var rows = step.Rows > 1 && step.Kind is not (StepKind.Deferred or StepKind.Agents) ? $" ({TextLines.Number(step.Rows)} rows)" : "";
        return step.Recipients > 1 && step.Kind is not (StepKind.Expanded or StepKind.Resolved or StepKind.Redirected or StepKind.Delivered)
            ? $"; {TextLines.Number(step.Recipients)} recipients{rows}"
            : rows;
    }

    void TimeSpent()
    {
        var spent = journey.TimeSpent;
        if (spent.Total < TimeSpan.FromMilliseconds(100) || spent.Parts.Count == 0)
            return;
        Heading($"Where the time went ({Spans.Words(spent.Total)})");
        const int Most = 6;
        var severalServers = spent.Parts.Select(p => p.Server).Distinct(StringComparer.OrdinalIgnoreCase).Skip(1).Any();
        foreach (var part in spent.Parts.Take(Most))
            lines.Wrap(
                Said(_ => part.What) + (severalServers && part.Server.Length > 0 ? $" ({Printable.Of(part.Server)})" : ""),
                string.Create(CultureInfo.InvariantCulture, $"  {Spans.Words(part.Time),11} {part.Share,4:0%} {lines.Bar(part.Share, BarWidth)} "));
    }

    void Heading(string text)
    {
        lines.Add();
        lines.Add(text);
    }

    string Said(Func<Func<string, string>, string> says) => Printable.Of(mask.Said(says).ToString());

    static string Server(RecipientFate fate) => fate.Server.Length == 0 ? "a server that the rows do not name" : fate.Server;
}
