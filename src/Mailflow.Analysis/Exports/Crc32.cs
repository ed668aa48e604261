namespace Mailflow.Analysis.Exports;

/// <summary>CRC-32 (IEEE 802.3), which .evtx files use for headers and records.</summary>
static class Crc32
{
    static readonly uint[] Table = Build();

    public static uint Of(ReadOnlySpan<byte> bytes) => ~Add(uint.MaxValue, bytes);

    /// <summary>The checksum of two pieces as if they were one.</summary>
    public static uint Of(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => ~Add(Add(uint.MaxValue, first), second);

    static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
            crc = Table[(byte)(crc ^ b)] ^ (crc >> 8);
        return crc;
    }

    static uint[] Build()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            table[i] = crc;
        }

        return table;
    }
}
