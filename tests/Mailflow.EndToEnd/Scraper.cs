using System.Globalization;

namespace Mailflow.EndToEnd;

/// <summary>
/// Scrapes as Prometheus does and adds up what `increase()` would return: differences between samples, a decrease taken as a reset,
/// and nothing for the first sample of a series.
/// </summary>
sealed class Scraper(HttpClient http, Uri url)
{
    readonly Dictionary<string, double> _last = new(StringComparer.Ordinal);
    readonly Dictionary<string, double> _increase = new(StringComparer.Ordinal);

    public int Scrapes { get; private set; }

    public int Failed { get; private set; }

    /// <summary>Series whose value decreased: a counter that was exposed and then reduced.</summary>
    public List<string> Falls { get; } = [];

    public async Task<bool> ScrapeAsync(CancellationToken cancel)
    {
        string text;
        try
        {
            text = await http.GetStringAsync(url, cancel);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            Failed++;
            return false;
        }

        Scrapes++;
        foreach (var line in text.Split('\n'))
        {
            if (!line.StartsWith("mailflow_", StringComparison.Ordinal))
                continue;
            var space = line.LastIndexOf(' ');
            var (series, value) = (line[..space], double.Parse(line.AsSpan(space + 1), CultureInfo.InvariantCulture));
            if ((series.Contains("_total", StringComparison.Ordinal) || series.StartsWith("mailflow_delivery_", StringComparison.Ordinal))
                && _last.TryGetValue(series, out var last))
            {
                if (value < last)
                    Falls.Add(string.Create(CultureInfo.InvariantCulture, $"{series}: {last} -> {value}"));
                _increase[series] = _increase.GetValueOrDefault(series) + (value < last ? value : value - last);
            }

            _last[series] = value;
        }

        return true;
    }

    /// <summary>The last sample, summed over the series of a metric that have this label text in them.</summary>
    public double Value(string metric, string label = "") => Sum(_last, metric, label);

    /// <summary>The increase since the first scrape, likewise.</summary>
    public double Increase(string metric, string label = "") => Sum(_increase, metric, label);

    static double Sum(Dictionary<string, double> series, string metric, string label) =>
        series.Where(s => s.Key.StartsWith(metric + "{", StringComparison.Ordinal) && s.Key.Contains(label, StringComparison.Ordinal)).Sum(s => s.Value);
}
