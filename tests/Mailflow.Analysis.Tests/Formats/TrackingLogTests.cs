using System.Globalization;
using System.Text;
using CsCheck;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Tests.Formats;

public sealed class TrackingLogTests
{
    static readonly string[] Fields =
        ["date-time", "source", "event-id", "recipient-address", "recipient-status", "message-subject", "sender-address", "directionality", "total-bytes"];

    [Fact]
    public void Event_names_beyond_the_limit_count_as_other_and_keep_their_meaning()
    {
        var log = new StringBuilder(Header(Fields));
        for (var i = 0; i < 400; i++)
            log.Append(Row($"MADE{i}", "UP"));
        for (var i = 0; i < 3; i++)
            log.Append(Row("LATE", "FAIL", status: "550 5.1.1 User unknown"));
        var names = new EventNames();
        var tally = new Tally { KeepsTimes = true };
        TallyText.Read(Encoding.UTF8.GetBytes(log.ToString()), names, tally);
        Assert.Equal(403, Sum(tally.Rows));
        Assert.Equal(403 - (EventNames.Limit - 1), tally.Rows[EventNames.Other]);
        Assert.Equal(3, tally.Messages(Outcome.Failed, Direction.Incoming));
        Assert.Equal(3, tally.Failures.Count);
        Assert.All(tally.Failures, f => Assert.Equal("LATE", f.Source));
    }

    [Fact]
    public void Comma_in_an_event_name_does_not_change_its_meaning()
    {
        // Both rows have X, Y and FAIL in sequence; only the second is a failure.
        var log = Header(Fields) + Row("X", "\"Y,FAIL\"") + Row("\"X,Y\"", "FAIL", status: "550 5.1.1 User unknown") + Row("X", "\"Y,FAIL\"");
        var names = new EventNames();
        var tally = new Tally { KeepsTimes = true };
        TallyText.Read(Encoding.UTF8.GetBytes(log), names, tally);
        Assert.Equal(3, Sum(tally.Rows));
        Assert.Single(tally.Failures);
    }

    [Theory]
    [InlineData("{LED=550 5.1.1 User unknown};{MSG=};{FQDN=mx.example};{IP=192.0.2.1}")]
    [InlineData("550 5.1.1 User unknown")]
    [InlineData("\t550 5.1.1 User unknown\u00a0")]
    public void One_status_for_all_recipients_is_judged_once(string status)
    {
        var log = Header(Fields)
            + Row("SMTP", "FAIL", string.Join(';', Enumerable.Range(0, 2000).Select(i => $"r{i}@contoso.example")), status.Replace(';', '|'));
        var tally = new Tally { KeepsTimes = true };
        TallyText.Read(Encoding.UTF8.GetBytes(log), new(), tally);
        Assert.Equal(2000, tally.Failures.Count);
        Assert.All(tally.Failures, f => Assert.Same(tally.Failures[0].Diagnosis, f.Diagnosis));
    }

    [Fact]
    public void Reading_without_details_gives_the_same_counts()
    {
        var log = Encoding.UTF8.GetBytes(
            Header(Fields)
                + Row(
                    "SMTP", "FAIL",
                    "ann@contoso.example;'o''brien@Fabrikam.example';'x@b''c.example';nobody",
                    "'550 5.1.1 a;b';'452 4.2.2 full';;'550 5.7.1 no'"));
        var (all, sums) = (new Tally { KeepsTimes = true }, new Tally { KeepsTimes = true });
        TallyText.Read(log, new(), all);
        TallyText.Read(log, new(), sums, details: false);
        Assert.Equal(
            all.Failures.Select(f => (f.Domain, f.Diagnosis.Cause, f.Diagnosis.Enhanced, f.Deferred, f.Index)),
            sums.Failures.Select(f => (f.Domain, f.Diagnosis.Cause, f.Diagnosis.Enhanced, f.Deferred, f.Index)));
        Assert.Equal(4, sums.Failures.Count);
        Assert.Equal(["contoso.example", "fabrikam.example", "b'c.example", ""], sums.Failures.Select(f => f.Domain));
    }

    [Fact]
    public void Sample_of_reached_domains_is_kept()
    {
        var log = new StringBuilder(Header(Fields));
        log.Append(Row("SMTP", "FAIL", "a@failed.example", "550 5.1.1 User unknown"));
        for (var i = 0; i < 32; i++)
            log.Append(Row("SMTP", "SENDEXTERNAL", $"a@Sent{i}.Example;b@other.example"));
        log.Append(Row("SMTP", "SENDEXTERNAL", "no-address"));
        log.Append(Row("STOREDRIVER", "DELIVER", "a@inside.example"));
        var tally = new Tally { KeepsTimes = true };
        TallyText.Read(Encoding.UTF8.GetBytes(log.ToString()), new(), tally);
        Assert.Equal(["sent0.example"], tally.Reached);
        tally.Clear();
        Assert.Empty(tally.Reached);
    }

    [Theory]
    [InlineData("smtp", "fail", "SMTP|FAIL")]
    [InlineData("", "FAIL", "other|other")]
    [InlineData("SMTP", "", "other|other")]
    [InlineData("SM\u00dfTP", "FAIL", "other|other")]
    [InlineData("A|B", "FAIL", "other|other")]
    [InlineData("AVERYLONGSOURCEAVERYLONGSOURCEAVERYLONGSOURCE", "AVERYLONGEVENTAVERYLONGEVENT", "other|other")]
    public void Unusual_event_names_are_counted(string source, string id, string expected)
    {
        var names = new EventNames();
        var tally = new Tally { KeepsTimes = true };
        TallyText.Read(Encoding.UTF8.GetBytes(Header(Fields) + Row(source, id)), names, tally);
        Assert.Equal(1, Sum(tally.Rows));
        var (s, e) = names[tally.Rows.IndexOfAnyExcept(0)];
        Assert.Equal(expected, $"{s}|{e}");
    }

    [Fact]
    public void Block_starting_with_a_utf16_mark_loses_only_its_first_line()
    {
        Assert.True(LogHeader.TryParse(Encoding.UTF8.GetBytes(Header(Fields)), out var header));
        foreach (var mark in new byte[][] { [0xFF, 0xFE], [0xFE, 0xFF], [0xFF, 0xFE, 0, 0], [0, 0, 0xFE, 0xFF] })
        {
            var names = new EventNames();
            var tally = new Tally { KeepsTimes = true };
            var row = Encoding.UTF8.GetBytes(Row("SMTP", "FAIL", status: "550 5.1.1 User unknown"));
            LogFormat.Of(header)!.Open(header, new(names))((byte[])[.. mark, .. row, .. row], tally);
            Assert.Equal(1, tally.Unreadable[(int)Unreadable.BadDate]);
            Assert.Equal(1, tally.Messages(Outcome.Failed, Direction.Incoming));
            Assert.Equal(mark.Length + row.Length, Assert.Single(tally.Failures).Offset);
        }
    }

    [Fact]
    public void Byte_order_mark_before_a_row_loses_nothing()
    {
        Assert.True(LogHeader.TryParse(Encoding.UTF8.GetBytes(Header(Fields)), out var header));
        var tally = new Tally { KeepsTimes = true };
        var row = "\ufeff" + Row("SMTP", "FAIL", status: "550 5.1.1 User unknown");
        LogFormat.Of(header)!.Open(header, new(new()))(Encoding.UTF8.GetBytes(row + row + "\ufeff#Software: Microsoft Exchange Server\r\n" + row), tally);
        Assert.Equal(-1, tally.Unreadable.IndexOfAnyExcept(0));
        Assert.Equal(3, tally.Messages(Outcome.Failed, Direction.Incoming));
    }

    /// <summary>PowerShell takes rows of such files for headers, and the other way round: findings/import-csv-loses-the-first-message.sh.</summary>
    [Fact]
    public void A_header_among_the_rows_and_one_without_its_first_lines_cost_no_row()
    {
        var log = Header(Fields) + Row("SMTP", "FAIL", status: "550 5.1.1 User unknown");
        foreach (var text in new[] { log + log, (log + log)[log.IndexOf("#Fields", StringComparison.Ordinal)..] })
        {
            var tally = new Tally { KeepsTimes = true };
            TallyText.Read(Encoding.UTF8.GetBytes(text), new(), tally);
            Assert.Equal(-1, tally.Unreadable.IndexOfAnyExcept(0));
            Assert.Equal(2, tally.Messages(Outcome.Failed, Direction.Incoming));
        }
    }

    [Fact]
    public void Lines_starting_with_a_utf16_mark_lose_only_themselves()
    {
        Assert.True(LogHeader.TryParse(Encoding.UTF8.GetBytes(Header(Fields)), out var header));
        var tally = new Tally { KeepsTimes = true };
        var row = Encoding.UTF8.GetBytes(Row("SMTP", "FAIL", status: "550 5.1.1 User unknown"));
        LogFormat.Of(header)!.Open(header, new(new()))((byte[])[0xFF, 0xFE, .. row, 0xFE, 0xFF, .. row, .. row], tally);
        Assert.Equal(2, tally.Unreadable[(int)Unreadable.BadDate]);
        Assert.Equal([0, row.Length + 2], tally.Quarantined.Select(q => q.Offset));
        Assert.Equal(4 + (2 * row.Length), Assert.Single(tally.Failures).Offset);
    }

    [Theory]
    [InlineData("999999999999999999999999")]
    [InlineData("9223372036854775807")]
    public void Absurd_message_size_does_not_overflow_the_sum(string bytes)
    {
        var tally = new Tally { KeepsTimes = true };
        TallyText.Read(Encoding.UTF8.GetBytes(Header(Fields) + Row("SMTP", "FAIL", recipients: "a@b.example;c@d.example", bytes: bytes)), new(), tally);
        Assert.InRange(tally.MessageBytes(Outcome.Failed), 0, 1L << 40);
    }

    [Theory]
    [InlineData("", "7", 7)]
    [InlineData("", "5000", 5000)]
    [InlineData("", "5001", 1)]
    [InlineData("", "99999999999999999999", 1)]
    [InlineData("", "12 or so", 1)]
    [InlineData("", "-3", 1)]
    [InlineData("", "", 1)]
    [InlineData("a@b.example;c@d.example", "99999999999999999999", 2)]
    public void Recipient_count_without_a_list_is_accepted_up_to_a_limit(string recipients, string count, int expected)
    {
        string[] fields = [.. Fields, "recipient-count"];
        var row = Row("SMTP", "FAIL", recipients).TrimEnd() + $",{count}\r\n";
        var tally = new Tally { KeepsTimes = true };
        TallyText.Read(Encoding.UTF8.GetBytes(Header(fields) + row), new(), tally);
        Assert.Equal(expected, tally.Failures.Count);
        Assert.Equal(expected, tally.Messages(Outcome.Failed, Direction.Incoming));
    }

    [Fact]
    public void Tracking_log_reader_never_throws()
    {
        var words = Gen.OneOf(
            ",", "\"", "\"\"", ";", "'", "\r\n", "\n", "\r", "\0", "#", "2024-01-01T00:00:00.000Z", "FAIL", "DELIVER",
            "SMTP", "550 5.1.1 x", "[{LED=", "}]", ":", "=", "|", "(", "9999999999999999999")
            .Select(Encoding.UTF8.GetBytes);
        Assert.True(LogHeader.TryParse(Encoding.UTF8.GetBytes(Header(AllFields)), out var header));
        Gen.OneOf(words, Gen.Byte.Array[0, 6]).Array[0, 200].Sample(pieces =>
        {
            byte[] block = [.. pieces.SelectMany(p => p)];
            var tally = new Tally { KeepsTimes = true };
            LogFormat.Of(header)!.Open(header, new(new()))(block, tally);
            Assert.All(tally.Quarantined, q => Assert.InRange(q.Offset + q.Length, 0, block.Length));
        }, iter: 3000);
    }

    [Fact]
    public void Rows_written_by_Exchanges_rules_are_read_back()
    {
        Rows.Sample(rows =>
        {
            var (log, expected) = Write(rows);
            Assert.Equal(expected, TallyText.OfLog(Encoding.UTF8.GetBytes(log), offsets: false));
        }, iter: 500);
    }

    [Fact]
    public void Splitting_a_log_at_any_line_end_gives_the_same_tally() =>
        Gen.Select(Rows, Gen.Int[0, 1000].Array[0, 5]).Sample((rows, cuts) =>
        {
            var log = Encoding.UTF8.GetBytes(Write(rows).Log);
            Assert.True(LogHeader.TryParse(log, out var header));
            var names = new EventNames();
            var tally = new Tally { KeepsTimes = true };
            var read = LogFormat.Of(header)!.Open(header, new(names));
            var ends = Enumerable.Range(0, log.Length).Where(i => log[i] == '\n').Select(i => i + 1).ToArray();
            var done = 0;
            foreach (var cut in cuts.Select(c => ends[c % ends.Length]).Append(log.Length).Order())
            {
                tally.Base = done;
                read(log.AsMemory(done..cut), tally);
                done = cut;
            }

            Assert.Equal(TallyText.OfLog(log), TallyText.Of(names, tally));
        }, iter: 300);

    static readonly string[] AllFields =
    [
        "date-time", "client-ip", "client-hostname", "server-ip", "server-hostname", "source-context", "connector-id", "source", "event-id",
        "internal-message-id", "message-id", "network-message-id", "recipient-address", "recipient-status", "total-bytes",
        "recipient-count", "related-recipient-address", "reference", "message-subject", "sender-address", "return-path", "message-info",
        "directionality", "tenant-id", "original-client-ip", "original-server-ip", "custom-data",
    ];

    /// <summary>A generated row: any text in the fields where users can write text.</summary>
    readonly record struct Wanted(
        string Event, string[] Recipients, string[] Statuses, string Subject, string Sender, string Connector, int Bytes, string Direction);

    static readonly Gen<string> Anything = Gen.OneOf(
        Gen.String[Gen.Char["abAB,\"';\\ #@.:=|()[]{}\t"], 0, 12],
        Gen.String[Gen.Char['\u0020', '\u2fff'], 0, 8])
        .Select(s => s
            .Replace("\u007f", "", StringComparison.Ordinal)
            .Replace('\u2028', 'x')
            .Replace('\u2029', 'x')
            .Replace('\u0085', 'x'));

    static readonly Gen<Wanted[]> Rows =
        Gen.Select(
            Gen.OneOf("FAIL", "DEFER", "DELIVER", "DROP", "RECEIVE"),
            Gen.Int[1, 4].SelectMany(n => Gen.Select(Anything.Select(a => "r" + a).Array[n], Anything.Select(a => "550 5.1.1 User unknown" + a).Array[n])),
            Anything, Anything.Select(a => "s" + a), Anything, Gen.Int[0, 1_000_000], Gen.OneOf("Incoming", "Originating", ""))
        .Select(t => new Wanted(t.Item1, t.Item2.Item1, t.Item2.Item2, t.Item3, t.Item4, t.Item5, t.Item6, t.Item7))
        .Array[0, 30];

    /// <summary>Writes rows by Exchange's quoting rules, and the result that a reader must return.</summary>
    static (string Log, string Expected) Write(Wanted[] rows)
    {
        var log = new StringBuilder(Header([.. Fields, "connector-id"]));
        var tally = new Tally { KeepsTimes = true };
        var names = new EventNames();
        var time = new DateTime(2024, 5, 6, 7, 8, 9, 10, DateTimeKind.Utc);
        foreach (var row in rows)
        {
            time = time.AddMilliseconds(7);
            string[] values =
            [
                time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture), "SMTP", row.Event, List(row.Recipients),
                List(row.Statuses), row.Subject, row.Sender, row.Direction, row.Bytes.ToString(CultureInfo.InvariantCulture), row.Connector,
            ];
            log.AppendJoin(',', values.Select(Quote)).Append("\r\n");
            tally.AddRow(names.IndexOf(Encoding.ASCII.GetBytes($"SMTP|{row.Event}")), time);
            Outcome? outcome = row.Event switch
            {
                "FAIL" => Outcome.Failed,
                "DEFER" => Outcome.Deferred,
                "DELIVER" => Outcome.Delivered,
                "DROP" => Outcome.Dropped,
                _ => null,
            };
            var direction = Enum.TryParse<Direction>(row.Direction, out var d) ? d : Direction.Unknown;
            if (outcome is not { } known)
                continue;
            tally.AddMessages(known, direction, row.Recipients.Length, row.Bytes);
            if (known is Outcome.Failed or Outcome.Deferred)
                for (var i = 0; i < row.Recipients.Length; i++)
                    tally.Failures.Add(new(
                        known == Outcome.Deferred, time, "SMTP", direction, row.Recipients[i], row.Sender, "", "",
                        row.Connector, row.Subject, Mailflow.Analysis.Failures.Diagnosis.Of(row.Statuses[i]), 0, i));
        }

        return (log.ToString(), TallyText.Of(names, tally, offsets: false));
    }

    static string Quote(string value) =>
        value.Contains(',', StringComparison.Ordinal) || value.Contains('"', StringComparison.Ordinal)
            ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : value;

    static string List(string[] members) =>
        string.Join(
            ';',
            members.Select(
                m => m.Contains(';', StringComparison.Ordinal) || m.Contains('\'', StringComparison.Ordinal)
                    ? $"'{m.Replace("'", "''", StringComparison.Ordinal)}'"
                    : m));

    static string Header(string[] fields) => $"#Log-type: Message Tracking Log\r\n#Date: 2024-05-06T07:08:09.000Z\r\n#Fields: {string.Join(',', fields)}\r\n";

    static string Row(string source, string id, string recipients = "a@b.example", string status = "", string bytes = "10") =>
        $"2024-05-06T07:08:09.123Z,{source},{id},{recipients},{status},hello,s@t.example,Incoming,{bytes}\r\n";

    static long Sum(ReadOnlySpan<long> values)
    {
        long sum = 0;
        foreach (var value in values)
            sum += value;
        return sum;
    }
}
