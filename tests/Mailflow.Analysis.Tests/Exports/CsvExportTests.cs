using Mailflow.Analysis.Exports;

namespace Mailflow.Analysis.Tests.Exports;

public sealed class CsvExportTests
{
    const string Queues = "#TYPE Deserialized.Microsoft.Exchange.Data.QueueDigest.ExtensibleQueueInfo\r\n"
        + "\"Identity\",\"Status\",\"MessageCount\",\"LastError\",\"LastRetryTime\"\r\n"
        + "\"EX01\\7\",\"Retry\",\"41\",\"451 4.4.0 responded with: \"\"421 4.4.2 Connection dropped\"\"\r\nsecond line\",\"3/4/2025 10:00:26 PM\"\r\n"
        + "\"EX01\\8\",\"Ready\",\"0\",\"\",\"3/14/2025 12:00:26 AM\"\r\n";

    [Theory]
    [InlineData("utf-8", false)]
    [InlineData("utf-8", true)]
    [InlineData("utf-16", false)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", false)]
    [InlineData("utf-16BE", true)]
    public void Csv_is_read_in_every_encoding(string encoding, bool mark)
    {
        var problems = new ExportProblems();
        var objects = Samples.Objects(Samples.Encode(Queues, encoding, mark), problems);
        Assert.Equal(2, objects.Count);
        Assert.Equal("Deserialized.Microsoft.Exchange.Data.QueueDigest.ExtensibleQueueInfo", objects[0].TypeName);
        Assert.Equal("EX01\\7", objects[0]["identity"]);
        Assert.Equal("451 4.4.0 responded with: \"421 4.4.2 Connection dropped\"\r\nsecond line", objects[0]["LastError"]);
        Assert.True(objects[0].TryNumber("MessageCount", out var count));
        Assert.Equal(41, count);
        Assert.Null(objects[0]["NoSuch"]);
        Assert.Equal(["Identity", "Status", "MessageCount", "LastError", "LastRetryTime"], objects[0].Names);

        // The second row shows that the month comes first, also for the first row.
        Assert.True(objects[0].TryTime("LastRetryTime", out var time));
        Assert.Equal(new DateTime(2025, 3, 4, 22, 0, 26, DateTimeKind.Utc), time);
        Assert.True(objects[1].TryTime("LastRetryTime", out time));
        Assert.Equal(new DateTime(2025, 3, 14, 0, 0, 26, DateTimeKind.Utc), time);
        Assert.Equal(1, problems.Count(ExportProblem.LocalTime));
        Assert.Equal(1, problems.Total);
    }

    [Fact]
    public void Csv_with_a_cultures_separator_is_read()
    {
        var objects = Samples.Objects("Identity;Velocity;When\r\n\"EX01\\7\";\"-0,01\";\"04.03.2025 10:00:26\"\r\n", new());
        Assert.Equal("-0,01", objects.Single()["Velocity"]);
        Assert.True(objects[0].TryTime("When", out var time));
        Assert.Equal(new DateTime(2025, 3, 4, 10, 0, 26, DateTimeKind.Utc), time);
    }

    [Fact]
    public void Csv_rows_with_too_few_or_too_many_columns_are_read_and_reported()
    {
        var problems = new ExportProblems();
        var objects = Samples.Objects("a,b\r\n1\r\n1,2,3\r\n\r\n4,5\r\n", problems);
        Assert.Equal(["1", "1", "4"], objects.Select(o => o["a"]));
        Assert.Equal("3", objects[1]["Column3"]);
        Assert.Equal((1, 1), (problems.Count(ExportProblem.MissingColumns), problems.Total));
        Assert.Equal(new(ExportProblem.MissingColumns, 1, "1 of 2 columns"), problems.First.Single());
    }

    [Fact]
    public void Csv_with_an_unclosed_quote_is_reported_as_truncated()
    {
        var problems = new ExportProblems();
        Assert.Equal(2, Samples.Objects("a,b\r\n1,2\r\n3,\"x\r\n", problems).Count);
        Assert.Equal(1, problems.Count(ExportProblem.Truncated));
    }

    [Fact]
    public void Csv_bytes_that_are_not_text_are_counted()
    {
        var problems = new ExportProblems();
        var objects = Samples.Objects([.. "a,b\r\nM\u00fcller,2\r\n"u8.ToArray().Select(b => b == 0xC3 ? (byte)'x' : b)], problems);
        Assert.Single(objects);
        Assert.Equal(1, problems.Count(ExportProblem.WrongEncoding));
    }

    [Fact]
    public void Csv_cell_without_an_end_does_not_fill_memory()
    {
        var problems = new ExportProblems();
        Assert.Empty(Samples.Objects("a,b\r\n1,\"" + new string('x', 17 << 20), problems));
        Assert.Equal(1, problems.Count(ExportProblem.TooLong));
    }
}
