using CsCheck;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Tests.Formats;

public sealed class LatencyHistogramTests
{
    static readonly Gen<uint> Times = Gen.OneOf(Gen.UInt[0, 3000], Gen.UInt[0, 10_000_000], Gen.UInt);

    [Fact]
    public void Percentiles_equal_those_of_the_sorted_list() =>
        Gen.Select(Times.Array[1, 300], Gen.Double[0, 1]).Sample((times, share) =>
        {
            var histogram = new LatencyHistogram();
            foreach (var time in times)
                histogram.Add(time);
            var rank = Math.Max(1, (int)Math.Ceiling(share * times.Length));
            var exact = times.Order().ElementAt(rank - 1);
            var told = histogram.Percentile(share);
            Assert.Equal(times.Length, histogram.Count);
            Assert.NotNull(told);
            if (exact < 2048)
                Assert.Equal(exact, told.Value);
            else
                Assert.InRange(told.Value, exact * 0.999, exact * 1.001);
        });

    [Fact]
    public void Percentile_of_an_empty_histogram_is_null() => Assert.Null(new LatencyHistogram().Percentile(0.5));
}
