using System.Globalization;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Ledger;

namespace Mailflow.Tests.Ledger;

public sealed class EvidenceBlobTests
{
    const long Hour = 476_000;

    readonly NameList _names = new();

    [Fact]
    public void Facts_are_read_as_they_were_written()
    {
        var random = new Random(7);
        for (var n = 0; n < 200; n++)
        {
            var (sightings, passages) = (Sightings(random, random.Next(40)), Passages(random, random.Next(40)));
            var (wrote, added) = (sightings.ToList(), passages.ToList());
            var blob = EvidenceBlob.Write(Hour, wrote, added, _names);
            var (some, more) = (new List<Sighting>(), new List<Passage>());
            Assert.True(EvidenceBlob.TryRead(blob, Hour, _names, some, more));
            Assert.Equal(sightings.Order(Comparer<Sighting>.Create(Compare)), some.Order(Comparer<Sighting>.Create(Compare)));
            Assert.Equal(added, more);
            Assert.Equal(passages.Sum(p => p.Recipients), more.Sum(p => p.Recipients));
            Assert.Equal(passages.Sum(p => p.Messages), more.Sum(p => p.Messages));
        }
    }

    [Fact]
    public void A_changed_byte_or_another_hour_is_noticed_and_adds_nothing()
    {
        var random = new Random(8);
        var blob = EvidenceBlob.Write(Hour, Sightings(random, 20), Passages(random, 20), _names);
        var (sightings, passages) = (Sightings(random, 3), Passages(random, 3));
        var before = (sightings.ToList(), passages.ToList());
        for (var at = 0; at < blob.Length; at++)
        {
            blob[at] ^= 0x11;
            Assert.False(EvidenceBlob.TryRead(blob, Hour, _names, sightings, passages));
            blob[at] ^= 0x11;
            Assert.False(EvidenceBlob.TryRead(blob.AsSpan(0, at), Hour, _names, sightings, passages));
        }

        Assert.False(EvidenceBlob.TryRead(blob, Hour + 1, _names, sightings, passages));
        Assert.Equal(before.Item1, sightings);
        Assert.Equal(before.Item2, passages);
        Assert.True(EvidenceBlob.TryRead(blob, Hour, _names, sightings, passages));
    }

    [Fact]
    public void Texts_that_a_list_does_not_have_are_damage()
    {
        var random = new Random(9);
        var blob = EvidenceBlob.Write(Hour, Sightings(random, 5), Passages(random, 5), _names);
        Assert.False(EvidenceBlob.TryRead(blob, Hour, new(), [], []));
    }

    [Fact]
    public void Passages_of_one_minute_and_place_become_one()
    {
        var passage = Passages(new(1), 1)[0];
        List<Passage> passages = [passage with { Recipients = 2, Messages = 1 }, passage with { Recipients = 3, Messages = 2 }];
        EvidenceBlob.Merge(passages);
        Assert.Equal(passage with { Recipients = 5, Messages = 3 }, Assert.Single(passages));
    }

    [Fact]
    public void An_ordinary_hour_needs_few_bytes_an_item()
    {
        var random = new Random(10);
        var (domains, hops) = (Numbers("domain", 300), Numbers("mx", 100));
        var passages = Enumerable.Range(0, 20_000).Select(_ => random.Next(300)).Select(
            d => new Passage((int)(Hour * 60) + random.Next(60), PassageKind.Sent, 2, 3, hops[d / 3], domains[d], 0, 0, 1, 1)).ToList();
        var sightings = Enumerable.Range(0, 1000).Select(_ => random.Next(300)).Select(
            d => new Sighting(
                (Hour * 3600) + random.Next(3600), SightingKind.Deferred, Cause.RateLimited, Fault.Theirs, Permanence.Transient, 2, 3, hops[d / 3], domains[d],
                domains[random.Next(300)], 0, 4, hops[d % 10], 0, (uint)random.NextInt64(uint.MaxValue), (uint)random.NextInt64(uint.MaxValue), 0)).ToList();
        EvidenceBlob.Merge(passages);
        var items = passages.Count + sightings.Count;
        var bytes = EvidenceBlob.Write(Hour, sightings, passages, _names).Length;
        TestContext.Current.SendDiagnosticMessage(string.Create(CultureInfo.InvariantCulture, $"{(double)bytes / items:F1} bytes an item"));
        Assert.InRange((double)bytes / items, 1, 8);
    }

    [Fact]
    public void Numbers_of_stored_kinds_stay_the_same_in_each_version()
    {
        Assert.Equal(["Unknown", "Ours", "Theirs", "Sender", "Policy"], Enum.GetNames<Fault>());
        Assert.Equal(["Unknown", "Permanent", "Transient"], Enum.GetNames<Permanence>());
        Assert.Equal(["Failed", "Deferred", "Late"], Enum.GetNames<SightingKind>());
        Assert.Equal(["Sent", "Delivered", "Relayed", "Arrived", "Submitted", "Taken"], Enum.GetNames<PassageKind>());
    }

    int[] Numbers(string name, int count) =>
        [.. Enumerable.Range(0, count).Select(n => _names.Of(string.Create(CultureInfo.InvariantCulture, $"{name}{n}.example")))];

    List<Sighting> Sightings(Random random, int count)
    {
        var names = Numbers("name", 50);
        int Name() => random.Next(3) == 0 ? 0 : names[random.Next(names.Length)];
        return [.. Enumerable.Range(0, count).Select(_ => new Sighting(
            (Hour * 3600) + random.Next(3600), (SightingKind)random.Next(3), (Cause)random.Next(Enum.GetValues<Cause>().Length), (Fault)random.Next(5),
            (Permanence)random.Next(3), Name(), Name(), Name(), Name(), Name(), Name(), Name(), Name(), Name(), (uint)random.NextInt64(1L << 32),
            (uint)random.NextInt64(1L << 32), random.Next(100_000)))];
    }

    List<Passage> Passages(Random random, int count)
    {
        var names = Numbers("name", 5);
        int Name() => random.Next(3) == 0 ? 0 : names[random.Next(names.Length)];
        return [.. Enumerable.Range(0, count).Select(_ => new Passage(
            (int)(Hour * 60) + random.Next(60), (PassageKind)random.Next(Enum.GetValues<PassageKind>().Length), Name(), Name(), Name(), Name(), Name(), Name(),
            random.Next(1, 300), random.Next(1, 3)))];
    }

    static int Compare(Sighting a, Sighting b) => a.Message != b.Message ? a.Message.CompareTo(b.Message) : a.Recipient.CompareTo(b.Recipient);
}
