namespace Mailflow.Web;

/// <summary>The section of the page about messages on their way.</summary>
static class OnItsWayDrawing
{
    public static void Add(Html html, OnItsWayFigures way)
    {
        html.Add($"<section class=card aria-labelledby=on-its-way>\n<h2 id=on-its-way>On its way</h2>\n<p>{way.Sentence}</p>\n");
        if (way.Hops.Count > 0)
        {
            html.Add($"<p class=hint>Received, and not yet delivered, sent or failed; one for each recipient. Deferred: Exchange tries again.</p>\n");
            Table(html, way);
        }

        if (way.More > 0)
            html.Add($"<p class=hint>{Say.Number(way.More)} more at other servers and next hops.</p>\n");
        if (way.Folded > 0)
            html.Add($"<p class=hint>{Say.Number(way.Folded)} older messages on their way are not followed: the limit of 10,000,000 is reached.</p>\n");
        if (way.Lost > 0)
        {
            html.Add($"<p>{Say.Number(way.Lost)} lost: no end, and no row for longer than a message lives, since the first log read. ");
            html.Add($"<a href=/docs/runbooks/MailMessagesLost.md>What to do</a></p>\n");
        }

        if (way.Looping > 0)
        {
            html.Add($"<p>{Say.Number(way.Looping)} in a loop: received 5 times within minutes, counted at each server, since the first log read. ");
            html.Add($"<a href=/docs/runbooks/MailMessagesLooping.md>What to do</a></p>\n");
        }

        html.Add($"</section>\n");
    }

    static void Table(Html html, OnItsWayFigures way)
    {
        html.Add($"<div class=scroll><table class=stack aria-labelledby=on-its-way>\n<thead><tr><th scope=col>Server<th scope=col>Handed over to");
        html.Add($"<th scope=col class=n>Messages<th scope=col>Oldest at the server<th scope=col>Lists of the server</thead>\n<tbody>\n");
        foreach (var hop in way.Hops)
        {
            var list = SearchUrl.Empty.With("server", hop.Server.ToString());
            html.Add($"<tr><th scope=row data-label=Server><bdi>{hop.Server}</bdi><td data-label=\"Handed over to\">");
            if (hop.NextHop.IsEmpty)
                html.Add($"not yet");
            else
                html.Add($"<bdi>{hop.NextHop}</bdi>");
            html.Add($"<td class=n data-label=Messages>{Say.Number(hop.Messages)}<td data-label=Oldest>");
            html.Add($"{(hop.OldestAtServer is { } age ? Say.Span(age) : "not known")}<td data-label=Lists>");
            html.Add($"<a href={Raw.Link(list.With("outcome", "pending"))}>pending</a>, <a href={Raw.Link(list.With("outcome", "deferred"))}>deferred</a>\n");
        }

        html.Add($"</tbody></table></div>\n");
    }
}
