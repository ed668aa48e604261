using System.Globalization;
using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Tests.Formats;

/// <summary>Reads a whole log in memory and writes the tally as text.</summary>
static class TallyText
{
    /// <summary>Reads the log as one block.</summary>
    public static string OfLog(byte[] log, bool offsets = true)
    {
        var names = new EventNames();
        var tally = new Tally { KeepsTimes = true };
        Read(log, names, tally);
        return Of(names, tally, offsets);
    }

    public static void Read(byte[] log, EventNames names, Tally tally, bool details = true)
    {
        Assert.True(LogHeader.TryParse(log, out var header), "no header");
        var format = LogFormat.Of(header);
        Assert.NotNull(format);
        format.Open(header, new(names, details))(log.AsMemory(LogHeader.ByteOrderMarkLength(log)), tally);
    }

    public static string Of(EventNames names, Tally tally, bool offsets = true)
    {
        var text = new StringBuilder();
        Section("rows", Enumerable.Range(0, tally.Rows.Length).Where(i => tally.Rows[i] > 0)
            .Select(i => Line($"{names[i].Source}|{names[i].Event} {tally.Rows[i]}")).Order(StringComparer.Ordinal));
        Section("messages",
            from outcome in Enum.GetValues<Outcome>()
            from direction in Enum.GetValues<Direction>()
            let count = tally.Messages(outcome, direction)
            where count > 0
            select Line($"{outcome.Name()}|{direction.Name()} {count}"));
        Section("bytes",
            from outcome in Enum.GetValues<Outcome>()
            where tally.MessageBytes(outcome) > 0
            select Line($"{outcome.Name()} {tally.MessageBytes(outcome)}"));
        Section("noise", Enum.GetValues<Noise>().Where(n => tally.Noise[(int)n] > 0).Select(n => Line($"{n.Name()} {tally.Noise[(int)n]}")));
        Section(
            "unreadable",
            Enum.GetValues<Unreadable>().Where(u => tally.Unreadable[(int)u] > 0).Select(u => Line($"{u.Name()} {tally.Unreadable[(int)u]}")));
        if (offsets)
            Section("quarantined", tally.Quarantined.Select(q => Line($"{q.Reason.Name()} {q.Offset}+{q.Length}")));
        Section("failures", tally.Failures.Where(f => !f.Deferred).Select(f => Line(f, offsets)));
        Section("deferrals", tally.Failures.Where(f => f.Deferred).Select(f => Line(f, offsets)));
        Section("latencies", tally.Latencies.Select(l => Line($"{l.Outcome.Name()} {l.Milliseconds}")));
        Section("stages", tally.Stages.Select(s => Line($"{s.Stage.Name()} {s.Milliseconds}")));
        Section(
            "connections",
            tally.Connections.Select(c => Line(
                $"{c.Source.Name()} {c.Outcome?.Name() ?? "end"} {(c.Error < 0 ? "-" : WinsockErrors.All[c.Error].Name)} to '{c.Destination}' ",
                $"{c.Sent} messages {c.Bytes} bytes retry {c.Retry?.Name() ?? "-"}")));
        Section("sessions", tally.Sessions.Select(s => Line($"{s.Direction.Name()} {s.Outcome.Name()} tls {s.Tls.Name()}")));
        Section("failed tls", tally.FailedTls.Select(
            f => Line($"{f.Time:HH:mm:ss.fff} {f.Direction.Name()} {TlsErrors.All[f.Error].Name} connector '{f.Connector}'")));
        Section("agents", tally.AgentRefusals.Select(a => Line($"{a.Agent.Name()} {a.Cause.Name()}")));
        Section(
            "refusals",
            tally.Rejections.Select(r => Line(
                $"{r.Time:HH:mm:ss.fff} {r.Direction.Name()} {r.Stage.Name()} {r.Diagnosis.Cause.Name()} session {r.Session} tls {r.Tls.Name()} ",
                $"connector '{r.Connector}' remote {r.Remote} text '{r.Diagnosis.Text}'")));
        Section("time", tally.Newest == default ? [] : [Line($"{tally.Oldest:O} to {tally.Newest:O}")]);
        Section("server", tally.Server is null ? [] : [tally.Server]);
        return text.ToString();

        void Section(string name, IEnumerable<string> lines)
        {
            foreach (var line in lines)
                text.Append(CultureInfo.InvariantCulture, $"{name}: {line}\n");
        }
    }

    static string Line(params FormattableString[] parts) => string.Concat(parts.Select(p => p.ToString(CultureInfo.InvariantCulture)));

    static string Line(Failure failure, bool offsets)
    {
        var diagnosis = failure.Diagnosis;
        var place = offsets ? $" at {failure.Offset}#{failure.Index}" : $" #{failure.Index}";
        return Line(
            $"{failure.Time:HH:mm:ss.fff} {failure.Source} {failure.Direction.Name()} {diagnosis.Cause.Name()} ",
            $"{diagnosis.Smtp?.ToString(CultureInfo.InvariantCulture) ?? "-"} {diagnosis.Enhanced ?? "-"}{place} <{failure.Recipient}> ",
            $"({failure.Domain}) from <{failure.Sender}> connector '{failure.Connector}' message '{failure.MessageId}' network ",
            $"'{failure.NetworkMessageId}' subject '{failure.Subject}'{(failure.Session.Length == 0 ? "" : $" session {failure.Session}")} host ",
            $"'{diagnosis.RemoteHost}' text '{diagnosis.Text}'");
    }
}
