using Mailflow.Privacy;
using Mailflow.Web;

namespace Mailflow.Reports;

/// <summary>
/// A report as one HTML file that mail programs show: tables and inline styles only. They drop style sheets, scripts, SVG and images from elsewhere.
/// </summary>
static class ReportHtml
{
    const int BarWidth = 320;

    /// <summary>A time of day with its date; longer texts are broken, also within words.</summary>
    const int LongestUnbroken = 16;

    public static string Write(ReportDocument document)
    {
        var html = new Html();
        html.Add($"<!DOCTYPE html>\n<html lang=en><head><meta charset=utf-8><meta name=viewport content=\"width=device-width\">");
        html.Add($"<title>{document.Title}</title></head>\n");
        html.Add($"<body style=\"margin:0;padding:16px;background:#ffffff;color:#1b1b1b;font:15px/1.5 Arial,sans-serif\">\n");
        html.Add($"<div style=\"max-width:860px;margin:0 auto\">\n<h1 style=\"font-size:22px;margin:0 0 12px\">{document.Title}</h1>\n");
        if (document.IsGood)
            html.Add($"<p style=\"margin:0;padding:12px;background:#e7f4e8;border-left:6px solid #2e7d32\"><strong>Good.</strong> ");
        else
            html.Add($"<p style=\"margin:0;padding:12px;background:#fdecea;border-left:6px solid #b3261e\"><strong>Needs attention.</strong> ");
        html.Add($"{document.Verdict}</p>\n");
        foreach (var section in document.Sections)
        {
            html.Add($"<h2 style=\"font-size:17px;margin:24px 0 8px\">{section.Title}</h2>\n");
            if (section.Lines.Count > 0)
                html.Add($"<ul style=\"margin:0 0 8px;padding-left:20px\">\n");
            foreach (var line in section.Lines)
                html.Add($"<li>{line}</li>\n");
            if (section.Lines.Count > 0)
                html.Add($"</ul>\n");
            Table(html, section);
            Bars(html, section.Bars);
        }

        html.Add($"</div>\n</body></html>\n");
        return html.ToString();
    }

    static void Table(Html html, ReportSection section)
    {
        if (section.Head.Count == 0)
            return;
        html.Add($"<table style=\"border-collapse:collapse;width:100%;font-size:14px\"><thead><tr>");
        foreach (var head in section.Head)
            html.Add($"<th scope=col style=\"text-align:left;padding:4px 8px;border-bottom:2px solid #8a8a8a\">{head}</th>");
        html.Add($"</tr></thead><tbody>\n");
        foreach (var row in section.Rows)
        {
            html.Add($"<tr>");
            foreach (var cell in row)
            {
                var isShort = cell.ToString().Length <= LongestUnbroken;
                html.Add($"<td style=\"padding:4px 8px;border-bottom:1px solid #d0d0d0;vertical-align:top;");
                html.Add($"{(isShort ? (Masked)$"white-space:nowrap" : $"word-break:break-word")}\">{cell}</td>");
            }

            html.Add($"</tr>\n");
        }

        html.Add($"</tbody></table>\n");
    }

    /// <summary>A chart made of table cells with a width: all mail programs show these.</summary>
    static void Bars(Html html, IReadOnlyList<ReportBar> bars)
    {
        if (bars.Count == 0)
            return;
        var most = Math.Max(1, bars.Max(b => b.Reached + b.Failed));
        html.Add($"<p style=\"margin:12px 0 4px;font-size:14px\">Recipients reached (blue) and failed (red)</p>\n");
        html.Add($"<table style=\"border-collapse:collapse;font-size:13px\"><tbody>\n");
        foreach (var bar in bars)
        {
            html.Add($"<tr><th scope=row style=\"font-weight:normal;text-align:left;padding:1px 8px 1px 0;white-space:nowrap\">{bar.Label}</th>");
            html.Add($"<td style=\"padding:1px 0\"><table role=presentation style=\"border-collapse:collapse\"><tbody><tr>");
            Cell(html, bar.Reached, most, $"#1f5fae");
            Cell(html, bar.Failed, most, $"#b3261e");
            html.Add($"<td style=\"padding:0 0 0 8px;white-space:nowrap\">{bar.Reached}");
            if (bar.Failed > 0)
                html.Add($", <span style=\"color:#b3261e\">{bar.Failed} failed</span>");
            html.Add($"</td></tr></tbody></table></td></tr>\n");
        }

        html.Add($"</tbody></table>\n");
    }

    static void Cell(Html html, long value, long most, Masked color)
    {
        if (value > 0)
            html.Add($"<td style=\"padding:0;background:{color};width:{Math.Max(1, value * BarWidth / most)}px;height:12px;font-size:1px\">&nbsp;</td>");
    }
}
