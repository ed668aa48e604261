using System.Globalization;
using System.Text;
using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Snapshots;

namespace Mailflow.Analysis.Tests.Snapshots;

/// <summary>
/// Every export in Samples/(kind of snapshot) gives the result in its .expected file. With UPDATE_EXPECTED=1 that file is written instead.
/// </summary>
public sealed class SampleSnapshotTests
{
    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Samples");

    public static TheoryData<string> Samples =>
        [
            .. LogFormat.All
                .Where(f => f.Snapshot is not null)
                .SelectMany(f => Directory.EnumerateFiles(Path.Combine(Folder, f.Name)))
                .Where(p => !p.EndsWith(".expected", StringComparison.Ordinal))
                .Select(p => Path.GetRelativePath(Folder, p).Replace('\\', '/'))
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Sample_gives_the_expected_result(string sample)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Folder, sample));
        using var whole = new MemoryStream(bytes);
        var format = LogFormat.OfExport(bytes.AsSpan(0, Math.Min(bytes.Length, 4096)), whole, out _);
        // The folder is named after the format.
        Assert.Equal(sample.Split('/')[0], format?.Name);
        whole.Position = 0;
        var problems = new ExportProblems();
        var reading = new SnapshotReading(format!.Snapshot!.Value, new(2026, 3, 4, 10, 0, 0, DateTimeKind.Utc), "unknown");
        foreach (var export in ExportObjects.Read(whole, problems))
            Assert.True(reading.Add(export));
        Assert.Empty(problems.First);
        var found = Text(reading.Snapshots());
        if (Environment.GetEnvironmentVariable("UPDATE_EXPECTED") == "1")
            File.WriteAllText(SourceOf(sample + ".expected"), found);
        else
            Assert.Equal(File.ReadAllText(Path.Combine(Folder, sample + ".expected")), found);
    }

    static string Text(IReadOnlyList<ServerSnapshot> snapshots)
    {
        var text = new StringBuilder();
        foreach (var s in snapshots)
        {
            text.Append(CultureInfo.InvariantCulture, $"{s.Kind.Name()} of {s.Server}\n");
            foreach (var q in s.Queues)
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"  {q.Identity}: {q.Kind.Name()} to {q.NextHop}, {q.Status.Name()}, {q.Messages} messages, {q.Deferred} deferred, {q.Locked} "
                    + $"locked, {q.Retries} retries, next {q.NextRetry:s}, {q.Cause}\n");
            foreach (var m in s.Messages)
                text.Append(CultureInfo.InvariantCulture, $"  {m.Queue}: {m.Count} since {m.Oldest:s}\n");
            foreach (var c in s.Connectors)
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"  {c.Name}: enabled {c.Enabled}, limit {c.MaxMessageBytes}, {c.Spaces}, by {c.SmartHosts}, TLS {c.RequiresTls}, {c.Fqdn}\n");
            foreach (var c in s.Certificates)
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"  {c.ShortThumbprint}: {c.Subject} for {c.Services} until {c.NotAfter:s}, self-signed {c.SelfSigned}, {c.Status}\n");
            foreach (var v in s.Settings)
                text.Append(CultureInfo.InvariantCulture, $"  {v.Name} = {v.Value}\n");
            foreach (var p in s.Pressure)
                text.Append(CultureInfo.InvariantCulture, $"  {p.Resource}: {p.Level} {p.Pressure}\n");
        }

        return text.ToString();
    }

    static string SourceOf(string sample)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")))
            folder = folder.Parent!;
        return Path.Combine(folder.FullName, "tests", "Mailflow.Analysis.Tests", "Samples", sample);
    }
}
