using System.Text;
using Mailflow.Analysis.Messages;
using Mailflow.Configuration;
using Mailflow.Pipeline;

namespace Mailflow.Tests.Tail;

/// <summary>Area 3 of the fault catalogue: the bytes of a file.</summary>
public sealed class ContentTests : IDisposable
{
    readonly TailBed _bed = new();

    string Log => _bed.PathOf("a.log");

    public void Dispose() => _bed.Dispose();

    [Fact]
    public async Task C01_Line_is_read_only_once_its_end_is_written()
    {
        File.WriteAllText(Log, Logs.Header());
        var line = Logs.Row(0) + "\r\n";
        foreach (var letter in line)
        {
            Assert.Empty(await _bed.ReadAsync());
            _bed.Clock.Advance(TimeSpan.FromSeconds(10));
            Logs.Append(Log, letter.ToString());
        }

        Assert.Equal(Logs.Read(0, 1), await _bed.ReadAsync());
        Assert.Equal(1, _bed.Rows);
    }

    [Fact]
    public async Task C02_Incomplete_line_across_a_restart_is_read_once_and_whole()
    {
        File.WriteAllText(Log, Logs.Header() + Logs.Rows(0, 1) + Logs.Row(1)[..20]);
        Assert.Equal(Logs.Read(0, 1), await _bed.ReadAsync());
        _bed.Commit();
        _bed.Restart();
        Assert.Empty(await _bed.ReadAsync());
        Logs.Append(Log, Logs.Row(1)[20..] + "\r\n");
        Assert.Equal(Logs.Read(1, 1), await _bed.ReadAsync());
    }

    [Fact]
    public async Task Oversized_block_holds_one_line()
    {
        var longRow = Logs.Row(new string('x', 3 * BlockPool.BlockBytes));
        File.WriteAllText(Log, Logs.Header() + longRow + "\r\n" + Logs.Rows(0, 5000) + longRow + "\r\n");
        var lengths = new List<int>();
        _bed.OnBlock = b => lengths.Add(b is LineBlock lines ? lines.Lines.Length : 0);
        string[] expected = [longRow, .. Logs.Read(0, 5000), longRow];
        Assert.Equal(expected, await _bed.ReadAsync());
        Assert.Equal(2, lengths.Count(l => l == longRow.Length + 2));
        Assert.All(lengths, l => Assert.True(l <= BlockPool.BlockBytes || l == longRow.Length + 2));
    }

    [Fact]
    public async Task C02_Header_written_in_pieces_is_read_when_complete()
    {
        var text = Logs.Header() + Logs.Rows(0, 1);
        for (var i = 0; i < text.Length; i++)
        {
            Logs.Append(Log, text[i].ToString());
            await _bed.PollOnceAsync();
            Assert.Null(_bed.File("a.log").Problem);
        }

        Assert.Equal(Logs.Read(0, 1), await _bed.ReadAsync());
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    public async Task C03_CRLF_split_across_reads_is_one_line_end(string end)
    {
        File.WriteAllText(Log, Logs.Header().ReplaceLineEndings(end) + Logs.Row(0) + end[0]);
        var first = await _bed.ReadAsync();
        Logs.Append(Log, end[1..] + Logs.Row(1) + end);
        Assert.Equal(Logs.Read(0, 2), first.Concat(await _bed.ReadAsync()));
        Assert.Equal(2, _bed.Rows);
    }

    [Fact]
    public async Task C03_CR_alone_is_not_a_line_end()
    {
        File.WriteAllText(
            Log,
            Logs.Header().Replace("\r\n", "\r", StringComparison.Ordinal) + string.Concat(Enumerable.Range(0, 1000).Select(i => Logs.Row(i) + "\r")));
        Assert.Empty(await _bed.ReadAsync());
        Assert.True(_bed.File("a.log").Refused);
    }

    [Fact]
    public async Task C04_Byte_order_mark_is_not_part_of_the_text()
    {
        File.WriteAllText(Log, Logs.Header() + Logs.Rows(0, 3), new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal(Logs.Read(0, 3), await _bed.ReadAsync());
        Assert.Equal(new FileInfo(Log).Length, _bed.File("a.log").Offset);
        _bed.Commit();
        _bed.Restart();
        Logs.Append(Log, Logs.Rows(3, 2));
        Assert.Equal(Logs.Read(3, 2), await _bed.ReadAsync());
        Assert.Equal(0, _bed.Status.Replaced);
        Assert.True(_bed.Total.Unreadable.IndexOfAnyExcept(0) < 0);
    }

    [Fact]
    public async Task C04_Concatenated_files_are_read_whole()
    {
        const string Mark = "\ufeff";
        string[] parts =
        [
            Logs.Header() + Logs.Rows(0, 2),
            Logs.Header("2024-05-06T08:00:00.000Z", "event-id,source,date-time") + "RECEIVE,SMTP,2024-05-06T08:00:00.000Z\r\n",
            $"#Fields: {Logs.Fields}\r\n",
            Logs.Rows(2, 1),
        ];
        File.WriteAllText(Log, string.Concat(parts.Select(p => Mark + p)));
        await _bed.PollAsync();
        Assert.Equal(4, _bed.Rows);
        Assert.True(_bed.Total.Unreadable.IndexOfAnyExcept(0) < 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task C05_UTF_16_is_read_from_any_position_and_with_an_odd_last_byte(bool bigEndian)
    {
        Encoding encoding = new UnicodeEncoding(bigEndian, byteOrderMark: true);
        File.WriteAllText(Log, Logs.Header() + Logs.Rows(0, 3) + Row("ж,\"日本\""), encoding);
        string[] expected = [.. Logs.Read(0, 3), Row("ж,\"日本\"").TrimEnd()];
        Assert.Equal(expected, await _bed.ReadAsync());
        _bed.Commit();
        _bed.Restart();
        var next = encoding.GetBytes(Logs.Rows(3, 2));
        Logs.Append(Log, next.AsSpan(..51));
        Assert.Empty(await _bed.ReadAsync());
        Logs.Append(Log, next.AsSpan(51..));
        Assert.Equal(Logs.Read(3, 2), await _bed.ReadAsync());
        Assert.Equal(new FileInfo(Log).Length, _bed.File("a.log").Offset);
        Assert.Equal(0, _bed.Status.Replaced);

        static string Row(string id) => Logs.Row(id) + "\r\n";
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task C05_Failure_in_UTF_16_has_its_offset_in_the_file(bool bigEndian)
    {
        Encoding encoding = new UnicodeEncoding(bigEndian, byteOrderMark: true);
        const string Fields = "date-time,source,event-id,recipient-address,recipient-status,message-subject";
        const string First = "2024-05-06T07:08:09.123Z,SMTP,RECEIVE,a@b.example,,日本 🚀\r\n";
        const string Second = "2024-05-06T07:08:09.124Z,SMTP,FAIL,a@b.example,550 5.1.1 User unknown,жж\r\n";
        File.WriteAllText(Log, Logs.Header(fields: Fields) + First + Second, encoding);
        await _bed.PollAsync();
        var failure = Assert.Single(_bed.Total.Failures);
        var step = Assert.Single(_bed.Steps);
        Assert.Equal(2 + (2 * (Logs.Header(fields: Fields).Length + First.Length)), step.Offset + failure.Offset);
        Assert.Equal("жж", failure.Subject);
    }

    [Fact]
    public async Task C06_Invalid_UTF_8_loses_no_row()
    {
        File.WriteAllText(Log, Logs.Header());
        Logs.Append(
            Log,
            [.. Encoding.UTF8.GetBytes(Logs.Row("x")), 0xC3, 0x28, 0xFF, 0x80, (byte)'\r', (byte)'\n', .. Encoding.UTF8.GetBytes(Logs.Rows(1, 1))]);
        var lines = await _bed.ReadAsync();
        Assert.Equal(2, lines.Length);
        Assert.Equal(2, _bed.Rows);
        Assert.Equal(new FileInfo(Log).Length, _bed.File("a.log").Offset);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(300_000)]
    [InlineData(3_000_000)]
    public async Task C07_NULs_at_the_end_are_skipped_until_overwritten(int nuls)
    {
        File.WriteAllText(Log, Logs.Header() + Logs.Rows(0, 2) + Logs.Row(2)[..10]);
        var end = new FileInfo(Log).Length;
        Logs.Append(Log, new byte[nuls]);
        Assert.Equal(Logs.Read(0, 2), await _bed.ReadAsync());
        Assert.Equal(0, _bed.Total.Unreadable[(int)Unreadable.NulBytes]);
        await using (var file = new FileStream(Log, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Position = end;
            file.Write(Encoding.UTF8.GetBytes(Logs.Row(2)[10..] + "\r\n" + Logs.Rows(3, 2)));
        }

        File.SetLastWriteTimeUtc(Log, File.GetLastWriteTimeUtc(Log).AddMilliseconds(10));
        Assert.Equal(Logs.Read(2, 3), (await _bed.ReadAsync()).Where(l => l[0] != '\0'));
        Assert.Equal(5, _bed.Rows);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1000, false)]
    [InlineData(300_000, false)]
    [InlineData(9_000_000, false)]
    [InlineData(1000, true)]
    [InlineData(300_000, true)]
    [InlineData(9_000_000, true)]
    public async Task C07_NULs_in_the_middle_are_counted_and_lines_around_them_read(int nuls, bool afterATornLine)
    {
        File.WriteAllText(Log, Logs.Header() + Logs.Rows(0, 2) + (afterATornLine ? Logs.Row(99)[..30] : ""));
        await _bed.PollAsync();
        Logs.Append(Log, [.. new byte[nuls], .. Encoding.UTF8.GetBytes(Logs.Rows(2, 3))]);
        await _bed.PollAsync();
        Assert.Equal(5, _bed.Rows);
        Assert.Equal(1, _bed.Total.Unreadable[(int)Unreadable.NulBytes]);
        Assert.Equal(0, _bed.Total.Unreadable[(int)Unreadable.TooFewColumns]);
        Assert.Equal(new FileInfo(Log).Length, _bed.File("a.log").Offset);
    }

    [Theory]
    [InlineData("2024-05-06T07:08:09.123Z,SM\0TP,RECEIVE,x")]
    [InlineData("2024-05-06T07:08:09.123Z\0,SMTP\0\0,RECEIVE,\0x")]
    [InlineData("2024-05-06T07:08:09.123Z,SMTP,RECEIVE,x\0")]
    [InlineData("\0today,SMTP")]
    public async Task C07_Line_with_NULs_counts_once(string line)
    {
        File.WriteAllText(Log, Logs.Header() + Logs.Rows(0, 2) + line + "\r\n" + Logs.Rows(2, 2));
        await _bed.PollAsync();
        Assert.Equal(4, _bed.Rows);
        Assert.Equal(1, _bed.Total.Unreadable[(int)Unreadable.NulBytes]);
        Assert.Equal(1, Enum.GetValues<Unreadable>().Sum(r => _bed.Total.Unreadable[(int)r]));
    }

    [Fact]
    public async Task C07_File_of_only_NULs_is_not_read_yet()
    {
        File.WriteAllBytes(Log, new byte[100_000]);
        Assert.Empty(await _bed.ReadAsync());
        Assert.False(_bed.File("a.log").Refused);
        File.WriteAllText(Log, Logs.Header() + Logs.Rows(0, 1));
        Assert.Equal(Logs.Read(0, 1), await _bed.ReadAsync());
    }

    [Theory]
    [InlineData(10_000_000, 1)]
    [InlineData(10_000_000, 7)]
    [InlineData(1_000_000, 3)]
    public async Task C08_Too_long_line_is_counted_and_skipped(int length, int pieces)
    {
        using var bed = new TailBed(new TailOptions { MaxLineBytes = 512 * 1024 });
        var path = bed.PathOf("a.log");
        File.WriteAllText(path, Logs.Header() + Logs.Rows(0, 2));
        for (var i = 0; i < pieces; i++)
        {
            Logs.Append(path, new string('x', length / pieces));
            await bed.PollAsync();
        }

        Logs.Append(path, "\r\n" + Logs.Rows(2, 2));
        Assert.Equal(Logs.Read(0, 4), await bed.ReadAsync());
        Assert.Equal(1, bed.Total.Unreadable[(int)Unreadable.LineTooLong]);
        Assert.Equal(new FileInfo(path).Length, bed.File("a.log").Offset);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task C08_Too_long_line_in_UTF_16_with_an_odd_file_size_is_skipped(bool bigEndian)
    {
        using var bed = new TailBed(new TailOptions { MaxLineBytes = 100_000 });
        var path = bed.PathOf("a.log");
        Encoding encoding = new UnicodeEncoding(bigEndian, byteOrderMark: true);
        File.WriteAllText(path, Logs.Header() + Logs.Rows(0, 2), encoding);
        var line = encoding.GetBytes(new string('x', 900_000) + "\r\n" + Logs.Rows(2, 2));
        foreach (var piece in line.Chunk(333_333))
        {
            Logs.Append(path, piece);
            await bed.PollAsync();
        }

        Assert.Equal(Logs.Read(0, 4), bed.Lines);
        Assert.Equal(1, bed.Total.Unreadable[(int)Unreadable.LineTooLong]);
    }

    [Fact]
    public async Task C08_Line_below_the_limit_is_read()
    {
        var long1 = Logs.Row(new string('y', 3_500_000));
        File.WriteAllText(Log, Logs.Header() + Logs.Rows(0, 1) + long1 + "\r\n" + Logs.Rows(1, 1));
        string[] expected = [Logs.Row(0), long1, Logs.Row(1)];
        Assert.Equal(expected, await _bed.ReadAsync());
        Assert.Equal(3, _bed.Rows);
    }

    [Fact]
    public async Task C08_File_truncated_while_a_long_line_is_skipped_is_a_new_file()
    {
        using var bed = new TailBed(new TailOptions { MaxLineBytes = 300_000 });
        var path = bed.PathOf("a.log");
        File.WriteAllText(path, Logs.Header() + Logs.Rows(0, 2) + new string('x', 2_000_000));
        Assert.Equal(Logs.Read(0, 2), await bed.ReadAsync());
        Logs.Truncate(path);
        Logs.Append(path, Logs.Header("2024-05-06T09:00:00.000Z") + Logs.Rows(2, 20));
        Assert.Equal(Logs.Read(2, 20), await bed.ReadAsync());
        Assert.Equal(1, bed.Status.Replaced);
    }

    [Fact]
    public async Task C08_Too_long_line_across_a_restart_counts_once()
    {
        using var bed = new TailBed(new TailOptions { MaxLineBytes = 300_000 });
        var path = bed.PathOf("a.log");
        File.WriteAllText(path, Logs.Header() + Logs.Rows(0, 2) + new string('x', 2_000_000));
        await bed.PollAsync();
        bed.Commit();
        bed.Restart();
        Logs.Append(path, "\r\n" + Logs.Rows(2, 1));
        Assert.Equal(Logs.Read(0, 3), await bed.ReadAsync());
        Assert.Equal(1, bed.Total.Unreadable[(int)Unreadable.LineTooLong]);
    }

    [Fact]
    public async Task C09_C10_Columns_changed_in_the_middle_are_kept_across_a_restart()
    {
        const string Swapped = "message-id,event-id,source,date-time,new-column";
        File.WriteAllText(
            Log,
            Logs.Header() + Logs.Rows(0, 2) + Logs.Header("2024-05-06T08:00:00.000Z", Swapped) + "1,RECEIVE,SMTP,2024-05-06T08:00:00.000Z,x\r\n");
        await _bed.PollAsync();
        Assert.Equal(3, _bed.Rows);
        _bed.Commit();
        _bed.Restart();
        Logs.Append(Log, "2,RECEIVE,SMTP,2024-05-06T08:00:01.000Z,x\r\n");
        await _bed.PollAsync();
        Assert.Equal(4, _bed.Rows);
        Assert.True(_bed.Total.Unreadable.IndexOfAnyExcept(0) < 0);
        // Once more, with only the position of that restart.
        _bed.Commit();
        _bed.Restart();
        Logs.Append(Log, "3,RECEIVE,SMTP,2024-05-06T08:00:02.000Z,x\r\n" + Logs.Header() + Logs.Rows(3, 1));
        await _bed.PollAsync();
        _bed.Commit();
        _bed.Restart();
        Logs.Append(Log, Logs.Rows(4, 1));
        await _bed.PollAsync();
        Assert.Equal(7, _bed.Rows);
        Assert.True(_bed.Total.Unreadable.IndexOfAnyExcept(0) < 0);
        Assert.Equal(0, _bed.Status.Replaced);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task C09_Columns_changed_in_UTF_16_are_kept_across_a_restart(bool bigEndian)
    {
        Encoding encoding = new UnicodeEncoding(bigEndian, byteOrderMark: true);
        File.WriteAllText(
            Log,
            Logs.Header() + Logs.Row("жжж") + "\r\n" + Logs.Header(fields: "event-id,source,date-time") + "RECEIVE,SMTP,2024-05-06T08:00:00.000Z\r\n",
            encoding);
        await _bed.PollAsync();
        _bed.Commit();
        _bed.Restart();
        Logs.Append(Log, encoding.GetBytes("RECEIVE,SMTP,2024-05-06T08:00:01.000Z\r\n"));
        await _bed.PollAsync();
        Assert.Equal(3, _bed.Rows);
    }

    [Fact]
    public async Task C09_Changed_columns_are_kept_while_many_other_files_are_read()
    {
        File.WriteAllText(Log, Logs.Header() + Logs.Header(fields: "event-id,source,date-time") + "RECEIVE,SMTP,2024-05-06T08:00:00.000Z\r\n");
        await _bed.PollAsync();
        for (var i = 0; i < 1100; i++)
            File.WriteAllText(_bed.PathOf($"b{i}.log"), Logs.Header($"2024-05-06T07:00:00.{i:0000}Z") + Logs.Rows(i, 1));
        await _bed.PollAsync();
        Logs.Append(Log, "RECEIVE,SMTP,2024-05-06T08:00:01.000Z\r\n");
        await _bed.PollAsync();
        Assert.Equal(1102, _bed.Rows);
        Assert.True(_bed.Total.Unreadable.IndexOfAnyExcept(0) < 0);
        _bed.Commit();
        _bed.Restart();
        Logs.Append(Log, "RECEIVE,SMTP,2024-05-06T08:00:02.000Z\r\n");
        await _bed.PollAsync();
        Assert.Equal(1103, _bed.Rows);
    }

    [Fact]
    public async Task C11_Row_of_column_names_is_skipped()
    {
        File.WriteAllText(Log, Logs.Header() + Logs.Fields + "\r\n" + Logs.Rows(0, 1));
        await _bed.PollAsync();
        Assert.Equal(1, _bed.Rows);
        Assert.True(_bed.Total.Unreadable.IndexOfAnyExcept(0) < 0);
    }

    [Theory]
    [InlineData("2024-05-06T07:08:09.123Z,SMTP", Unreadable.TooFewColumns)]
    [InlineData("2024-05-06T07:08:09.123Z,SMTP,FAIL,x,y", Unreadable.TooManyColumns)]
    [InlineData("2024-05-06T07:08:09.123Z,SMTP,\"FAIL,x", Unreadable.UnclosedQuote)]
    [InlineData("today,SMTP,FAIL,x", Unreadable.BadDate)]
    [InlineData("\"a\r\nb\"", Unreadable.UnclosedQuote)]
    public async Task C12_C13_Unreadable_line_is_counted_with_its_reason(string line, Unreadable reason)
    {
        File.WriteAllText(Log, Logs.Header() + Logs.Rows(0, 2) + line + "\r\n" + Logs.Rows(2, 2));
        await _bed.PollAsync();
        Assert.Equal(4, _bed.Rows);
        Assert.InRange(_bed.Total.Unreadable[(int)reason], 1, 2);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n\r\n\n")]
    [InlineData("#Software: Microsoft Exchange Server\r\n")]
    public async Task C14_Empty_file_is_no_error_and_opened_once(string text)
    {
        File.WriteAllText(Log, text);
        Assert.Empty(await _bed.ReadAsync());
        Assert.Null(_bed.File("a.log").Problem);
        Assert.False(await _bed.PollOnceAsync());
        Logs.Append(Log, Logs.Header() + Logs.Rows(0, 1));
        Assert.Equal(Logs.Read(0, 1), await _bed.ReadAsync());
    }

    [Fact]
    public async Task C14_Empty_lines_between_rows_are_skipped()
    {
        File.WriteAllText(Log, Logs.Header() + Logs.Rows(0, 1) + "\r\n\r\n\n" + Logs.Rows(1, 1));
        Assert.Equal(Logs.Read(0, 2), await _bed.ReadAsync());
        Assert.Equal(2, _bed.Rows);
        Assert.True(_bed.Total.Unreadable.IndexOfAnyExcept(0) < 0);
    }

    [Fact]
    public async Task C15_File_with_dates_in_the_future_or_distant_past_is_read()
    {
        File.WriteAllText(
            Log, Logs.Header("2099-01-01T00:00:00.000Z") + "2099-01-01T00:00:00.000Z,SMTP,RECEIVE,1\r\n1601-01-01T00:00:00.000Z,SMTP,RECEIVE,2\r\n");
        File.SetLastWriteTimeUtc(Log, DateTime.UtcNow.AddYears(10));
        File.WriteAllText(_bed.PathOf("b.log"), Logs.Header() + Logs.Rows(0, 1));
        File.SetLastWriteTimeUtc(_bed.PathOf("b.log"), DateTime.UnixEpoch.AddYears(1));
        Assert.Equal(3, (await _bed.ReadAsync()).Length);
        Assert.Equal(3, _bed.Rows);
    }

    [Theory]
    [InlineData(
        "#Software: Microsoft Exchange Server\r\n#Version: 15.02\r\n#Log-type: EWS Logs\r\n#Date: 2024-01-01T00:00:00.000Z\r\n"
        + "#Fields: DateTime,RequestId\r\n2024,1\r\n",
        "EWS Logs")]
    [InlineData("line one\r\nline two\r\n", "no #Fields: header")]
    [InlineData("2024-05-06T07:08:09.123Z,SMTP,RECEIVE,1\r\n2024-05-06T07:08:09.123Z,SMTP,RECEIVE,2\r\n", "no #Fields: header")]
    public async Task Unknown_file_is_reported_and_not_counted_as_unread(string text, string reason)
    {
        File.WriteAllText(Log, text);
        File.WriteAllText(_bed.PathOf("b.log"), Logs.Header() + Logs.Rows(0, 1));
        Assert.Equal(Logs.Read(0, 1), await _bed.ReadAsync());
        var file = _bed.File("a.log");
        Assert.True(file.Refused);
        Assert.Contains(reason, file.Problem, StringComparison.Ordinal);
        Assert.Null(_bed.Status.Headroom);
    }

    [Fact]
    public async Task Binary_file_named_like_a_log_is_not_read()
    {
        File.WriteAllBytes(Log, System.Security.Cryptography.RandomNumberGenerator.GetBytes(200_000));
        File.WriteAllBytes(_bed.PathOf("b.log"), [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0]);
        Assert.Empty(await _bed.ReadAsync());
        Assert.All(_bed.Files, f => Assert.True(f.Refused));
    }
}
