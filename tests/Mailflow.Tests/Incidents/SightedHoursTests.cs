using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Incidents;

namespace Mailflow.Tests.Incidents;

public sealed class SightedHoursTests
{
    const int Minute = 29_000_000;

    static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddMinutes(Minute + 600);

    static readonly int[] Same = [.. Enumerable.Range(0, 100_000)];

    static readonly Sighting Largest = new(
        (Minute * 60L) + 59, SightingKind.Late, Cause.SystemError, Fault.Policy, Permanence.Transient, 99_999, 1, 2, 3, 99_998, 5, 6, 7, 99_997,
        uint.MaxValue, uint.MaxValue, 604_800);

    [Fact]
    public void Packed_facts_are_read_as_they_were()
    {
        var hour = new PackedHour(Minute / 60);
        var smallest = new Sighting(
            Minute / 60 * 3600L, SightingKind.Failed, Cause.Unknown, Fault.Unknown, Permanence.Unknown, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        var passage = new Passage(Minute, PassageKind.Submitted, 1, 2, 3, 4, 99_999, 6, 5000, 70_000);
        for (var i = 0; i < 2000; i++)
        {
            hour.Add(Largest with { Message = (uint)i }, Same);
            hour.Add(passage, Same);
        }

        hour.Add(smallest, Same);
        var (sightings, passages) = hour.Read(Same);
        Assert.Equal(smallest, sightings[0]);
        Assert.Equal(Enumerable.Range(0, 2000).Select(i => Largest with { Message = (uint)i }), sightings.Skip(1));
        Assert.Equal([passage with { Recipients = 2000 * 5000, Messages = 2000 * 70_000 }], passages);
    }

    [Fact]
    public void Facts_of_the_future_and_before_1970_are_ignored()
    {
        var hours = new SightedHours(Now);
        var block = new SightingBlock();
        foreach (var second in (long[])[-1, -62_135_596_800, Now.AddDays(2).ToUnixTimeSeconds(), 253_402_300_799])
            block.Sightings.Add(Largest.With(new int[100_000]) with { Second = second });
        block.Passages.Add(new(-1, PassageKind.Sent, 0, 0, 0, 0, 0, 0, 1, 1));
        hours.Add(block);
        Assert.Equal((5, 0), (hours.LeftOut, hours.Count));
        Assert.Empty(hours.Judge(CancellationToken.None).Incidents);
    }

    [Fact]
    public void Hours_are_judged_up_to_the_last_minute_that_has_facts()
    {
        var hours = new SightedHours(Now);
        var block = new SightingBlock();
        foreach (var minute in (int[])[Minute, Minute - 3000, Minute + 200])
            block.Passages.Add(new(minute, PassageKind.Sent, 0, 0, 0, block.NumberOf("contoso.example"), 0, 0, 1, 1));
        hours.Add(block);
        Assert.Equal(3, hours.Count);
        Assert.Equal(DateTime.UnixEpoch.AddMinutes(Minute + 201), hours.Judge(CancellationToken.None).Until);
    }
}
