using System.Globalization;
using System.Text;
using CsCheck;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Tests.Formats;

public sealed class SmtpLogTests
{
    const string Header = "#Log-type: SMTP Receive Protocol Log\r\n"
        + "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\r\n";

    public static TheoryData<string> ProtocolSamples => ["send.log", "receive.log", "broken.log"];

    [Theory]
    [MemberData(nameof(ProtocolSamples))]
    public void Restart_between_any_two_lines_keeps_session_counts(string sample)
    {
        var log = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Samples", "protocol", sample));
        Assert.True(LogHeader.TryParse(log, out var header));
        var names = new EventNames();
        var tally = new Tally { KeepsTimes = true };
        var saved = Array.Empty<byte>();
        var ends = Enumerable.Range(header.Length, log.Length - header.Length).Where(i => log[i] == '\n').Select(i => i + 1);
        var done = header.Length;
        foreach (var end in ends)
        {
            // A new process each time: only the saved sessions are kept.
            var sessions = OpenSessions.Load(saved);
            tally.Base = done;
            LogFormat.Of(header)!.Open(header, new(names), sessions)(log.AsMemory(done..end), tally);
            saved = sessions.Save();
            done = end;
        }

        Assert.Equal(TallyText.OfLog(log, offsets: false), TallyText.Of(names, tally, offsets: false));
    }

    [Fact]
    public void Session_without_its_start_is_counted_as_unknown_start()
    {
        var whole = Rows("+,,", "<,EHLO x,", "-,,Local");
        Assert.Equal(SmtpOutcome.NoMessage, Assert.Single(Read(whole, out _).Sessions).Outcome);
        Assert.Equal(SmtpOutcome.UnknownStart, Assert.Single(Read(whole.Split("\r\n", 2)[1], out _).Sessions).Outcome);
    }

    [Fact]
    public void Open_sessions_are_bounded_and_evictions_counted()
    {
        const int Extra = 100;
        var rows = new StringBuilder();
        for (var i = 0; i < OpenSessions.MaxSessions + Extra; i++)
            rows.Append(CultureInfo.InvariantCulture, $"2025-03-04T10:00:00.000Z,EX01\\D,{i:X16},0,l,r,+,,\r\n");
        // The first session was evicted: its next row starts a session with unknown start, which evicts another one.
        rows.Append("2025-03-04T10:00:00.000Z,EX01\\D,0000000000000000,1,l,r,-,,Local\r\n");
        var tally = Read(rows.ToString(), out var sessions);
        Assert.Equal(Extra + 1, tally.Sessions.Count(s => s.Outcome == SmtpOutcome.Incomplete));
        Assert.Equal(1, tally.Sessions.Count(s => s.Outcome == SmtpOutcome.UnknownStart));
        Assert.Equal(OpenSessions.MaxSessions - 1, sessions.Count);
    }

    [Fact]
    public void Endless_reply_does_not_fill_memory()
    {
        var rows = new StringBuilder();
        for (var i = 0; i < 20_000; i++)
            rows.Append(CultureInfo.InvariantCulture, $"2025-03-04T10:00:00.000Z,EX01\\D,{i % 1000:X16},{i},l,r,>,550-{new string('x', 200)},\r\n");
        var tally = Read(rows.ToString(), out var sessions);
        Assert.Empty(tally.Rejections);
        Assert.InRange(sessions.Save().Length, 1000, 600_000);
    }

    [Theory]
    [InlineData(
        "<,MAIL FROM:<a@b.example>,|<,RCPT TO:<c@d.example>,|<,DATA,|>,250 ok,|>,550 5.1.1 User unknown,|>,354 go,|>,250 taken,",
        SmtpStage.Rcpt, SmtpOutcome.PartlyRefused)]
    [InlineData("<,MAIL FROM:<a@b.example>,|>,451 4.7.1 Greylisted,", SmtpStage.Mail, SmtpOutcome.Refused)]
    [InlineData("<,DATA,|>,354 go,|>,552 5.3.4 Message size exceeds fixed limit,", SmtpStage.Data, SmtpOutcome.Refused)]
    [InlineData("<,BDAT 10,|>,250 ok,|<,BDAT 5 LAST,|>,554 5.6.0 Invalid message content,", SmtpStage.Data, SmtpOutcome.Refused)]
    [InlineData(">,421 4.3.2 Service not available,", SmtpStage.Banner, SmtpOutcome.Refused)]
    [InlineData("<,EHLO x,|>,501 5.5.4 Invalid domain name,", SmtpStage.Ehlo, SmtpOutcome.Refused)]
    [InlineData("<,STARTTLS,|>,454 4.7.0 TLS not available,", SmtpStage.Starttls, SmtpOutcome.Refused)]
    [InlineData("<,AUTH LOGIN,|>,334 x,|<,QUJD,|>,334 x,|<,REVG,|>,535 5.7.3 Authentication unsuccessful,", SmtpStage.Auth, SmtpOutcome.Refused)]
    [InlineData("<,RCPT TO:<c@d.example>,|>,250 ok,|>,421 4.4.1 Connection timed out,", SmtpStage.Rcpt, SmtpOutcome.Refused)]
    [InlineData("<,VRFY root,|>,502 5.3.3 Command not implemented,", SmtpStage.Other, SmtpOutcome.Refused)]
    public void Rejection_is_assigned_to_the_command_it_answers(string rows, SmtpStage stage, SmtpOutcome outcome)
    {
        var tally = Read(Rows(["+,,", ">,220 ready,", .. rows.Split('|'), "-,,Local"]), out var sessions);
        Assert.Equal(stage, Assert.Single(tally.Rejections).Stage);
        Assert.Equal(outcome, Assert.Single(tally.Sessions).Outcome);
        Assert.Equal(0, sessions.Count);
    }

    [Fact]
    public void Rejection_gets_the_same_diagnosis_as_a_failure()
    {
        const string Reply = "550 5.7.1 Service unavailable; Client host [203.0.113.9] blocked using zen.spamhaus.org";
        var refusal = Assert.Single(Read(Rows("+,,", $">,{Reply},"), out _).Rejections);
        Assert.Equal((Cause.Blocklisted, "zen.spamhaus.org"), (refusal.Diagnosis.Cause, refusal.Diagnosis.SubReason));
        Assert.Equal(Diagnosis.Of(Reply).Cause, refusal.Diagnosis.Cause);
    }

    [Fact]
    public void Protocol_log_readers_never_throw()
    {
        var words = Gen.OneOf(
            ",", "\"", "\r\n", "\n", "\0", "2024-01-01T00:00:00.000Z", "08DD5AB1C2D3E501", "+", "-", ">", "<", "*",
            "550", "550-", "250 ", "354", "MAIL FROM:", "RCPT", "DATA", "BDAT 1 LAST", "AUTH",
            "TLS protocol SP_PROT_TLS1_", "SMTP", "Failed connection (SocketErrorCode:", "0000274C",
            "Messages: 9 Bytes: 9", "(Retry : ", ")")
            .Select(Encoding.UTF8.GetBytes);
        foreach (var text in new[] { Header, "#Log-type: Transport Connectivity Log\n#Fields: date-time,session,source,Destination,direction,description\n" })
        {
            Assert.True(LogHeader.TryParse(Encoding.UTF8.GetBytes(text), out var header));
            Gen.OneOf(words, Gen.Byte.Array[0, 6]).Array[0, 200].Sample(pieces =>
            {
                byte[] block = [.. pieces.SelectMany(p => p)];
                var tally = new Tally { KeepsTimes = true };
                var sessions = new OpenSessions();
                LogFormat.Of(header)!.Open(header, new(new()), sessions)(block, tally);
                Assert.All(tally.Quarantined, q => Assert.InRange(q.Offset + q.Length, 0, block.Length));
                Assert.Equal(sessions.Save(), OpenSessions.Load(sessions.Save()).Save());
            }, iter: 2000);
        }
    }

    [Fact]
    public void Damaged_saved_sessions_are_loaded_partly()
    {
        Read(Rows("+,,", ">,550-one,", "<,MAIL FROM:<a@b.example>,"), out var sessions);
        var saved = sessions.Save();
        Gen.Select(Gen.Int[0, saved.Length - 1], Gen.Byte, Gen.Int[0, saved.Length]).Sample((at, value, length) =>
        {
            var damaged = saved.ToArray();
            damaged[at] = value;
            var loaded = OpenSessions.Load(damaged.AsSpan(0, length));
            Assert.InRange(loaded.Count, 0, 1);
            LogFormat.Of(HeaderOf())!
                .Open(HeaderOf(), new(new()), loaded)(Encoding.UTF8.GetBytes(Rows(">,250 ok,", "-,,Local")), new Tally { KeepsTimes = true });
        });
        Gen.Byte.Array[0, 300].Sample(bytes => Assert.InRange(OpenSessions.Load(bytes).Count, 0, 300));
    }

    static LogHeader HeaderOf()
    {
        Assert.True(LogHeader.TryParse(Encoding.UTF8.GetBytes(Header), out var header));
        return header;
    }

    /// <summary>Rows of one session, from event, data and context.</summary>
    static string Rows(params string[] rows) =>
        string.Concat(rows.Select((row, i) => string.Create(
            CultureInfo.InvariantCulture,
            $"2025-03-04T10:00:00.{i:000}Z,EX01\\Default EX01,08DD5AB1C2D3E501,{i},10.0.0.11:25,203.0.113.9:50001,{row}\r\n")));

    [Fact]
    public void Connectivity_source_of_any_length_is_counted()
    {
        var rows = string.Concat(((int[])[0, 1, 53, 54, 57, 60, 64, 70, 5000]).SelectMany(length => ((string[])["+", "-", ">"]).Select(direction =>
            $"2025-03-04T10:00:00.000Z,08DD5AB1C2D3E501,{new string('S', length)},contoso.example,{direction},text\r\n")));
        var names = new EventNames();
        var tally = new Tally { KeepsTimes = true };
        TallyText.Read(
            Encoding.UTF8.GetBytes("#Log-type: Transport Connectivity Log\r\n#Fields: date-time,session,source,Destination,direction,description\r\n" + rows),
            names, tally);
        Assert.Equal(27, tally.Rows.ToArray().Sum());
        Assert.Equal(3, tally.Rows[names.IndexOf("S|CONNECT"u8)] + tally.Rows[names.IndexOf("S|DISCONNECT"u8)] + tally.Rows[names.IndexOf("S|INFO"u8)]);
    }

    static Tally Read(string rows, out OpenSessions sessions)
    {
        var tally = new Tally { KeepsTimes = true };
        sessions = new();
        LogFormat.Of(HeaderOf())!.Open(HeaderOf(), new(new()), sessions)(Encoding.UTF8.GetBytes(rows), tally);
        Assert.Equal(-1, tally.Unreadable.IndexOfAnyExcept(0));
        return tally;
    }
}
