using Mailflow.Analysis.Builds;
using Mailflow.Analysis.Messages;
using Mailflow.Printing;
using Mailflow.Privacy;

namespace Mailflow.Scan;

/// <summary>The part of the report about the builds of the servers.</summary>
static class ScanBuilds
{
    /// <summary>Each server's build in words.</summary>
    public static IEnumerable<(string Server, string Says)> Lines(ScanReport report) =>
        Known(report).Select(s => (s.Server, BuildWords.Of(s.Build, report.Now)));

    /// <summary>What is wrong: one sentence each.</summary>
    public static IEnumerable<string> Problems(ScanReport report) =>
    [
        .. from b in report.Builds where b.Limit.Length > 0 select BuildWords.Limited(b.Server, b.State, b.Limit),
        .. BuildWords.Problems(Known(report), report.Now),
    ];

    public static void Write(MaskedJson json, ScanReport report, Masking masking)
    {
        json.WriteStartArray("builds");
        foreach (var server in Known(report))
        {
            var state = server.Build;
            json.WriteStartObject();
            json.WriteString("server", masking.Text(server.Server));
            json.WriteString("build", masking.Text(state.Build.ToString()));
            json.WriteString("product", masking.TextOrNull(state.Product?.Name));
            json.WriteString("update", masking.TextOrNull(state.Update?.Name));
            json.WriteString("state", masking.Text(state.State.Name()));
            json.WriteString("support", masking.Text(state.SupportAt(report.Now).Name()));
            if (state.Product?.EndOfSupport is { } end)
                json.WriteString("end_of_support", $"{new DateTimeOffset(end):yyyy-MM-dd}");
            json.WriteString("says", masking.Text(BuildWords.Of(state, report.Now)));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("build_problems");
        foreach (var problem in Problems(report))
            json.WriteStringValue(masking.Text(problem));
        json.WriteEndArray();
    }

    static List<ServerState> Known(ScanReport report) =>
        [.. report.Builds.Where(b => b.Build is not null).Select(b => new ServerState(b.Server, b.State!, b.Written))];
}
