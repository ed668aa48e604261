using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Tracing;
using Mailflow.Ledger;
using Mailflow.Printing;
using Mailflow.Privacy;
using Mailflow.Trace;

namespace Mailflow.Web;

/// <summary>Renders a list of messages or failures: the result in a sentence, filters, the table, and what was searched.</summary>
sealed class ResultsPage(SearchInput input, Masking masking, View view)
{
    public const int PageSize = 50;

    const int ShownRecipients = 2;

    /// <summary>The page without a search.</summary>
    public static string Empty(View view)
    {
        var html = Frame.Begin("Find messages", "", view);
        html.Add($"<section class=card>\n<h1>Find messages</h1>\n");
        Frame.Help(html);
        html.Add($"<p>Or look at: <a href=\"/messages?outcome=failed\">all stored failures</a>, ");
        html.Add($"<a href=\"/messages?outcome=deferred&amp;since=1d\">deferred messages of the last day</a>, ");
        html.Add($"<a href=\"/messages?outcome=pending&amp;since=1d\">messages of the last day without an end</a>.</p>\n</section>\n");
        return Frame.End(html);
    }

    /// <summary>The failures of the store.</summary>
    /// <param name="took">How long the search took.</param>
    public string Of(FoundFailures found, TimeSpan took)
    {
        var html = Frame.Begin("Failures", input.Text, view);
        var more = found.BackTo is null ? "" : "at least ";
        var number = found.Count == 0 ? "No failures" : $"{more}{Say.Number(found.Count)} {(found.Count == 1 ? "failure" : "failures")}";
        Begin(html, $"{number}{About()}{During()}");
        if (found.BackTo is { } backTo)
            Note(
                html,
                $"The search was ended after {Say.Span(MessageFinder.Deadline)}: failures before {At(backTo)} were not read. Narrow it, for example by time.");
        if (input.Outcome is { } outcome && outcome != Fate.Failed)
            Note(html, "Words of a diagnosis are searched in failures only: the filter by outcome is not used.");
        html.Add($"<p class=hint>Searched: {Say.Number(found.Looked)} stored failures in {Say.Seconds(took)} s. Times are {view.Offset}.</p>\n");
        Filters(html, isOfFailures: true);
        Facet(html, "By cause", found.Causes.Select(c => (CauseWords.Title(c.Cause), "cause", c.Cause.Name(), c.Count)));
        Facet(html, "By server", found.Servers.Select(s => (s.Name, "server", s.Name, s.Count)));
        Facet(html, "By recipient domain", found.Domains.Select(d => (d.Name, "domain", d.Name, d.Count)));
        html.Add($"</section>\n");
        if (found.Rows.Count > 0)
        {
            Table(html, found);
            PlacePage.List([], masking).Links(html, view.Here);
        }

        Pager(html, found.Next is { } next ? SearchInput.Cursor(next) : null, input.After is not null);
        return Frame.End(html);
    }

    /// <summary>Messages of the tracking logs.</summary>
    /// <param name="journeys">Those that match, newest first.</param>
    public string Of(IReadOnlyList<Journey> journeys, TraceResult result)
    {
        // Shadow copies are half of the rows of servers with shadow redundancy. Their messages have a line of their own where they were delivered.
        var all = journeys.Count;
        if (input.Reading is not (TextReading.MessageId or TextReading.NetworkMessageId))
            journeys = [.. journeys.Where(j => !j.IsShadowOnly)];
        var html = Frame.Begin("Messages", input.Text, view);
        var outcomes = journeys.Select(j => Outcomes.Of(Concerned(j))).OfType<Fate>().CountBy(o => o).ToDictionary();
        var parts = Outcomes.All.Where(outcomes.ContainsKey).Select(o => $"{Say.Number(outcomes[o])} {o.Says()}").ToList();
        if (journeys.Count - outcomes.Values.Sum() is > 0 and var others)
            parts.Add($"{Say.Number(others)} without a recipient in the rows");
        var listed = string.Join(", ", parts);
        var which = input.Older is not null ? "" : result.More ? "The newest " : "";
        var number = $"{which}{Say.Number(journeys.Count)} {(input.Older is null ? "" : "older ")}{(journeys.Count == 1 ? "message" : "messages")}";
        Begin(html, journeys.Count == 0 ? $"No messages{About()}{During()}" : $"{number}{About()}{During()}{(listed.Length > 0 ? ": " : "")}{listed}");
        if (result.More)
            Note(html, $"There are older messages: {SearchInput.MostMessages} are found at once, the others follow by the link Older.");
        if (all > journeys.Count)
        {
            html.Add($"<p class=hint>{Say.Number(all - journeys.Count)} more {(all - journeys.Count == 1 ? "has" : "have")} only rows of shadow copies");
            html.Add($" (HARECEIVE, HADISCARD) and are not listed. A search by id shows them.</p>\n");
        }

        foreach (var says in result.Incomplete.Take(5))
            html.Add($"<p class=missing>Not complete: {masking.Path(says)}</p>\n");
        if (result.Incomplete.Count > 5)
            Note(html, $"{result.Incomplete.Count - 5} more parts were not searched.");
        foreach (var says in result.Remarks)
            html.Add($"<p class=hint>{masking.Path(says)}</p>\n");
        html.Add($"<p class=hint>Searched: {Say.Bytes(result.Searched.Bytes)} of tracking logs in {TextLines.Count(result.Searched.Files, "file")}");
        html.Add($" in {Say.Seconds(result.Searched.Took)} s. Times are {view.Offset}.</p>\n");
        Filters(html, isOfFailures: false);
        html.Add($"</section>\n");
        if (journeys.Count > input.Skip)
        {
            Table(html, journeys.Skip(input.Skip).Take(PageSize));
            List([]).Links(html, view.Here);
        }

        var next = input.Skip + PageSize;
        Pager(
            html,
            next < journeys.Count ? SearchInput.Cursor(next, input.Older) : result.Next is { } older ? SearchInput.Cursor(0, older) : null,
            input.Skip > 0 || input.Older is not null);
        return Frame.End(html);
    }

    void Begin(Html html, string sentence)
    {
        html.Add($"<section class=card role=status>\n<h1>{Masking.Plain.Text(char.ToUpperInvariant(sentence[0]) + sentence[1..])}.</h1>\n");
        if (input.Text.Length == 0)
            return;
        html.Add($"<p class=hint>Understood as {input.Reading.Says()}.");
        if (input.Readings.Count > 1)
        {
            html.Add($" Search for it instead as ");
            foreach (var (i, other) in input.Readings.Skip(1).Index())
                html.Add($"{(i == 0 ? "" : ", ")}<a href={Raw.Link(input.Url.With("as", other.Name()))}>{other.Says()}</a>");
            html.Add($".");
        }

        html.Add($"</p>\n");
    }

    static void Note(Html html, string says) => html.Add($"<p class=missing>{says}</p>\n");

    /// <summary>What was asked for. It is shown as it was typed.</summary>
    string About()
    {
        var text = input.Reading switch
        {
            TextReading.Address => $" to or from {input.Text}",
            TextReading.Domain => $" to or from {input.Text.TrimStart('@')}",
            TextReading.MessageId or TextReading.NetworkMessageId => $" with the id {input.Text}",
            TextReading.Ip => $" from or to {input.Text}",
            TextReading.Words => $" with \u201c{input.Text}\u201d",
            _ => "",
        };
        if (input.Ours)
            text += " that need action on our side";
        if (input.Causes.Count > 0)
            text += $", cause {string.Join(" or ", input.Causes.Select(c => c.Name()))}";
        if (input.Domain is { } domain)
            text += $", {(input.IsOfFailures ? "recipient domain" : "domain")} {domain}";
        if (input.Server is { } server)
            text += $", server {server}";
        if (input.Connector is { } connector)
            text += $", connector {connector}";
        return text + (input.Outcome is { } outcome && !input.IsOfFailures ? $", {outcome.Says()}" : "");
    }

    string During() => (input.Since, input.Until) switch
    {
        ({ } since, { } until) => $" from {At(new(since))} to {At(new(until))}",
        ({ } since, null) => $" since {At(new(since))}",
        (null, { } until) => $" before {At(new(until))}",
        _ => "",
    };

    void Filters(Html html, bool isOfFailures)
    {
        html.Add($"<form class=filters action=/messages aria-label=Filters>\n");
        foreach (var (name, value) in input.Url.Values.Where(v => v.Name is "q" or "as" or "domain" or "connector" or "fault"))
            html.Add($"<input type=hidden name={name} value=\"{Masking.Plain.Text(value)}\">");
        html.Add($"<label>Outcome <select name=outcome><option value=\"\">any</option>");
        foreach (var outcome in Outcomes.All)
        {
            var isChosen = input.Outcome == outcome || (isOfFailures && outcome == Fate.Failed);
            html.Add($"<option value={outcome.Name()}{Raw.Selected(isChosen)}>{outcome.Says()}</option>");
        }

        html.Add($"</select></label>\n<label>Cause <select name=cause><option value=\"\">any</option>");
        if (input.Causes.Count > 1)
            html.Add($"<option value=\"{string.Join(',', input.Causes.Select(c => c.Name()))}\" selected>{input.Causes.Count} causes</option>");
        foreach (var cause in CauseTable.All)
            html.Add($"<option value={cause.Name}{Raw.Selected(input.Causes is [var one] && one == cause.Cause)}>{cause.Name}</option>");
        html.Add($"</select></label>\n<label>Server <input name=server size=10 maxlength=256 ");
        html.Add($"value=\"{Masking.Plain.Text(input.Server ?? "")}\"></label>\n");
        html.Add($"<label>Since <input name=since size=14 placeholder=2h value=\"{Masking.Plain.Text(input.Url["since"] ?? "")}\"></label>\n");
        html.Add($"<label>Until <input name=until size=14 placeholder=\"2026-11-20T08:00\" value=\"{Masking.Plain.Text(input.Url["until"] ?? "")}\">");
        html.Add($"</label>\n");
        html.Add($"<button>Filter</button>\n");
        if (input.Text.Length > 0 && input.Url.Values.Count > 1)
            html.Add($"<a href={Raw.Link(SearchUrl.Empty.With("q", input.Text))}>without filters</a>");
        html.Add($"</form>\n");
    }

    void Facet(Html html, string title, IEnumerable<(string Title, string Name, string Value, long Count)> values)
    {
        var all = values.ToList();
        if (all.Count < 2)
            return;
        html.Add($"<p class=facet><b>{title}:</b>");
        foreach (var (shown, name, value, count) in all)
            html.Add($" <a href={Raw.Link(input.Url.With(name, value))}>{masking.Text(shown)}&nbsp;({count})</a>");
        html.Add($"</p>\n");
    }

    void Table(Html html, FoundFailures found)
    {
        html.Add($"<section class=card aria-label=Failures>\n<div class=scroll><table class=stack>\n<thead><tr><th scope=col>Time<th scope=col>Recipient");
        html.Add($"<th scope=col>Sender<th scope=col>Cause<th scope=col>Status text<th scope=col>Connector<th scope=col>Server</thead>\n<tbody>\n");
        foreach (var row in found.Rows)
        {
            html.Add($"<tr class=hit><td class=time data-label=Time>{Raw.Time(row.Time, At(row.Time))}<td data-label=Recipient>");
            MessageLink.Add(html, row.NetworkMessageId.Length > 0 ? row.NetworkMessageId : row.MessageId, masking.Address(row.Recipient), null);
            html.Add($"<td data-label=Sender><bdi>{masking.Address(row.Sender)}</bdi>");
            html.Add($"<td data-label=Cause><a href=\"/{CauseTable.Of(row.Cause).Page}\">{CauseWords.Title(row.Cause)}</a>");
            html.Add($"<td class=status data-label=Status><code>{masking.Status(KeptText.Start(row.Status, 400), row.Recipient, row.Sender)}</code>");
            html.Add($"<td data-label=Connector>{masking.Text(row.Connector)}<td data-label=Server>{masking.Text(row.Server)}</td>\n");
        }

        html.Add($"</tbody></table></div>\n</section>\n");
    }

    /// <summary>Messages as a list for a download: all that were found.</summary>
    public Listing List(IEnumerable<Journey> journeys)
    {
        var mask = new TraceMask(masking, input.Address is { } address ? [address] : []);
        return new(
            "messages", "Messages",
            [
                new("First seen", "time"), new("Message id"), new("Sender"), new("Recipients", "n"), new("First recipient"), new("Outcome"),
                new("Seconds", "n"), new("Bytes", "n"), new("Servers"),
            ],
            [
                .. journeys.Select(j => (IReadOnlyList<ListCell>)
                [
                    ListCell.At(new(j.First)), Masked.MessageId(masking, j.MessageId), mask.Address(j.Sender), ListCell.Of(j.Recipients.Count),
                    Concerned(j) is [var first, ..] ? mask.Address(first.Address) : default(Masked), ListCell.Says(Outcomes.Of(Concerned(j))?.Name() ?? ""),
                    ListCell.Of((long)(j.Last - j.First).TotalSeconds), ListCell.Of(j.Bytes), masking.Text(string.Join(", ", j.Servers)),
                ]),
            ]);
    }

    void Table(Html html, IEnumerable<Journey> journeys)
    {
        var mask = new TraceMask(masking, input.Address is { } address ? [address] : []);
        html.Add($"<section class=card aria-label=Messages>\n<div class=scroll><table class=stack>\n<thead><tr><th scope=col>First seen<th scope=col>Sender");
        html.Add($"<th scope=col>Recipients<th scope=col>Outcome<th scope=col class=n>Took<th scope=col class=n>Size<th scope=col>Servers</thead>\n<tbody>\n");
        foreach (var journey in journeys)
        {
            var concerned = Concerned(journey);
            html.Add($"<tr class=hit><td class=time data-label=Time>");
            MessageLink.Add(
                html, journey.NetworkMessageId.Length > 0 ? journey.NetworkMessageId : journey.MessageId, masking.Text(At(new(journey.First))), input.Address);
            html.Add($"<td data-label=Sender><bdi>{(journey.Sender.Length == 0 ? masking.Text("none") : mask.Address(journey.Sender))}</bdi>");
            html.Add($"<td data-label=Recipients>{(concerned.Count == 0 ? "none in the rows" : "")}");
            foreach (var recipient in concerned.Take(ShownRecipients))
                html.Add($"<div><bdi>{mask.Address(recipient.Address)}</bdi></div>");
            if (journey.Recipients.Count > Math.Min(ShownRecipients, concerned.Count))
                html.Add($"<div class=soft>and {journey.Recipients.Count - Math.Min(ShownRecipients, concerned.Count)} more</div>");
            html.Add($"<td data-label=Outcome>{(concerned.Count == 0 ? "not known" : "")}");
            foreach (var (fate, count) in concerned.CountBy(r => r.Fate).OrderBy(f => Outcomes.All.ToList().IndexOf(f.Key)))
                html.Add($"{Raw.Outcome(fate, concerned.Count == 1 ? fate.Says() : $"{Say.Number(count)} {fate.Says()}")} ");
            html.Add($"<td class=n data-label=Took>{Say.Span(journey.Last - journey.First)}<td class=n data-label=Size>{Say.Bytes(journey.Bytes)}");
            html.Add($"<td data-label=Servers>");
            foreach (var (i, server) in journey.Servers.Take(4).Index())
                html.Add($"{(i == 0 ? "" : ", ")}{masking.Text(server)}");
            html.Add($"</td>\n");
        }

        html.Add($"</tbody></table></div>\n</section>\n");
    }

    void Pager(Html html, string? next, bool isLater)
    {
        if (next is null && !isLater)
            return;
        html.Add($"<nav class=pager aria-label=Pages>");
        if (isLater)
            html.Add($"<a href={Raw.Link(input.Url)}>Newest</a>");
        if (next is not null)
            html.Add($"<a rel=next href={Raw.Link(new SearchUrl([.. input.Url.Values, ("cursor", next)]))}>Older</a>");
        html.Add($"</nav>\n");
    }

    /// <summary>The recipients that the search is about: the one that it names, or all.</summary>
    IReadOnlyList<RecipientFate> Concerned(Journey journey) => Concerned(journey, input);

    public static IReadOnlyList<RecipientFate> Concerned(Journey journey, SearchInput input)
    {
        if (input.Address is not { } address)
            return journey.Recipients;
        var query = new TraceQuery { Recipient = address };
        List<RecipientFate> own = [.. journey.Recipients.Where(r => query.AsksFor(r.Address))];
        return own.Count > 0 ? own : journey.Recipients;
    }

    string At(DateTimeOffset time) => Say.At(time, view.Now, view.Zone);
}
