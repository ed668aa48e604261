namespace Mailflow.Bench.Fuzz;

/// <summary>
/// Seeds, and mutated inputs that made a reader behave in a new way. An input is one of them with a few mutations: bits, bytes, numbers,
/// words of the format, blocks removed, repeated or copied from another input, the end cut off.
/// </summary>
sealed class Corpus(IReadOnlyList<byte[]> seeds, IReadOnlyList<byte[]> words, Random chance)
{
    const int MaxKept = 2000;
    const int MaxLength = 64 * 1024;
    static readonly int[] Numbers = [0, 1, -1, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 0x10000, int.MaxValue, int.MinValue, 512, 4096];

    readonly List<byte[]> _all = [.. seeds];
    readonly HashSet<int> _seen = [];

    public int Kept => _all.Count - seeds.Count;

    public void Learn(byte[] input, int behaviour)
    {
        if (_all.Count < MaxKept && _seen.Add(behaviour))
            _all.Add(input);
    }

    public byte[] Next()
    {
        var bytes = new List<byte>(_all[chance.Next(_all.Count)]);
        for (var changes = 1 << chance.Next(4); changes > 0 && bytes.Count > 0; changes--)
            Change(bytes);
        return bytes.Count > MaxLength ? [.. bytes.Take(MaxLength)] : [.. bytes];
    }

    void Change(List<byte> bytes)
    {
        var at = chance.Next(bytes.Count);
        var length = Math.Min(1 << chance.Next(10), bytes.Count - at);
        switch (chance.Next(9))
        {
            case 0:
                bytes[at] ^= (byte)(1 << chance.Next(8));
                break;
            case 1:
                bytes[at] = (byte)chance.Next(256);
                break;
            case 2:
                var number = BitConverter.GetBytes(Numbers[chance.Next(Numbers.Length)]);
                for (var i = 0; i < (chance.Next(2) == 0 ? 2 : 4) && at + i < bytes.Count; i++)
                    bytes[at + i] = number[i];
                break;
            case 3:
                bytes.RemoveRange(at, length);
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 5:
                bytes.InsertRange(at, words[chance.Next(words.Count)]);
                break;
            case 6:
                var word = words[chance.Next(words.Count)];
                for (var i = 0; i < word.Length && at + i < bytes.Count; i++)
                    bytes[at + i] = word[i];
                break;
            case 7:
                var other = _all[chance.Next(_all.Count)];
                var from = chance.Next(other.Length);
                bytes.InsertRange(at, other.AsSpan(from, Math.Min(length, other.Length - from)).ToArray());
                break;
            default:
                // Rarely: short inputs test little.
                if (chance.Next(8) == 0)
                    bytes.RemoveRange(at, bytes.Count - at);
                break;
        }
    }
}
