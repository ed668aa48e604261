using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Tracing;
using Mailflow.Printing;
using Mailflow.Privacy;
using Mailflow.Trace;

namespace Mailflow.Web;

/// <summary>Renders the page of one message: its outcome in a sentence, the recipients, the timeline, and the rows.</summary>
/// <param name="asked">The address that was searched for: it is shown as it is, and first.</param>
/// <param name="only">Only recipients of this outcome.</param>
/// <param name="skip">Recipients that earlier pages show.</param>
sealed class MessagePage(
    Journey journey, TraceResult result, string id, string? asked, Fate? only, int skip, Masking masking, View view)
{
    public const int MostRecipients = 100;

    const int MostRows = 200;
    const int MostSteps = 200;
    const int MostParts = 12;

    readonly TraceMask _mask = new(masking, asked is null ? [] : [asked]);

    public string Render()
    {
        var html = Frame.Begin("Message", asked ?? "", view);
        Head(html);
        Recipients(html);
        Timeline(html);
        TimeSpent(html);
        Rows(html);
        return Frame.End(html);
    }

    /// <summary>The page where two messages have the same Message-ID.</summary>
    public static string Choice(IReadOnlyList<Journey> journeys, string? asked, Masking masking, View view)
    {
        var html = Frame.Begin("Messages with the same id", asked ?? "", view);
        html.Add($"<section class=card>\n<h1>{journeys.Count} messages have this Message-ID.</h1>\n<p>A client or an application gave the same id to ");
        html.Add($"different messages, or a message was split on its way. Exchange's own ids differ:</p>\n<ul class=says>\n");
        foreach (var journey in journeys)
        {
            html.Add($"<li>");
            var network = journey.NetworkMessageId;
            MessageLink.Add(html, network, masking.Text(network.Length > 0 ? network : "no network id"), asked);
            html.Add($", first seen {Say.At(new(journey.First), view.Now, view.Zone)}, {journey.Recipients.Count} recipients: ");
            html.Add($"{Sentence(journey.Recipients)}\n");
        }

        html.Add($"</ul>\n</section>\n");
        return Frame.End(html);
    }

    void Head(Html html)
    {
        var ended = Outcomes.Of(journey.Recipients);
        html.Add($"<section class=\"verdict {(ended is { } known ? Level(known) : "stale")}\" role=status>\n<div><h1>");
        var number = journey.Recipients.Count == 1 ? "1 recipient" : $"{Say.Number(journey.Recipients.Count)} recipients";
        html.Add($"{number}: {Sentence(journey.Recipients)}.</h1>\n");
        foreach (var sentence in JourneyStory.Of(journey, Address))
        {
            html.Add($"<p>");
            Text(html, sentence);
            html.Add($"</p>\n");
        }

        html.Add($"</div></section>\n<p class=note>Message-ID <code>{Masked.MessageId(masking, journey.MessageId)}</code>");
        if (journey.NetworkMessageId.Length > 0)
            html.Add($" · network message id <code>{masking.Text(journey.NetworkMessageId)}</code>");
        html.Add($" · times are {view.Offset}</p>\n");
        Unknown(html);
    }

    /// <summary>What the page does not know.</summary>
    void Unknown(Html html)
    {
        foreach (var says in journey.Unknown)
        {
            html.Add($"<p class=missing>Not known: ");
            Text(html, says);
            html.Add($"</p>\n");
        }

        foreach (var says in result.Incomplete.Take(5))
            html.Add($"<p class=missing>Not complete: {masking.Path(says)}</p>\n");
        foreach (var says in result.Remarks)
            html.Add($"<p class=hint>{masking.Path(says)}</p>\n");
    }

    void Recipients(Html html)
    {
        html.Add($"<section class=card aria-labelledby=recipients>\n<h2 id=recipients>Recipients</h2>\n");
        var groups = journey.Recipients.GroupBy(r => r.Fate).ToDictionary(g => g.Key, g => g.ToList());
        if (groups.Count > 1 || only is not null)
        {
            html.Add($"<p class=facet><b>Outcome:</b> <a href={Link(null, 0)}{Raw.Current(only is null)}>all&nbsp;({journey.Recipients.Count})</a>");
            foreach (var fate in Outcomes.All.Where(groups.ContainsKey))
                html.Add($" <a href={Link(fate, 0)}{Raw.Current(only == fate)}>{fate.Says()}&nbsp;({groups[fate].Count})</a>");
            html.Add($"</p>\n");
        }

        var query = new TraceQuery { Recipient = asked };
        List<RecipientFate> shown =
        [
            .. Outcomes.All.Where(f => groups.ContainsKey(f) && (only is null || only == f)).SelectMany(f => groups[f])
                .OrderByDescending(r => asked is not null && query.AsksFor(r.Address)),
        ];
        html.Add($"<div class=scroll><table class=stack>\n<thead><tr><th scope=col>Recipient<th scope=col>Outcome<th scope=col>At<th scope=col>Server");
        html.Add($"<th scope=col>Next hop<th scope=col>Reply and what to do</thead>\n<tbody>\n");
        foreach (var recipient in shown.Skip(skip).Take(MostRecipients))
            Recipient(html, recipient);
        html.Add($"</tbody></table></div>\n");
        if (shown.Count > MostRecipients)
        {
            html.Add($"<nav class=pager aria-label=\"Pages of recipients\">");
            html.Add($"<span>{skip + 1} to {Math.Min(skip + MostRecipients, shown.Count)} of {shown.Count}</span>");
            if (skip > 0)
                html.Add($"<a href={Link(only, Math.Max(0, skip - MostRecipients))}>Previous</a>");
            if (skip + MostRecipients < shown.Count)
                html.Add($"<a rel=next href={Link(only, skip + MostRecipients)}>Next</a>");
            html.Add($"</nav>\n");
        }

        html.Add($"</section>\n");
    }

    void Recipient(Html html, RecipientFate recipient)
    {
        html.Add($"<tr class=hit><th scope=row data-label=Recipient><bdi>{_mask.Address(recipient.Address)}</bdi>");
        html.Add($"<td data-label=Outcome>{Raw.Outcome(recipient.Fate, recipient.Fate.Says())}<td class=time data-label=At>");
        if (recipient.At is { } at)
            html.Add($"{Raw.Time(new(at), Clock(at))}");
        html.Add($"<td data-label=Server>{masking.Text(recipient.Server)}<td data-label=\"Next hop\">{masking.Text(recipient.NextHop)}");
        html.Add($"<td class=status data-label=Reply>");
        if (recipient.Reply.Length > 0)
            html.Add($"<code>{_mask.Status(KeptText.Start(recipient.Reply, 400), recipient.Address, journey.Sender)}</code> ");
        if (recipient.Diagnosis is { } diagnosis)
            html.Add($"<a class=doc href=\"/{CauseTable.Of(diagnosis.Cause).Page}\">{CauseWords.Title(diagnosis.Cause)}: what to do</a>");
        foreach (var (i, address) in recipient.Became.Take(20).Index())
            html.Add($"{(i == 0 ? "became " : ", ")}<bdi>{_mask.Address(address)}</bdi>");
        if (recipient.Became.Count > 20)
            html.Add($" and {recipient.Became.Count - 20} more");
        html.Add($"</td>\n");
    }

    void Timeline(Html html)
    {
        var steps = journey.Steps;
        html.Add($"<section class=card aria-labelledby=timeline>\n<h2 id=timeline>Timeline</h2>\n");
        if (journey.Clocks.Count > 0)
            html.Add($"<p class=hint>Clocks of the servers differ. The times here are corrected, those of the rows are not.</p>\n");
        var (first, last) = steps.Count == 0 ? (journey.First, journey.Last) : (steps[0].Time, steps.Max(s => s.Until));
        var total = Math.Max(0.001, (last - first).TotalSeconds);
        html.Add($"<ol class=line>\n");
        foreach (var (i, step) in steps.Take(MostSteps).Index())
        {
            var (from, end) = ((step.Time - first).TotalSeconds, ((i + 1 < steps.Count ? steps[i + 1].Time : step.Until) - first).TotalSeconds);
            html.Add($"<li class={KindOf(step.Kind)}><span class=when>{Raw.Time(new(step.Time), Clock(step.Time))}");
            html.Add($"</span>\n<div><b>{masking.Text(step.Server)}</b> ");
            Text(html, StepWords.Of(step, Address));
            if (step.Rows > 1)
                html.Add($" <span class=soft>{Say.Number(step.Rows)} rows</span>");
            html.Add($"<svg class=gantt viewBox=\"0 0 100 4\" preserveAspectRatio=none aria-hidden=true><rect class=track width=100 height=4 />");
            html.Add($"<rect class=c0 x=\"{Math.Clamp(from * 100 / total, 0, 99)}\" width=\"{Math.Max(1, (end - from) * 100 / total)}\" height=4 /></svg>");
            if (end - from >= 1)
                html.Add($"<span class=wait>{Spans.Words(TimeSpan.FromSeconds(end - from))}{(i + 1 < steps.Count ? " until the next step" : "")}</span>");
            html.Add($"</div>\n");
        }

        html.Add($"</ol>\n");
        if (steps.Count > MostSteps)
            html.Add($"<p class=hint>{steps.Count - MostSteps} more steps are not shown; the JSON of this message has all rows.</p>\n");
        html.Add($"</section>\n");
    }

    void TimeSpent(Html html)
    {
        var spent = journey.TimeSpent;
        if (spent.Parts.Count == 0)
            return;
        html.Add($"<section class=card aria-labelledby=spent>\n<h2 id=spent>Where the time went</h2>\n<p class=hint>Of the slowest recipient: ");
        html.Add($"{Spans.Words(spent.Total)} from the arrival to the end.</p>\n<table class=\"plain spent\">\n<thead class=unseen><tr><th scope=col>Part");
        html.Add($"<th scope=col>Server<th scope=col>Time<th scope=col>Share</thead>\n<tbody>\n");
        foreach (var part in spent.Parts.Take(MostParts))
        {
            html.Add($"<tr><th scope=row>{masking.Text(part.What)}<td>{masking.Text(part.Server)}<td class=n>{Spans.Words(part.Time)}");
            html.Add($"<td><svg class=gantt viewBox=\"0 0 100 4\" preserveAspectRatio=none role=img aria-label=\"{(long)Math.Round(part.Share * 100)} %\">");
            html.Add($"<rect class=track width=100 height=4 /><rect class=c0 width=\"{Math.Max(0.5, part.Share * 100)}\" height=4 /></svg>\n");
        }

        html.Add($"</tbody></table>\n</section>\n");
    }

    void Rows(Html html)
    {
        html.Add($"<section class=card>\n<details id=d-rows>");
        html.Add($"<summary>{(journey.Rows.Count == 1 ? "1 row" : $"{Say.Number(journey.Rows.Count)} rows")} of the tracking logs");
        html.Add($"</summary>\n<div class=scroll><table class=stack>\n<thead><tr><th scope=col>Time (UTC)<th scope=col>Server<th scope=col>Source");
        html.Add($"<th scope=col>Event<th scope=col>File<th scope=col class=n>At byte</thead>\n<tbody>\n");
        foreach (var row in journey.Rows.Take(MostRows))
        {
            html.Add($"<tr><td class=time data-label=Time>{row.Time.ToString("yyyy-MM-dd HH:mm:ss.fff", System.Globalization.CultureInfo.InvariantCulture)}");
            html.Add($"<td data-label=Server>{masking.Text(row.Server)}");
            html.Add($"<td data-label=Source>{masking.Text(row.Source)}<td data-label=Event>{masking.Text(row.Event)}");
            html.Add($"<td class=status data-label=File><code>{masking.Path(row.File)}</code><td class=n data-label=\"At byte\">{row.Offset}\n");
        }

        html.Add($"</tbody></table></div>\n");
        if (journey.Rows.Count > MostRows)
            html.Add($"<p class=hint>The first {MostRows} are shown; the JSON of this message has all.</p>\n");
        html.Add($"</details>\n<p class=hint><a href={Raw.Link("/api/v1" + SearchUrl.Message(id))}>This message as JSON</a>. Searched: ");
        html.Add($"{Say.Bytes(result.Searched.Bytes)} in {TextLines.Count(result.Searched.Files, "file")} in {Say.Seconds(result.Searched.Took)} s.");
        html.Add($"</p>\n</section>\n");
    }

    Raw Link(Fate? fate, int from)
    {
        var url = new SearchUrl(
        [
            .. asked is { } address ? [("q", address)] : Array.Empty<(string, string)>(),
            .. fate is { } one ? [("outcome", one.Name())] : Array.Empty<(string, string)>(),
            .. from > 0 ? [("skip", from.ToString(System.Globalization.CultureInfo.InvariantCulture))] : Array.Empty<(string, string)>(),
        ]);
        return Raw.Link(SearchUrl.Message(id) + url.ToString()["/messages".Length..]);
    }

    static string Sentence(IReadOnlyList<RecipientFate> recipients)
    {
        var counts = recipients.CountBy(r => r.Fate).ToDictionary();
        return counts.Count == 0 ? "the rows name none"
            : counts.Count == 1 && recipients.Count == 1 ? counts.Keys.First().Says()
            : string.Join(", ", Outcomes.All.Where(counts.ContainsKey).Select(o => $"{Say.Number(counts[o])} {o.Says()}"));
    }

    static string Level(Fate fate) => fate switch
    {
        Fate.Failed => "fix",
        Fate.Dropped or Fate.Deferred or Fate.Pending => "look",
        _ => "good",
    };

    /// <summary>The class of a step.</summary>
    static string KindOf(StepKind kind) => kind switch
    {
        StepKind.Failed => "bad",
        StepKind.Deferred or StepKind.Dropped or StepKind.AwaitsApproval or StepKind.Resubmitted => "warn",
        StepKind.Delivered or StepKind.Sent => "end",
        _ => "step",
    };

    /// <summary>An address in a text that is masked afterwards; a text without `@` would not be found there.</summary>
    string Address(string address) => address.Contains('@', StringComparison.Ordinal) ? address : _mask.Address(address).ToString();

    /// <summary>A sentence: addresses in it are masked, but not the one that was searched for.</summary>
    void Text(Html html, string text)
    {
        for (var from = 0; ;)
        {
            var at = asked is null ? -1 : text.IndexOf(asked, from, StringComparison.OrdinalIgnoreCase);
            // The address must not be the end of another one.
            var isWhole = at >= 0 && (at == 0 || text[at - 1] is ' ' or '(');
            html.Add($"{masking.Text(at < 0 ? text[from..] : isWhole ? text[from..at] : text[from..(at + asked!.Length)])}");
            if (at < 0)
                return;
            if (isWhole)
                html.Add($"{Masking.Plain.Text(text.Substring(at, asked!.Length))}");
            from = at + asked!.Length;
        }
    }

    string Clock(DateTime time)
    {
        var there = TimeZoneInfo.ConvertTime(new DateTimeOffset(time), view.Zone);
        var format = there.Date == TimeZoneInfo.ConvertTime(view.Now, view.Zone).Date ? "HH:mm:ss.fff" : "yyyy-MM-dd HH:mm:ss.fff";
        return there.ToString(format, System.Globalization.CultureInfo.InvariantCulture);
    }
}
