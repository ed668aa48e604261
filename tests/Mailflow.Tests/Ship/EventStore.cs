using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;
using Mailflow.Ledger;
using Mailflow.Pipeline;

namespace Mailflow.Tests.Ship;

/// <summary>A store with failures in a temporary folder.</summary>
sealed class EventStore : IDisposable
{
    public const string UnknownUser = "[{LED=550 5.1.1 <anna.lang@fabrikam.test>: user unknown};{MSG=};{FQDN=mx.fabrikam.test};{IP=192.0.2.7};"
        + "{LRT=3/4/2026 9:59:58 AM}]";

    readonly Totals _totals = new(new EventNames());
    readonly TrackedFile _file;
    long _offset = 1000;

    public EventStore()
    {
        Folder = Directory.CreateTempSubdirectory("mailflow-").FullName;
        Store = new(Path.Combine(Folder, "mailflow.db"));
        var header = new LogHeader(
            "Message Tracking Log", "15.02.1544.004", "2026-03-04T09:00:00.000Z", ["date-time", "recipient-address", "recipient-status"], 600);
        _file = new(1, "exchange", "MSGTRK2026030409-1.LOG", 1, 2, 3, 1, header, 0, TextEncoding.Utf8, LogFormat.All[0], "EX01");
    }

    public string Folder { get; }

    public Store Store { get; }

    public Wakeup NewEvents { get; } = new();

    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Commits failures in one transaction and wakes the shippers.</summary>
    public void Add(int count, string status = UnknownUser, DateTime? time = null, Func<Failure, Failure>? change = null)
    {
        var delta = new RowDelta
        {
            File = _file,
            Server = "EX01",
            Offset = _offset,
            End = _offset + (100 * count),
            ReadAt = default,
            Tally = new(),
            Guard = 0,
            Head = 0,
            HeaderOffset = 0,
        };
        for (var i = 0; i < count; i++)
        {
            var failure = new Failure(
                false,
                time ?? new DateTime(2026, 3, 4, 10, 0, 0, DateTimeKind.Utc),
                "SMTP",
                Direction.Originating,
                "anna.lang@fabrikam.test",
                "bert.kurz@contoso.test",
                "<6f1c@EX01.contoso.test>",
                "8d2f3c1a-0000-4000-8000-000000000001",
                "Internet",
                "Invoice",
                Diagnosis.Of(status),
                100 * i,
                0);
            delta.Tally.Failures.Add(change is null ? failure : change(failure));
        }

        _offset = delta.End;
        Store.Commit([delta], _totals, keepDeferrals: true, keepSubjects: false, DateTimeOffset.UnixEpoch);
        NewEvents.Set();
    }

    /// <summary>The ids of all stored events, in order.</summary>
    public List<string> EventIds()
    {
        using var outbox = new Outbox(Store, "(test)");
        return [.. outbox.Read(int.MaxValue).Select(e => e.EventId)];
    }

    public long Cursor(string sink)
    {
        using var reader = Store.OpenReader();
        using var command = reader.CreateCommand();
        command.CommandText = "SELECT last_id FROM cursors WHERE sink = $sink";
        command.Parameters.AddWithValue("$sink", sink);
        return (long)command.ExecuteScalar()!;
    }

    public void Execute(string sql)
    {
        using var writer = Store.OpenWriter();
        using var command = writer.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
