using Mailflow.Analysis.Tracing;
using Mailflow.Simulator;
using Mailflow.Tests.Simulate;
using Mailflow.Trace;

namespace Mailflow.Tests.Trace;

/// <summary>Searches for messages on their way over a store, which lists them.</summary>
public sealed class ListedRowsTests : IDisposable
{
    readonly TraceBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Fact]
    public async Task Messages_on_their_way_are_those_of_the_simulation_on_pages_of_any_size()
    {
        await SimulatedFolder.Write(new() { Folder = _bed.Logs, Servers = 3, SizeBytes = 8_000_000, FileBytes = 1_000_000, Rarely = 5 });
        var truth = SimulationTruth.Load(_bed.Logs);
        await _bed.ReadAsync(truth.Rows);
        foreach (var outcome in (Fate[])[Fate.Pending, Fate.Deferred])
        {
            var expected = truth.OnTheirWay.Where(p => Enum.Parse<Fate>(p.Outcome, ignoreCase: true) == outcome).Select(p => p.MessageId)
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
            var all = await _bed.FindInStoreAsync(new() { Outcome = outcome }, limit: 10_000);
            Assert.NotEmpty(expected);
            Assert.Equal(expected, all.Journeys.Select(j => j.MessageId).Order(StringComparer.Ordinal));
            Assert.Empty(all.Incomplete);

            var paged = new List<string>();
            RowPlace? after = null;
            do
            {
                var page = await _bed.FindInStoreAsync(new() { Outcome = outcome }, limit: 7, after);
                paged.AddRange(page.Journeys.Select(j => j.MessageId));
                after = page.Next;
            }
            while (after is not null);
            Assert.Equal(all.Journeys.Select(j => j.MessageId), paged);

            foreach (var server in (string[])["EX01", "EX02"])
            {
                var there = await _bed.FindInStoreAsync(new() { Outcome = outcome, Server = server }, limit: 10_000);
                Assert.Equal(
                    truth.OnTheirWay.Where(p => p.Server == server && Enum.Parse<Fate>(p.Outcome, ignoreCase: true) == outcome).Select(p => p.MessageId)
                        .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
                    there.Journeys.Select(j => j.MessageId).Order(StringComparer.Ordinal));
            }
        }
    }

    [Fact]
    public async Task Only_the_logs_with_such_messages_are_read()
    {
        await SimulatedFolder.Write(new() { Folder = _bed.Logs, SizeBytes = 20_000_000, FileBytes = 2_000_000, Rarely = 2000 });
        await _bed.ReadAsync(SimulationTruth.Load(_bed.Logs).Rows);
        // A search reads the logs about six times, for more and more messages of any outcome; the list, the logs of these messages once.
        var found = await _bed.FindInStoreAsync(new() { Outcome = Fate.Pending }, limit: 1000);
        Assert.NotEmpty(found.Journeys);
        Assert.True(found.Searched.BytesRead < 2 * found.Searched.Bytes, $"{found.Searched.BytesRead} of {found.Searched.Bytes}");
    }

    [Fact]
    public async Task Other_conditions_may_hold_for_any_row_of_the_message()
    {
        _bed.Write(
            "a.log",
            TraceBed.Row("12:00:00", "<1@contoso.com>", "n1"),
            TraceBed.Row("12:00:01", "<2@contoso.com>", "n2", subject: "Invoice"),
            TraceBed.Row("12:05:00", "<2@contoso.com>", "n2", @event: "DEFER"),
            TraceBed.Row("12:06:00", "<3@contoso.com>", "n3", subject: "Invoice"),
            TraceBed.Row("12:07:00", "<3@contoso.com>", "n3", @event: "DELIVER"));
        await _bed.ReadAsync(5);
        Assert.Equal("<1@contoso.com>", TraceBed.Ids(await _bed.FindInStoreAsync(new() { Outcome = Fate.Pending })));
        Assert.Equal("<2@contoso.com>", TraceBed.Ids(await _bed.FindInStoreAsync(new() { Outcome = Fate.Deferred, Subject = "invoice" })));
        var before = new DateTime(2026, 11, 20, 12, 1, 0, DateTimeKind.Utc);
        Assert.Equal("<2@contoso.com>", TraceBed.Ids(await _bed.FindInStoreAsync(new() { Outcome = Fate.Deferred, Until = before })));
        Assert.Empty((await _bed.FindInStoreAsync(new() { Outcome = Fate.Deferred, Subject = "report" })).Journeys);
        Assert.Empty((await _bed.FindInStoreAsync(new() { Outcome = Fate.Deferred, Server = "EX02" })).Journeys);
    }
}
