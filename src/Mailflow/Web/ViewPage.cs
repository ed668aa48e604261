using Mailflow.Privacy;

namespace Mailflow.Web;

/// <summary>Renders the form for the time zone and the colours. The script adds the zone of the browser.</summary>
static class ViewPage
{
    public static string Render(View view, string back, TimeProvider clock)
    {
        var html = Frame.Begin("Time zone and colours", "", live: true);
        html.Add($"<section class=card>\n<h1>Time zone and colours</h1>\n<form class=filters action=/view>\n");
        html.Add($"<input type=hidden name=back value=\"{Masking.Plain.Text(back)}\">\n");
        html.Add($"<label>Time zone of all times <select id=zone name={View.ZoneName}>");
        html.Add($"<option value=server{Raw.Selected(view.IsServers)}>this server ({Page.ZoneOf(clock.LocalTimeZone, view.Now)})</option>");
        html.Add($"<option{Raw.Selected(!view.IsServers && view.Zone.Id == "UTC")}>UTC</option>");
        foreach (var zone in TimeZoneInfo.GetSystemTimeZones().Select(z => z.Id).Where(z => z != "UTC").Order(StringComparer.Ordinal))
            html.Add($"<option{Raw.Selected(!view.IsServers && view.Zone.Id == zone)}>{Masking.Plain.Text(zone)}</option>");
        html.Add($"</select></label>\n<label>Colours <select name={View.ColoursName}><option value=\"\">as they are</option><option value=auto>as the browser");
        html.Add($"</option><option value=light>light</option><option value=dark>dark</option></select></label>\n<button>Use</button>\n</form>\n");
        html.Add($"<p class=hint>The choice is kept in a cookie of this browser. For one page, add <code>?zone=Europe/Berlin</code> to its address.</p>\n");
        html.Add($"</section>\n");
        return Frame.End(html);
    }
}
