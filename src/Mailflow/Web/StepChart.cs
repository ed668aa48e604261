using System.Globalization;
using Mailflow.Ledger;

namespace Mailflow.Web;

/// <summary>A small chart of one count by step of time: bars as SVG, labels as HTML, and the figures as a table.</summary>
static class StepChart
{
    const double Width = 10;
    const double Gap = 1.4;

    public static void Add(Html html, string title, IReadOnlyList<long> counts, Steps steps, View view)
    {
        var (most, sum) = (Math.Max(1, counts.Max()), counts.Sum());
        var peak = counts.ToList().IndexOf(counts.Max());
        html.Add($"<h2 id=history>{title}</h2>\n<div class=\"chart small\">\n<div class=yaxis aria-hidden=true><span>{most}</span><span>0</span></div>\n");
        html.Add($"<svg role=img aria-labelledby=history-says viewBox=\"0 0 {counts.Count * Width} 100\" preserveAspectRatio=none><title id=history-says>");
        html.Add($"{(sum == 0 ? "No failures." : $"{Say.Number(sum)} failures. Peak: {Say.Number(counts.Max())}, from {At(peak)}.")}</title>");
        foreach (var (i, count) in counts.Index().Where(c => c.Item > 0))
        {
            var height = Math.Max(2, count * 100.0 / most);
            html.Add($"<rect class=c0 x=\"{(i * Width) + (Gap / 2)}\" y=\"{100 - height}\" width=\"{Width - Gap}\" height=\"{height}\">");
            html.Add($"<title>{At(i)}: {Say.Number(count)}</title></rect>");
        }

        html.Add($"</svg>\n<div class=xaxis aria-hidden=true><span>{At(0)}</span><span>{(counts.Count > 3 ? At(counts.Count / 2) : "")}</span></div>\n");
        html.Add($"</div>\n");
        if (sum == 0)
            return;
        html.Add($"<details id=d-history><summary>Show as a table</summary>\n<table class=plain><thead><tr><th scope=col>From<th scope=col class=n>Failures");
        html.Add($"</thead><tbody>");
        foreach (var (i, count) in counts.Index().Where(c => c.Item > 0))
            html.Add($"<tr><th scope=row>{At(i)}<td class=n>{count}");
        html.Add($"</tbody></table></details>\n");

        string At(int step)
        {
            var time = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(steps.Start + (step * steps.Step)), view.Zone);
            return time.ToString(
                steps.Step >= TimeSpan.MillisecondsPerDay ? "yyyy-MM-dd"
                : counts.Count * steps.Step > 26 * TimeSpan.MillisecondsPerHour ? "yyyy-MM-dd HH:mm"
                : "HH:mm",
                CultureInfo.InvariantCulture);
        }
    }
}
