using Mailflow.Exposition;
using Mailflow.Metrics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Mailflow.Tests.Metrics;

/// <summary>One definition a metric, and the compiler finds a wrong label.</summary>
public sealed class DefinitionTests
{
    [Theory]
    [InlineData("table.Add(Counters.Failures, (Cause.MailLoop, Fault.Ours, Permanence.Permanent, new ServerName(\"EX1\")));", null)]
    // A label is missing, one too many, two are swapped, one is of another metric, one is plain text.
    [InlineData("table.Add(Counters.Failures, (Cause.MailLoop, Fault.Ours, new ServerName(\"EX1\")));", "CS1503")]
    [InlineData("table.Add(Counters.Deferrals, (Cause.MailLoop, Fault.Ours, new ServerName(\"EX1\")));", "CS1503")]
    [InlineData("table.Add(Counters.Failures, (Fault.Ours, Cause.MailLoop, Permanence.Permanent, new ServerName(\"EX1\")));", "CS1503")]
    [InlineData("table.Add(Counters.Messages, (Outcome.Sent, SmtpDirection.Send, new ServerName(\"EX1\")));", "CS1503")]
    [InlineData("table.Add(Counters.ConnectorFailures, (new ServerName(\"EX1\"), new ConnectorName(\"Out\")));", "CS1503")]
    [InlineData("table.Add(Counters.ReadBytes, \"EX1\");", "CS1503")]
    [InlineData("cells.Sum(Counters.Failures, k => k.Fault == Fault.Ours && k.Server == new ServerName(\"EX1\"));", null)]
    [InlineData("cells.Sum(Counters.Failures, k => k.Outcome == Outcome.Failed);", "CS1061")]
    [InlineData("cells.Sum(Counters.Failures, k => k.Cause == Fault.Ours);", "CS0019")]
    [InlineData("cells.Sum(Counters.Failures, k => k.Server == \"EX1\");", "CS0019")]
    [InlineData("Counter<(Cause Cause, Fault Fault)> c = new(\"a\", \"A\", \"\", \"\", LabelSet.Of(Labels.Cause, Labels.Fault), Birth.Start);", null)]
    [InlineData("Counter<(Cause Cause, Fault Fault)> c = new(\"a\", \"A\", \"\", \"\", LabelSet.Of(Labels.Fault, Labels.Cause), Birth.Start);", "CS1503")]
    public void A_wrong_or_missing_label_does_not_compile(string statement, string? error)
    {
        var code = $$"""
            using System;
            using Mailflow.Analysis.Failures;
            using Mailflow.Analysis.Messages;
            using Mailflow.Metrics;

            static class Site
            {
                static void Run(CellTable table, Cells cells)
                {
                    {{statement}}
                }
            }
            """;
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => p.EndsWith(".dll", StringComparison.Ordinal))
            .Select(p => MetadataReference.CreateFromFile(p));
        // The product lets this assembly see what is internal.
        var compilation = CSharpCompilation.Create(
            "Mailflow.Tests",
            [CSharpSyntaxTree.ParseText(code, cancellationToken: TestContext.Current.CancellationToken)],
            references,
            new(OutputKind.DynamicallyLinkedLibrary));
        var errors = compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.Id);
        Assert.Equal(error is null ? [] : [error], errors.Distinct());
    }

    [Fact]
    public void Each_metric_is_defined_once()
    {
        Assert.Equal(Telemetry.All.Select(m => m.Name).Distinct(StringComparer.Ordinal), Telemetry.All.Select(m => m.Name));
        Assert.Equal(Counters.All.Select(c => c.StoreName).Distinct(StringComparer.Ordinal), Counters.All.Select(c => c.StoreName));
        Assert.All(Telemetry.All, m => Assert.Equal((m.Name, m.Labels.Count), (m.Name, m.Labels.Select(l => l.Name).Distinct(StringComparer.Ordinal).Count())));
        Assert.All(Counters.All, c => Assert.Same(c, Counters.Find(c.StoreName)));
    }

    [Fact]
    public void Every_metric_is_in_the_document_and_among_the_approved_ones_once()
    {
        var headings = File.ReadLines(Repository.PathOf("docs/metrics.md")).Where(l => l.StartsWith("### ", StringComparison.Ordinal)).Select(l => l[4..]);
        var approved = File.ReadLines(Repository.PathOf("tests/Mailflow.Tests/metrics.expected")).Select(l => l.Split(' ')[0]).Where(n => n != "target_info");
        var defined = Telemetry.All.Select(m => m.Name).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(defined, headings.Order(StringComparer.Ordinal));
        Assert.Equal(defined, approved.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_series_that_begins_at_0_is_stored_and_read_back_as_itself()
    {
        var table = new CellTable();
        table.Begin();
        foreach (var kind in Enum.GetValues<LogKind>())
            table.Begin(kind, new("EX1"));
        var cells = table.Publish();
        var count = 0;
        foreach (var family in cells.Families)
            for (var i = 0; i < family.Count; i++)
            {
                count++;
                table.Load(new(family.Counter.StoreName, family.Text(i, 0), family.Text(i, 1), family.Text(i, 2), family.Text(i, 3), 7));
            }

        Assert.Empty(table.Replaced);
        foreach (var again in table.Publish().Families)
            Assert.All(again.Values.ToArray(), v => Assert.Equal(7, v));
        Assert.Equal(count, table.Publish().Count);
    }

    [Fact]
    public void Series_that_are_said_to_begin_at_0_do()
    {
        var table = new CellTable();
        table.Begin();
        foreach (var kind in Enum.GetValues<LogKind>())
            table.Begin(kind, new("EX1"));
        var cells = table.Publish();
        foreach (var counter in Counters.All)
            Assert.Equal((counter.StoreName, counter.Birth != Birth.FirstValue), (counter.StoreName, cells[counter].Count > 0));
    }
}
