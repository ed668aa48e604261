namespace Mailflow.Ledger;

/// <summary>
/// Which of the last 500,000 to one million keys were seen before, in 4 MB: two Bloom filters, of which the older is dropped when the younger is full.
/// One in 200 new keys is taken for a known one.
/// </summary>
sealed class SeenKeys
{
    const int Words = 1 << 18;
    const int Most = 500_000;

    ulong[] _young = new ulong[Words];
    ulong[] _old = new ulong[Words];
    int _count;

    /// <summary>Adds a key; true if it was seen before.</summary>
    public bool Add(ulong key)
    {
        var (word, bits) = ((int)(key >> 46), (1UL << (int)(key & 63)) | (1UL << (int)((key >> 6) & 63)));
        if ((_young[word] & bits) == bits)
            return true;
        _young[word] |= bits;
        var known = (_old[word] & bits) == bits;
        if (++_count < Most)
            return known;
        (_young, _old, _count) = (_old, _young, 0);
        Array.Clear(_young);
        return known;
    }
}
