namespace Mailflow.Simulator;

/// <summary>
/// Random numbers that are the same for a seed on every machine and every version of .NET, which System.Random does not guarantee:
/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
/// </summary>
sealed class Chance(ulong seed)
{
    ulong _state = Mix(seed + 0x632BE59BD9B4E019);

    public ulong Next() => Mix(_state += 0x9E3779B97F4A7C15);

    /// <summary>Mixes the bits of a number: similar numbers give very different results, equal numbers equal results.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>From 0 up to the limit, without the limit.</summary>
    public int Below(int limit) => (int)(((Next() >> 32) * (ulong)limit) >> 32);

    /// <summary>Both ends included.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    /// <summary>As Between, but mostly near the lower end with a long tail, like waiting times and sizes.</summary>
    public int Skewed(int least, int most)
    {
        var part = (double)Below(1 << 20) / (1 << 20);
        return least + (int)((most - least) * part * part * part);
    }

    public bool Percent(int share) => Below(100) < share;

    public T Pick<T>(ReadOnlySpan<T> choices) => choices[Below(choices.Length)];
}

/// <summary>Draws an index in proportion to its weight, in constant time: a table repeats each index according to its weight.</summary>
sealed class Lottery
{
    const int Tickets = 1 << 13;

    readonly ushort[] _winner = new ushort[Tickets];

    public Lottery(IReadOnlyList<double> weights)
    {
        double total = weights.Sum(), passed = 0;
        for (int index = 0, ticket = 0; index < weights.Count; index++)
        {
            passed += weights[index];
            var end = (int)Math.Round(passed / total * Tickets);
            for (; ticket < end; ticket++)
                _winner[ticket] = (ushort)index;
        }
    }

    public int Draw(Chance chance) => _winner[chance.Below(Tickets)];
}
