using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Snapshots;

namespace Mailflow.Analysis.Tests.Exports;

/// <summary>Numbers of exports with the separators of any culture, and queues of which only the number is known.</summary>
public sealed class ExportNumberTests
{
    [Theory]
    [InlineData("1234", "", 1234)]
    [InlineData("1,234", "", 1234)]
    [InlineData("1.234", "", 1234)]
    [InlineData("1.234", "0,5", 1234)]
    [InlineData("1,234", "0.5", 1234)]
    [InlineData("1.234", "12.345.678", 1234)]
    [InlineData("1.234,00", "", 1234)]
    [InlineData("1,234,567", "", 1234567)]
    [InlineData("12,34,567", "", 1234567)]
    [InlineData("1\u00A0234", "", 1234)]
    [InlineData("1\u202F234", "", 1234)]
    [InlineData("1 234", "", 1234)]
    [InlineData("1'234", "", 1234)]
    [InlineData("1\u2019234", "", 1234)]
    // The other number shows that this is 1 and some thousandths.
    [InlineData("1.234", "0.5", null)]
    [InlineData("1,234", "0,5", null)]
    [InlineData("1,5", "", null)]
    [InlineData("1,23", "", null)]
    [InlineData("1234,567", "", null)]
    [InlineData("1.234,5", "", null)]
    [InlineData("n/a", "", null)]
    [InlineData("", "", null)]
    [InlineData("-1", "", null)]
    [InlineData("99999999999999999999", "", null)]
    public void Count_is_read_by_the_evidence_of_the_file_or_is_unreadable(string count, string rate, int? expected)
    {
        var problems = new ExportProblems();
        var reading = new SnapshotReading(SnapshotKind.Queues, new(2026, 3, 4, 10, 0, 0, DateTimeKind.Utc), "EX01");
        foreach (var export in Samples.Objects($"\"Identity\",\"MessageCount\",\"IncomingRate\"\n\"EX01\\7\",\"{count}\",\"{rate}\"\n", problems))
            Assert.True(reading.Add(export));
        Assert.Equal(expected is null ? 1 : 0, problems.Count(ExportProblem.BadNumber));
        // Unreadable is not empty.
        Assert.Equal(expected is { } n ? [n] : [], reading.Snapshots().SelectMany(s => s.Queues).Select(q => q.Messages));
        Assert.Equal(expected is null ? 0 : 1, reading.Snapshots().Count);
    }

    [Theory]
    [InlineData("""{"Identity": "EX01\\7", "Status": {"value": 4, "Value": "Retry"}, "MessageCount": 3}""", QueueStatus.Retry)]
    [InlineData("""{"Identity": "EX01\\7", "Status": {"Value": "Ready", "value": 3}, "MessageCount": 3}""", QueueStatus.Ready)]
    [InlineData("""{"Identity": "EX01\\7", "Status": 4, "MessageCount": 3}""", QueueStatus.Retry)]
    [InlineData("""{"Identity": "EX01\\7", "Status": "4", "MessageCount": 3}""", QueueStatus.Retry)]
    [InlineData("""{"Identity": "EX01\\7", "Status": 99, "MessageCount": 3}""", QueueStatus.Other)]
    [InlineData("""{"Identity": "EX01\\7", "MessageCount": 3}""", QueueStatus.Other)]
    public void Status_may_be_a_word_a_number_or_both(string json, QueueStatus status)
    {
        var export = Assert.Single(Samples.Objects(json, new()));
        Assert.True(QueueState.Recognises(export));
        Assert.Equal(status, QueueState.Of(export)!.Status);
    }

    [Theory]
    [InlineData("""{"Identity": "Migration", "MessageCount": 3}""")]
    [InlineData("""{"Identity": "EX01\\7", "Count": 3}""")]
    public void Other_objects_with_an_identity_are_no_queues(string json) =>
        Assert.False(QueueState.Recognises(Assert.Single(Samples.Objects(json, new()))));
}
