using Mailflow.Analysis.Tracing;

namespace Mailflow.Tests.Trace;

/// <summary>Searches over a store whose logs have changed since it was written.</summary>
public sealed class StoreTraceTests : IDisposable
{
    static readonly TraceQuery Bob = new() { Recipient = "bob@fabrikam.com" };

    readonly TraceBed _bed = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _bed.Dispose();

    [Fact]
    public async Task Rows_and_files_that_the_program_has_not_read_are_found_once()
    {
        var path = _bed.Write("a.log", TraceBed.Row("12:00:00", "<1@contoso.com>", "n1"));
        await _bed.ReadAsync(1);
        await File.AppendAllTextAsync(path, TraceBed.Row("12:00:01", "<2@contoso.com>", "n2") + "2026-11-20T12:00:02.000Z,EX01,SMTP", Cancel);
        _bed.Write("b.log", TraceBed.Row("12:00:03", "<3@contoso.com>", "n3"));
        var result = await _bed.FindInStoreAsync(Bob);
        Assert.Equal("<3@contoso.com> <2@contoso.com> <1@contoso.com>", TraceBed.Ids(result));
        Assert.All(result.Journeys, j => Assert.Single(j.Rows));
        Assert.Empty(result.Incomplete);
    }

    [Theory]
    [InlineData("12:00:05", "<9@contoso.com>")] // as long as before
    [InlineData("12:00:05", "<a longer one@contoso.com>")]
    public async Task File_that_was_replaced_is_searched_as_it_is_and_the_result_says_so(string time, string id)
    {
        var path = _bed.Write("a.log", TraceBed.Row("12:00:00", "<1@contoso.com>", "n1"), TraceBed.Row("12:00:01", "<2@contoso.com>", "n2"));
        await _bed.ReadAsync(2);
        _bed.Write("a.log", TraceBed.Row(time, id, "n9"), TraceBed.Row("12:00:01", "<2@contoso.com>", "n2"));
        var result = await _bed.FindInStoreAsync(Bob);
        Assert.Equal($"{id} <2@contoso.com>", TraceBed.Ids(result));
        Assert.StartsWith(path + " is not the file that was read", Assert.Single(result.Incomplete), StringComparison.Ordinal);
        Assert.Empty((await _bed.FindInStoreAsync(new() { MessageId = "<1@contoso.com>" })).Journeys);
    }

    [Fact]
    public async Task File_that_became_shorter_is_searched_as_it_is()
    {
        _bed.Write("a.log", TraceBed.Row("12:00:00", "<1@contoso.com>", "n1"), TraceBed.Row("12:00:01", "<2@contoso.com>", "n2"));
        await _bed.ReadAsync(2);
        _bed.Write("a.log", TraceBed.Row("12:00:00", "<1@contoso.com>", "n1"));
        var result = await _bed.FindInStoreAsync(Bob);
        Assert.Equal("<1@contoso.com>", TraceBed.Ids(result));
        Assert.Single(result.Incomplete);
    }

    [Fact]
    public async Task Renamed_file_is_searched_and_a_deleted_one_is_not_missed()
    {
        var a = _bed.Write("a.log", TraceBed.Row("12:00:00", "<1@contoso.com>", "n1"));
        var b = _bed.Write("b.log", TraceBed.Row("12:00:01", "<2@contoso.com>", "n2"));
        await _bed.ReadAsync(2);
        File.Move(a, Path.Combine(_bed.Logs, "c.log"));
        File.Delete(b);
        var result = await _bed.FindInStoreAsync(Bob);
        Assert.Equal("<1@contoso.com>", TraceBed.Ids(result));
        Assert.Empty(result.Incomplete);
    }

    [Fact]
    public async Task Columns_that_changed_inside_a_file_are_read_by_their_names()
    {
        _bed.WriteText(
            "a.log",
            TraceBed.Header + TraceBed.Row("12:00:00", "<1@contoso.com>", "n1")
            + "#Fields: date-time,source,event-id,network-message-id,message-id,recipient-address,sender-address,server-hostname\r\n"
            + "2026-11-20T12:00:01.000Z,SMTP,RECEIVE,n2,<2@contoso.com>,bob@fabrikam.com,ann@contoso.com,EX01\r\n");
        await _bed.ReadAsync(2);
        Assert.Equal("<2@contoso.com> <1@contoso.com>", TraceBed.Ids(await _bed.FindInStoreAsync(Bob)));
    }

    [Fact]
    public async Task Folder_that_is_gone_is_named()
    {
        _bed.Write("a.log", TraceBed.Row("12:00:00", "<1@contoso.com>", "n1"));
        await _bed.ReadAsync(1);
        Directory.Move(_bed.Logs, _bed.Logs + "-away");
        var result = await _bed.FindInStoreAsync(Bob);
        Assert.Empty(result.Journeys);
        Assert.Equal($"{_bed.Logs} does not exist or cannot be read: its logs are not searched.", Assert.Single(result.Incomplete));
    }

    [Fact]
    public async Task Pages_over_a_store_are_disjoint_and_complete()
    {
        _bed.Write("a.log", [.. Enumerable.Range(0, 30).Select(n => TraceBed.Row($"12:00:{n:00}", $"<{n:00}@contoso.com>", $"n{n}"))]);
        await _bed.ReadAsync(30);
        var first = await _bed.FindInStoreAsync(Bob, 20);
        var second = await _bed.FindInStoreAsync(Bob, 20, first.Next);
        Assert.Null(second.Next);
        Assert.Equal(Enumerable.Range(0, 30).Reverse().Select(n => $"<{n:00}@contoso.com>"), first.Journeys.Concat(second.Journeys).Select(j => j.MessageId));
    }
}
