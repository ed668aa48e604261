using System.Security.Cryptography;

namespace Mailflow.Ship;

/// <summary>How long to wait before the next try: longer with each failure, and never the same for two programs that failed together.</summary>
sealed class Backoff
{
    public static readonly TimeSpan Least = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Most = TimeSpan.FromSeconds(60);

    /// <summary>A server may ask for patience, but not for giving up.</summary>
    public static readonly TimeSpan MostAsked = TimeSpan.FromHours(1);

    int _failures;

    /// <summary>The n-th wait lies between half and all of 2^n seconds, and of <see cref="Most"/> at the end; what the sink asks for is kept to, and a little more.</summary>
    public TimeSpan Next(TimeSpan? asked)
    {
        _failures = Math.Min(_failures + 1, 10);
        var whole = Math.Min(Most.TotalSeconds, Math.Pow(2, _failures));
        var own = TimeSpan.FromSeconds(whole / 2 * (1 + Random()));
        if (asked is not { } time || time <= TimeSpan.Zero)
            return own;
        return (time < MostAsked ? time : MostAsked) + (Least * Random());
    }

    public void Reset() => _failures = 0;

    static double Random() => RandomNumberGenerator.GetInt32(1000) / 1000d;
}
