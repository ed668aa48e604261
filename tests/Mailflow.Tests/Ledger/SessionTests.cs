using System.Globalization;
using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Mailflow.Pipeline;
using Mailflow.Read;

namespace Mailflow.Tests.Ledger;

/// <summary>SMTP sessions that are open when the process ends and continue in the next one.</summary>
public sealed class SessionTests
{
    static readonly ServerName EX1 = new("EX1");

    static readonly string[] Session =
    [
        "+,,", ">,220 ready,", "<,EHLO x,", ">,250 hello,", "*,,TLS protocol SP_PROT_TLS1_2_SERVER negotiation succeeded",
        "<,MAIL FROM:<a@b.example>,", "<,RCPT TO:<c@d.example>,",
        ">,250 ok,", ">,550-5.1.1 User,", ">,550 5.1.1 unknown,", "<,DATA,", ">,354 go,", ">,250 2.6.0 Queued,", "-,,Local",
    ];

    [Fact]
    public async Task Restart_at_any_point_keeps_session_counts()
    {
        for (var cut = 1; cut < Session.Length; cut++)
        {
            using var bed = new LedgerBed();
            var (first, second) = (Rows(0, cut), Rows(cut, Session.Length));
            await bed.CommitAsync(await ReadAsync(bed, FileOf(null), 0, first));
            bed.Restart();
            var position = Assert.Single(bed.Store.LoadFiles());
            Assert.Equal(first.Length, position.Offset);
            await bed.CommitAsync(await ReadAsync(bed, FileOf(position.Sessions), first.Length, second));

            Assert.Equal([new((SmtpDirection.Receive, SmtpOutcome.PartlyRefused, TlsVersion.Tls12, EX1), 1)], Some(bed, Counters.SmtpSessions));
            Assert.Equal([new((SmtpDirection.Receive, SmtpStage.Rcpt, Cause.InvalidRecipient, EX1), 1)], Some(bed, Counters.SmtpRefusals));
            Assert.Equal(0, bed.Scalar("SELECT count(*) FROM sessions"));
        }
    }

    [Fact]
    public async Task Uncommitted_rows_are_reread_with_the_sessions_open_before_them()
    {
        using var bed = new LedgerBed();
        var (first, lost) = (Rows(0, 7), Rows(7, Session.Length));
        await bed.CommitAsync(await ReadAsync(bed, FileOf(null), 0, first));
        // Read, but the process dies before the commit: in the store the session is still open.
        await ReadAsync(bed, FileOf(Assert.Single(bed.Store.LoadFiles()).Sessions), first.Length, lost);
        bed.Restart();
        Assert.Empty(Some(bed, Counters.SmtpSessions));
        Assert.Equal(1, bed.Scalar("SELECT count(*) FROM sessions"));
        await bed.CommitAsync(await ReadAsync(bed, FileOf(Assert.Single(bed.Store.LoadFiles()).Sessions), first.Length, lost));
        Assert.Equal([new((SmtpDirection.Receive, SmtpOutcome.PartlyRefused, TlsVersion.Tls12, EX1), 1)], Some(bed, Counters.SmtpSessions));
    }

    [Fact]
    public async Task Saved_sessions_are_only_used_at_their_offset()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(await ReadAsync(bed, FileOf(null), 0, Rows(0, 3)));
        var sessions = Assert.Single(bed.Store.LoadFiles()).Sessions;
        await bed.CommitAsync(await ReadAsync(bed, FileOf(sessions), sessions!.Offset + 1000, Rows(3, Session.Length)));
        Assert.Equal([new((SmtpDirection.Receive, SmtpOutcome.UnknownStart, TlsVersion.Tls12, EX1), 1)], Some(bed, Counters.SmtpSessions));
    }

    [Fact]
    public async Task Next_hop_labels_are_bounded()
    {
        using var bed = new LedgerBed();
        var delta = await bed.DeltaAsync();
        for (var i = 0; i < 3 * Labels.MaxDestinations; i++)
            delta.Tally.Connections.Add(new(ConnectionSource.Smtp, ConnectionOutcome.Connected, -1, $"d{i}.example", 1, 10, null));
        delta.Tally.Connections.Add(new(ConnectionSource.Smtp, ConnectionOutcome.Refused, 11, "D0.EXAMPLE", 0, 0, Cause.NetworkFailure));
        delta.Tally.Connections.Add(new(ConnectionSource.Smtp, ConnectionOutcome.Connected, -1, "someone@example.com", 0, 0, null));
        await bed.CommitAsync(delta);
        bed.Restart();
        var again = await bed.DeltaAsync(offset: 100, end: 200);
        again.Tally.Connections.Add(new(ConnectionSource.Smtp, ConnectionOutcome.Connected, -1, "new.example", 1, 10, null));
        await bed.CommitAsync(again);

        var hops = Some(bed, Counters.DestinationConnections);
        Assert.Equal(Labels.MaxDestinations + 1, hops.Select(h => h.Key.Destination.Value).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Equal((2 * Labels.MaxDestinations) + 2, hops.Single(h => h.Key.Destination.Value == "other").Value);
        Assert.Contains(new((new("d0.example"), ConnectionOutcome.Refused), 1), hops);
        Assert.Equal((3 * Labels.MaxDestinations) + 1, bed.Sum(Counters.DestinationMessages));
        Assert.Equal(1, bed.Sum(Counters.SocketErrors));
        Assert.Equal(1, bed.Sum(Counters.ConnectionRetries));
    }

    [Fact]
    public async Task Failure_finds_the_rejection_in_its_session()
    {
        using var bed = new LedgerBed();
        var delta = await bed.DeltaAsync(failures: 3);
        delta.Tally.Failures[0] = delta.Tally.Failures[0] with { Session = "08DD5AB1C2D3E501" };
        delta.Tally.Failures[1] = delta.Tally.Failures[1] with { Session = "08DD5AB1C2D3E502" };
        delta.Tally.Rejections.Add(Refusal("08DD5AB1C2D3E501", SmtpStage.Mail, "452 4.2.2 Mailbox full"));
        delta.Tally.Rejections.Add(Refusal("08DD5AB1C2D3E501", SmtpStage.Rcpt, "550 5.1.1 User unknown"));
        await bed.CommitAsync(delta);
        bed.Restart();

        using var history = new History(bed.Store);
        var found = history.Newest(LedgerBed.Noon.AddHours(-1), LedgerBed.Noon.AddHours(1), 10).OrderBy(f => f.Recipient, StringComparer.Ordinal).ToList();
        Assert.Equal(["08DD5AB1C2D3E501", "08DD5AB1C2D3E502", ""], found.Select(f => f.Session));
        Assert.Equal([new SessionReply("rcpt", "1.2", "203.0.113.9:25"), null, null], found.Select(f => f.Reply));
        using var outbox = new Outbox(bed.Store, "test");
        Assert.Equal(["08DD5AB1C2D3E501", "08DD5AB1C2D3E502", ""], outbox.Read(10).Select(e => e.Session));
    }

    [Fact]
    public async Task Rejections_and_sessions_are_bounded()
    {
        using var bed = new LedgerBed();
        for (var i = 0; i < 3; i++)
        {
            var delta = await bed.DeltaAsync(
                offset: i * 100, end: (i + 1) * 100, failures: 1, server: i == 0 ? "EX1" : "EX2", time: LedgerBed.Noon.AddDays(-40));
            delta.Tally.Failures[0] = delta.Tally.Failures[0] with { Session = $"08DD5AB1C2D3E50{i}" };
            for (var r = 0; r < Store.MaxReplies; r++)
                delta.Tally.Rejections.Add(Refusal($"08DD5AB1C2D3E50{i}", SmtpStage.Rcpt, "550 5.1.1 User unknown"));
            await bed.CommitAsync(delta);
        }

        bed.Store.Prune(LedgerBed.Noon, TimeSpan.FromDays(30), long.MaxValue);
        Assert.Equal(0, bed.Scalar("SELECT count(*) FROM event_sessions"));
        Assert.Equal(Store.MaxReplies, bed.Scalar("SELECT count(*) FROM smtp_refusals WHERE server = 'EX1'"));
        Assert.Equal(Store.MaxReplies, bed.Scalar("SELECT count(*) FROM smtp_refusals WHERE server = 'EX2' AND session = '08DD5AB1C2D3E502'"));
        bed.Store.Prune(LedgerBed.Noon.AddDays(31), TimeSpan.FromDays(30), long.MaxValue);
        Assert.Equal(0, bed.Scalar("SELECT count(*) FROM smtp_refusals"));
    }

    static RejectingReply Refusal(string session, SmtpStage stage, string status) =>
        new(SmtpDirection.Send, stage, LedgerBed.Noon.UtcDateTime, session, "Internet", "203.0.113.9:25", TlsVersion.Tls12, Diagnosis.Of(status));

    static List<CellValue<TKey>> Some<TKey>(LedgerBed bed, Counter<TKey> counter)
        where TKey : notnull => [.. bed.Committer.Current.Cells.Of(counter).Where(c => c.Value > 0)];

    static byte[] Rows(int from, int to) => Encoding.UTF8.GetBytes(string.Concat(Session[from..to].Select((row, i) => string.Create(
        CultureInfo.InvariantCulture, $"2025-03-04T10:00:00.000Z,EX1\\Default EX1,08DD5AB1C2D3E501,{from + i},10.0.0.11:25,203.0.113.9:50001,{row}\r\n"))));

    static TrackedFile FileOf(SavedSessions? sessions)
    {
        var text = "#Log-type: SMTP Receive Protocol Log\n"u8
            + "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\n"u8;
        Assert.True(LogHeader.TryParse(text, out var header));
        return new(1, "root", "RECV20250304-1.LOG", 11, 22, 33, 1, header, 0, TextEncoding.Utf8, LogFormat.Of(header)!, null) { Sessions = sessions };
    }

    /// <summary>A reader of a new process.</summary>
    static async Task<RowDelta> ReadAsync(LedgerBed bed, TrackedFile file, long offset, byte[] rows)
    {
        using var pool = new BlockPool(1_000_000);
        var block = new LineBlock(file, offset, rows, 0, rows.Length, offset + rows.Length, 0, 0);
        return new Reader(bed.Names, new(), pool, bed.Pool, bed.Clock, new()).Read(block, await bed.Pool.RentAsync(CancellationToken.None));
    }
}
