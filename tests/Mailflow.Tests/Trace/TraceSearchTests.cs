using System.Text;
using Mailflow.Analysis.Tracing;
using Mailflow.Tail;
using Mailflow.Trace;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Win32.SafeHandles;

namespace Mailflow.Tests.Trace;

/// <summary>The hard cases of a search in log files.</summary>
public sealed class TraceSearchTests : IDisposable
{
    readonly TraceBed _bed = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _bed.Dispose();

    [Fact]
    public async Task Two_messages_with_one_message_id_are_two_messages()
    {
        _bed.Write(
            "a.log",
            TraceBed.Row("12:00:00", "<1@contoso.com>", "n1", "bob@fabrikam.com"), TraceBed.Row("12:00:01", "<1@contoso.com>", "n2", "eve@fabrikam.com"));
        var both = await _bed.FindAsync(new() { MessageId = "1@contoso.com" });
        Assert.Equal(["n2", "n1"], both.Journeys.Select(j => j.NetworkMessageId));
        var one = Assert.Single((await _bed.FindAsync(new() { Recipient = "bob@fabrikam.com" })).Journeys);
        Assert.Equal(("n1", 1), (one.NetworkMessageId, one.Rows.Count));
    }

    [Fact]
    public async Task Rows_without_a_message_id_are_found_and_grouped()
    {
        _bed.Write("a.log", TraceBed.Row("12:00:00", "", "n1"), TraceBed.Row("12:00:01", "", "n1", @event: "DELIVER"), TraceBed.Row("12:00:02", "", ""));
        var result = await _bed.FindAsync(new() { Recipient = "bob@fabrikam.com" });
        Assert.Equal([1, 2], result.Journeys.Select(j => j.Rows.Count));
    }

    [Fact]
    public async Task Last_line_without_its_end_is_found_if_it_is_complete_and_never_half()
    {
        var whole = TraceBed.Row("12:00:01", "<2@contoso.com>", "n2").TrimEnd();
        _bed.WriteText("whole.log", TraceBed.Header + TraceBed.Row("12:00:00", "<1@contoso.com>", "n1") + whole);
        _bed.WriteText("half.log", TraceBed.Header + "2026-11-20T12:00:00.000Z,EX01,SMTP,RECEIVE,<3@contoso.com>,n3,bob@fabrikam.com");
        _bed.WriteText("quote.log", TraceBed.Header + "2026-11-20T12:00:00.000Z,EX01,SMTP,RECEIVE,<4@contoso.com>,n4,bob@fabrikam.com,,ann@contoso.com,\"half");
        foreach (var query in (TraceQuery[])[new() { Recipient = "bob@fabrikam.com" }, new() { Event = "RECEIVE" }])
            Assert.Equal("<2@contoso.com> <1@contoso.com>", TraceBed.Ids(await _bed.FindAsync(query)));
    }

    [Theory]
    [InlineData("%@fabrikam.com")]
    [InlineData("b_b@fabrikam.com")]
    [InlineData("*@fabrikam.com")]
    [InlineData("b[o]b@fabrikam.com")]
    [InlineData("b?b@fabrikam.com")]
    [InlineData("o'brien@fabrikam.com")]
    public async Task Characters_that_are_wildcards_elsewhere_are_plain_text(string address)
    {
        var written = address.Contains('\'', StringComparison.Ordinal) ? $"'{address.Replace("'", "''", StringComparison.Ordinal)}'" : address;
        _bed.Write("a.log", TraceBed.Row("12:00:00", "<1@contoso.com>", "n1"), TraceBed.Row("12:00:01", "<2@contoso.com>", "n2", $"{written};x@y.com"));
        Assert.Equal("<2@contoso.com>", TraceBed.Ids(await _bed.FindAsync(new() { Recipient = address })));
    }

    [Theory]
    [InlineData("bob@b\u00FCcher.example")]
    [InlineData("BOB@B\u00DCCHER.example")]
    [InlineData("bob@xn--bcher-kva.example")]
    [InlineData("@b\u00FCcher.example")]
    [InlineData("bob@b\u00FCcher.example.")]
    public async Task Domain_is_found_in_both_forms_and_in_any_case(string address)
    {
        _bed.Write(
            "a.log",
            TraceBed.Row("12:00:00", "<1@contoso.com>", "n1", "Bob@b\u00FCcher.example"),
            TraceBed.Row("12:00:01", "<2@contoso.com>", "n2", "bob@XN--Bcher-kva.example"),
            TraceBed.Row("12:00:02", "<3@contoso.com>", "n3", "bob@bucher.example"));
        Assert.Equal("<2@contoso.com> <1@contoso.com>", TraceBed.Ids(await _bed.FindAsync(new() { Recipient = address })));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Columns_that_change_inside_a_file_are_read_by_their_names(bool withText)
    {
        const string Other = "#Fields: date-time,source,event-id,network-message-id,message-id,recipient-address,sender-address,server-hostname\r\n";
        _bed.WriteText(
            "a.log",
            TraceBed.Header + TraceBed.Row("12:00:00", "<1@contoso.com>", "n1")
            + Other + "2026-11-20T12:00:01.000Z,SMTP,RECEIVE,n2,<2@contoso.com>,bob@fabrikam.com,ann@contoso.com,EX01\r\n");
        var result = await _bed.FindAsync(withText ? new() { Recipient = "bob@fabrikam.com" } : new() { Event = "RECEIVE" });
        Assert.Equal("<2@contoso.com> <1@contoso.com>", TraceBed.Ids(result));
    }

    [Fact]
    public async Task Utf16_log_is_searched_and_its_offsets_are_those_of_the_file()
    {
        var first = TraceBed.Row("12:00:00", "<1@contoso.com>", "n1", subject: "\u00FC");
        var second = TraceBed.Row("12:00:01", "<2@contoso.com>", "n2", "eve@x.com");
        var path = _bed.WriteText("a.log", TraceBed.Header + first + second, Encoding.Unicode);
        var row = Assert.Single(Assert.Single((await _bed.FindAsync(new() { Recipient = "eve@x.com" })).Journeys).Rows);
        var bytes = await File.ReadAllBytesAsync(path, Cancel);
        Assert.StartsWith("2026-11-20T12:00:01", Encoding.Unicode.GetString(bytes.AsSpan((int)row.Offset)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_after_nuls_on_its_line_is_found()
    {
        _bed.WriteText("a.log", TraceBed.Header + "2026-11-20T12:0" + new string('\0', 5000) + TraceBed.Row("12:00:01", "<1@contoso.com>", "n1"));
        Assert.Equal("<1@contoso.com>", TraceBed.Ids(await _bed.FindAsync(new() { Recipient = "bob@fabrikam.com" })));
        Assert.Equal("<1@contoso.com>", TraceBed.Ids(await _bed.FindAsync(new() { Event = "RECEIVE" })));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pages_are_disjoint_complete_and_newest_first(bool withText)
    {
        const int Messages = 57;
        for (var file = 0; file < 3; file++)
            _bed.Write(
                $"{file}.log",
                [.. Enumerable.Range(0, Messages).Where(m => m % 3 == file).SelectMany(m => (string[])
                [
                    TraceBed.Row($"12:{m:00}:00", $"<{m:00}@contoso.com>", $"n{m}"),
                    TraceBed.Row($"13:{m:00}:00", $"<{m:00}@contoso.com>", $"n{m}", @event: "DELIVER"),
                ])]);
        var query = withText ? new TraceQuery { Recipient = "bob@fabrikam.com" } : new() { Server = "EX01" };
        var seen = new List<string>();
        RowPlace? after = null;
        do
        {
            var page = await _bed.FindAsync(query, 10, after);
            Assert.All(page.Journeys, j => Assert.Equal(2, j.Rows.Count));
            seen.AddRange(page.Journeys.Select(j => j.MessageId));
            after = page.Next;
            Assert.Equal(after is not null, page.More);
        }
        while (after is not null);
        Assert.Equal(Enumerable.Range(0, Messages).Reverse().Select(m => $"<{m:00}@contoso.com>"), seen);
    }

    [Fact]
    public async Task Search_that_matches_everything_reads_only_the_end_of_the_newest_logs()
    {
        for (var hour = 0; hour < 8; hour++)
        {
            var rows = Enumerable.Range(0, 20_000)
                .Select(n => TraceBed.Row($"{hour:00}:{n / 334:00}:{n % 60:00}", $"<{hour}-{n}@contoso.com>", $"n{hour}-{n}"));
            var path = _bed.Write($"{hour}.log", [.. rows]);
            File.SetLastWriteTimeUtc(path, new(2026, 11, 20, 23, 0, 0, DateTimeKind.Utc));
        }

        var result = await _bed.FindAsync(new() { Server = "EX01" }, 5);
        Assert.Equal(5, result.Journeys.Count);
        Assert.True(result.More);
        Assert.All(result.Journeys, j => Assert.StartsWith("<7-", j.MessageId, StringComparison.Ordinal));
        // The rows of the messages are looked for in all of the logs.
        Assert.True(result.Searched.BytesRead < result.Searched.Bytes * 1.3, $"{result.Searched.BytesRead} of {result.Searched.Bytes}");
    }

    [Theory]
    [InlineData(7, 1.1)]
    [InlineData(4, 1.5)]
    [InlineData(0, 2.1)]
    public async Task Logs_that_were_read_after_the_ids_were_known_are_read_once(int place, double times)
    {
        const string Id = "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f";
        for (var hour = 0; hour < 8; hour++)
        {
            var rows = Enumerable.Range(0, 3000)
                .Select(n => TraceBed.Row($"{hour:00}:{n / 60:00}:{n % 60:00}", $"<{hour}-{n}@contoso.com>", $"n{hour}-{n}")).ToList();
            // Rows with another Message-ID, before and after those that match in their file too.
            rows.Insert(10, TraceBed.Row($"{hour:00}:00:10", hour % 2 == 0 ? "" : "<other@contoso.com>", Id.ToUpperInvariant()));
            if (hour == place)
                rows.Insert(1000, TraceBed.Row($"{hour:00}:20:00", "<wanted@contoso.com>", Id));
            rows.Add(TraceBed.Row($"{hour:00}:59:59", "<wanted-not@contoso.com>", Id));
            File.SetLastWriteTimeUtc(_bed.Write($"{hour}.log", [.. rows]), new(2026, 11, 20, hour + 1, 0, 0, DateTimeKind.Utc));
        }

        var result = await _bed.Files(limits: TraceBed.Limits with { Workers = 1 })
            .FindAsync(new() { MessageId = "wanted@contoso.com" }, 10, null, null, Cancel);
        Assert.Equal(17, Assert.Single(result.Journeys).Rows.Count);
        Assert.InRange(result.Searched.BytesRead, result.Searched.Bytes * (times - 0.4), result.Searched.Bytes * (times + 0.1));
    }

    [Fact]
    public async Task Outcome_is_that_of_the_recipient_that_was_asked_for()
    {
        _bed.Write(
            "a.log",
            TraceBed.Row("12:00:00", "<1@contoso.com>", "n1", "bob@fabrikam.com;eve@fabrikam.com"),
            TraceBed.Row("12:00:01", "<1@contoso.com>", "n1", "eve@fabrikam.com", "FAIL", status: "550 5.1.1 unknown"),
            TraceBed.Row("12:00:02", "<2@contoso.com>", "n2", "bob@fabrikam.com", "FAIL", status: "550 5.1.1 unknown"));
        Assert.Equal("<2@contoso.com>", TraceBed.Ids(await _bed.FindAsync(new() { Recipient = "bob@fabrikam.com", Outcome = Fate.Failed })));
        Assert.Equal("<1@contoso.com>", TraceBed.Ids(await _bed.FindAsync(new() { Recipient = "bob@fabrikam.com", Outcome = Fate.Pending })));
        Assert.Equal("<2@contoso.com> <1@contoso.com>", TraceBed.Ids(await _bed.FindAsync(new() { Outcome = Fate.Failed })));
    }

    [Fact]
    public async Task Rare_outcome_is_found_behind_many_other_messages()
    {
        _bed.Write(
            "a.log",
            [
                TraceBed.Row("08:00:00", "<failed@contoso.com>", "n0", @event: "FAIL", status: "550 5.1.1 unknown"),
                .. Enumerable.Range(0, 3000).Select(n => TraceBed.Row($"12:{n / 60:00}:{n % 60:00}", $"<{n}@contoso.com>", $"n-{n}", @event: "DELIVER")),
            ]);
        Assert.Equal("<failed@contoso.com>", TraceBed.Ids(await _bed.FindAsync(new() { Outcome = Fate.Failed }, 1)));
    }

    [Fact]
    public async Task Times_limit_the_rows_that_match_not_the_journey()
    {
        _bed.Write("a.log", TraceBed.Row("12:00:00", "<1@contoso.com>", "n1"), TraceBed.Row("12:30:00", "<1@contoso.com>", "n1", @event: "DELIVER"));
        DateTime At(int minute) => new(2026, 11, 20, 12, minute, 0, DateTimeKind.Utc);
        Assert.Equal(2, Assert.Single((await _bed.FindAsync(new() { Since = At(30) })).Journeys).Rows.Count);
        Assert.Equal(2, Assert.Single((await _bed.FindAsync(new() { Until = At(30) })).Journeys).Rows.Count);
        Assert.Empty((await _bed.FindAsync(new() { Since = At(31) })).Journeys);
        Assert.Empty((await _bed.FindAsync(new() { Until = At(0) })).Journeys);
    }

    [Fact]
    public async Task File_that_is_found_by_two_paths_is_searched_once()
    {
        var path = _bed.Write("a.log", TraceBed.Row("12:00:00", "<1@contoso.com>", "n1"));
        var result = await _bed.Files(paths: [_bed.Logs, path, _bed.Logs]).FindAsync(new() { Recipient = "bob@fabrikam.com" }, 10, null, null, Cancel);
        Assert.Equal((1, 1), (Assert.Single(result.Journeys).Rows.Count, result.Searched.Files));
    }

    [Fact]
    public async Task Folder_that_hangs_is_left_behind_and_named()
    {
        var here = _bed.Write("here/a.log", TraceBed.Row("12:00:00", "<1@contoso.com>", "n1"));
        var away = _bed.Write("away/b.log", TraceBed.Row("12:00:01", "<2@contoso.com>", "n2"));
        var clock = new FakeTimeProvider();
        using var asked = new ManualResetEventSlim();
        using var answers = new ManualResetEventSlim();
        SafeFileHandle Open(string path)
        {
            if (path == away)
            {
                asked.Set();
                answers.Wait(Cancel);
            }

            return FileOpener.Open(path);
        }

        var folders = new[] { here, away }.Select(p => Path.GetDirectoryName(p)!).ToArray();
        using var read = new Reads();
        var searching = TraceFiles.In(folders, new(TimeSpan.FromDays(10_000), TimeSpan.FromSeconds(5), 2), clock, Open)
            .FindAsync(new() { Recipient = "bob@fabrikam.com" }, 10, null, read, Cancel);
        await Task.Run(() => asked.Wait(Cancel), Cancel).Soon();
        // Only then: no call for the other folder can seem to hang when this clock goes on.
        await Task.Run(() => read.End.Wait(Cancel), Cancel).Soon();
        for (; !searching.IsCompleted; await Task.Yield())
            clock.Advance(TimeSpan.FromSeconds(1));

        var result = await searching.Soon();
        answers.Set();
        Assert.Equal("<1@contoso.com>", TraceBed.Ids(result));
        Assert.StartsWith(folders[1] + " did not answer for 5 s", Assert.Single(result.Incomplete), StringComparison.Ordinal);
    }

    /// <summary>Whether the end of a file was reached: the last read of a file returns nothing.</summary>
    sealed class Reads : IProgress<(long Done, long Total)>, IDisposable
    {
        int _reports;

        public ManualResetEventSlim End { get; } = new();

        public void Report((long Done, long Total) value)
        {
            if (Interlocked.Increment(ref _reports) == 2)
                End.Set();
        }

        public void Dispose() => End.Dispose();
    }
}
