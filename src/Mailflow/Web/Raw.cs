using System.Globalization;
using System.Text.Encodings.Web;
using Mailflow.Analysis.Tracing;
using Mailflow.Privacy;

namespace Mailflow.Web;

/// <summary>Markup that is written to the page without encoding. All of it is made here, from closed sets or encoded text.</summary>
readonly record struct Raw
{
    readonly string? _markup;

    Raw(string markup) => _markup = markup;

    public override string ToString() => _markup ?? "";

    public static Raw Brand() =>
        new(
            "<a class=brand href=/><svg viewBox=\"0 0 24 24\" aria-hidden=true><path d=\"M3 6h18v12H3z\" /><path d=\"m3 7 9 7 9-7\" /></svg>"
            + "<span>Mailflow</span></a>");

    public static Raw Sign(Level level) => new(level switch
    {
        Level.Good => "<svg class=sign viewBox=\"0 0 24 24\" aria-hidden=true><circle cx=12 cy=12 r=10 /><path d=\"m7.5 12.5 3 3 6-7\" /></svg>",
        Level.Fix => "<svg class=sign viewBox=\"0 0 24 24\" aria-hidden=true><path d=\"M12 2.5 22.5 21h-21z\" /><path d=\"M12 9.5v5M12 17.6v.2\" /></svg>",
        Level.Look => "<svg class=sign viewBox=\"0 0 24 24\" aria-hidden=true><circle cx=12 cy=12 r=10 /><path d=\"M12 7v6M12 16.6v.2\" /></svg>",
        _ => "<svg class=sign viewBox=\"0 0 24 24\" aria-hidden=true><circle cx=12 cy=12 r=10 /><path d=\"M12 6.5V12l3.5 2.5\" /></svg>",
    });

    /// <summary>The HTML of a document of ours, or of an encoded text.</summary>
    public static Raw Markdown(string html) => new(html);

    /// <summary>The side that is responsible; a number where it is our side for some of the failures only.</summary>
    public static Raw Fault(CauseFigures cause) => (cause.Spread, cause.Fault.ToString()) switch
    {
        (true, not "ours") => Chip("ours", "likely our side"),
        (false, _) when cause.Ours > 0 && cause.Ours < cause.Count => Chip("ours", $"{Say.Number(cause.Ours)} of {Say.Number(cause.Count)} on our side"),
        (_, "ours") => Chip("ours", "our side"),
        (_, "theirs") => Chip("theirs", "remote side"),
        (_, "sender") => Chip("theirs", "sender"),
        (_, "policy") => Chip("open", "policy rule"),
        _ => Chip("open", "side unknown"),
    };

    /// <summary>The side that must act.</summary>
    public static Raw Side(IncidentFigures incident) => incident.Side.ToString() switch
    {
        "ours" => Chip("ours", "our side"),
        "theirs" => Chip("theirs", "remote side"),
        "sender" => Chip("theirs", "sender"),
        "policy" => Chip("open", "policy rule"),
        _ => Chip("open", "side unknown"),
    };

    public static Raw Severity(Masked severity) => severity.ToString() switch
    {
        "critical" => Chip("ours", "critical"),
        "major" => Chip("open", "major"),
        _ => Chip("", "minor"),
    };

    public static Raw Ended(bool verified) => verified ? Chip("fine", "over, verified") : Chip("open", "quiet, not verified");

    public static Raw State(Masked state) => state.ToString() switch
    {
        "ok" => Chip("fine", "ok"),
        "trouble" => Chip("ours", "trouble"),
        "reading" => Chip("open", "reading"),
        _ => Chip("open", "waiting"),
    };

    public static Raw Watched(Masked verdict) => verdict.ToString() switch
    {
        "trouble" => Chip("ours", "trouble"),
        "warning" => Chip("open", "warning"),
        _ => Chip("open", "not checked"),
    };

    public static Raw Outcome(Fate fate, string text) => Chip(fate.Chip(), text);

    /// <summary>The value of an attribute that is an address of this site. Its parts are already percent-encoded.</summary>
    public static Raw Link(string url) => new('"' + HtmlEncoder.Default.Encode(url) + '"');

    /// <inheritdoc cref="Link(string)"/>
    public static Raw Link(SearchUrl url) => Link(url.ToString());

    public static Raw Selected(bool selected) => new(selected ? " selected" : "");

    public static Raw Opened(bool open) => new(open ? " open" : "");

    public static Raw Dot(string colour) => new($"<svg class=dot viewBox=\"0 0 10 10\" aria-hidden=true><rect class={colour} width=10 height=10 rx=2 /></svg>");

    public static Raw Current(bool current) => new(current ? " aria-current=page" : "");

    public static Raw Time(DateTimeOffset time, string text) =>
        new(
            $"<time datetime=\"{time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)}\">"
            + $"{HtmlEncoder.Default.Encode(text)}</time>");

    static Raw Chip(string kind, string text) => new($"<span class=\"chip {kind}\">{text}</span>");
}
