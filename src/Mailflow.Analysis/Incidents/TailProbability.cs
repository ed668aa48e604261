namespace Mailflow.Analysis.Incidents;

/// <summary>
/// Tails of the negative binomial distribution: of counts whose rate is known only as far as the past tells (a Gamma distribution of the rate mixed with
/// Poisson counts). Used as in Noufaily et al. 2013, Stat Med 32:1206. The upper tail is summed directly: 1 - CDF is 0 or negative where it matters.
/// </summary>
static class TailProbability
{
    /// <summary>The probability of at least this many, if <paramref name="mean"/> are expected.</summary>
    /// <param name="shape">The shape of the rate's Gamma distribution: the smaller, the more the counts scatter.</param>
    public static double AtLeast(long count, double mean, double shape)
    {
        if (count <= 0 || mean <= 0)
            return count <= 0 ? 1 : 0;
        if (count <= mean)
            return 1;
        // P(k) = Gamma(k + r) / (k! Gamma(r)) * (r / (r + m))^r * (m / (r + m))^k; each next term is the last times (k + r) / (k + 1) * m / (r + m).
        var step = mean / (shape + mean);
        var term = Math.Exp(LogGamma(count + shape) - LogGamma(count + 1) - LogGamma(shape) - (shape * double.LogP1(mean / shape)) + (count * Math.Log(step)));
        var sum = 0.0;
        for (var k = count; term > sum * 1e-12 && term > 0; k++)
        {
            sum += term;
            term *= step * (k + shape) / (k + 1);
        }

        return Math.Min(1, sum);
    }

    /// <summary>The probability of none, if <paramref name="mean"/> are expected.</summary>
    public static double None(double mean, double shape) => mean <= 0 ? 1 : Math.Exp(-shape * double.LogP1(mean / shape));

    /// <summary>The logarithm of the Gamma function for positive arguments (Lanczos' approximation, 1e-13).</summary>
    internal static double LogGamma(double x)
    {
        ReadOnlySpan<double> parts =
        [
            676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012,
            9.9843695780195716e-6, 1.5056327351493116e-7,
        ];
        if (x < 0.5)
            return Math.Log(Math.PI / Math.Sin(Math.PI * x)) - LogGamma(1 - x);
        x -= 1;
        var sum = 0.99999999999980993;
        for (var i = 0; i < parts.Length; i++)
            sum += parts[i] / (x + i + 1);
        var t = x + parts.Length - 0.5;
        return (0.5 * Math.Log(2 * Math.PI)) + ((x + 0.5) * Math.Log(t)) - t + Math.Log(sum);
    }
}
