using Mailflow.Privacy;

namespace Mailflow.Web;

/// <summary>Links from the page to the messages of its counts.</summary>
static class MessageLink
{
    /// <summary>A link to the page of a message: by its id, not by an address. Without an id, the text alone.</summary>
    /// <param name="asked">The address that was searched for.</param>
    public static void Add(Html html, string id, Masked text, string? asked)
    {
        if (id.Length == 0)
            html.Add($"<bdi>{text}</bdi>");
        else
            html.Add($"<a href={Raw.Link(SearchUrl.Message(id, asked))}><bdi>{text}</bdi></a>");
    }

    /// <summary>A number, as a link to what it counts.</summary>
    public static void Count(Html html, string number, SearchUrl? link)
    {
        if (link is null)
            html.Add($"{number}");
        else
            html.Add($"<a class=count-link href={Raw.Link(link)}>{number}</a>");
    }

    /// <summary>A name, as a link to its failures. A masked name cannot be searched for.</summary>
    public static void Count(Html html, Masked name, SearchUrl link)
    {
        if (name.IsEmpty || name.ToString().Contains("***", StringComparison.Ordinal))
            html.Add($"{name}");
        else
            html.Add($"<a href={Raw.Link(link)}>{name}</a>");
    }

    /// <summary>The newest messages of an outcome: of the last hour of the logs.</summary>
    public static SearchUrl Newest(PageModel page, string outcome) => SearchUrl.Empty
        .With("outcome", outcome)
        .With("since", page.Totals.Newest is { } newest ? SearchUrl.Time(newest.AddHours(-1)) : null);

    /// <summary>The failures of the page's time range.</summary>
    public static SearchUrl Failures(PageModel page) => Failures(page, page.Window.From, null);

    /// <param name="until">The end; null: that of the page's time range.</param>
    public static SearchUrl Failures(PageModel page, DateTimeOffset from, DateTimeOffset? until) => SearchUrl.Empty
        .With("outcome", "failed")
        .With("since", SearchUrl.Time(from))
        // The range of a live page has no end: failures of a server whose clock is ahead belong to it.
        .With("until", until is { } end ? SearchUrl.Time(end) : page.Window.Live ? null : SearchUrl.Time(page.Window.To));

    /// <summary>The failures of a step of the chart. Those before the first step and after the last count in them.</summary>
    /// <param name="place">The cause in the chart; null: all.</param>
    public static SearchUrl Bar(PageModel page, int index, int? place)
    {
        var (chart, start) = (page.Chart, page.Chart.Bars[index].Start);
        var url = Failures(
            page, index == 0 || start < page.Window.From ? page.Window.From : start, index == chart.Bars.Count - 1 ? null : start + chart.Step);
        if (place is not { } cause)
            return url;
        var other = page.Causes.Select(c => c.Cause.ToString()).Except(chart.Causes.Select(c => c.ToString()), StringComparer.Ordinal);
        return url.With("cause", cause < chart.Causes.Count ? chart.Causes[cause].ToString() : string.Join(',', other));
    }
}
