using CsCheck;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Tests;

public sealed class TimeCountsTests
{
    [Fact]
    public void Histogram_uses_inclusive_upper_bounds_and_an_exact_sum()
    {
        var bound = Gen.Int[0, TimeCounts.Bounds.Count - 1].Select(i => TimeCounts.Bounds[i]);
        Gen.Select(Gen.Int[0, 2], Gen.OneOf(Gen.UInt, Gen.UInt[0, 100_000], bound, bound.Select(b => b + 1))).List[0, 200].Sample(times =>
        {
            var counts = new TimeCounts(3);
            foreach (var (kind, time) in times)
                counts.Add(kind, time);
            Assert.Equal(times.Count == 0, counts.IsEmpty);
            for (var kind = 0; kind < 3; kind++)
            {
                var slots = counts.All.Slice(kind * TimeCounts.Slots, TimeCounts.Slots).ToArray();
                var own = times.Where(t => t.Item1 == kind).Select(t => (long)t.Item2).ToList();
                Assert.Equal(own.Sum(), slots[TimeCounts.Buckets]);
                Assert.Equal(own.Count, slots[..TimeCounts.Buckets].Sum());
                for (var i = 0; i < TimeCounts.Bounds.Count; i++)
                    Assert.Equal(own.Count(t => t <= TimeCounts.Bounds[i]), slots[..(i + 1)].Sum());
            }

            counts.Clear();
            Assert.True(counts.IsEmpty && counts.All.IndexOfAnyExcept(0) < 0);
        }, iter: 1000);
    }
}
