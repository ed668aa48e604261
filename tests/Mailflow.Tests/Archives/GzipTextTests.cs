using System.Security.Cryptography;
using System.Text;
using Mailflow.Archives;

namespace Mailflow.Tests.Archives;

/// <summary>A gzip file is read completely, or the reader says that it is not complete.</summary>
public sealed class GzipTextTests
{
    /// <summary>Text of a size around those of the buffers; a part of it does not get smaller.</summary>
    static byte[] Text(int length) => [.. Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, (length / 12) + 1).Select(i => $"{i * 7919 % 10_007}"))).Take(length)];

    [Theory]
    [InlineData(1)]
    [InlineData(8_191)]
    [InlineData(70_000)]
    [InlineData(300_000)]
    public void Members_one_after_another_are_one_text(int length)
    {
        var (text, noise) = (Text(length), RandomNumberGenerator.GetBytes(length));
        byte[] packed = [.. Packed.Gzip(text), .. Packed.Gzip([]), .. Packed.Gzip(noise), .. new byte[512], .. Packed.Gzip(text), .. new byte[300]];
        Assert.Equal([.. text, .. noise, .. text], Read(packed, out var fault));
        Assert.Null(fault);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(70_000)]
    public void Each_cut_is_found(int length)
    {
        var (text, packed) = (Text(length), Packed.Gzip(Text(length)));
        var step = Math.Max(1, packed.Length / 200);
        for (var cut = 1; cut < packed.Length; cut += cut > packed.Length - 20 ? 1 : step)
        {
            var read = Read(packed[..cut], out var fault);
            Assert.NotNull(fault);
            Assert.True(text.AsSpan().StartsWith(read), $"cut at {cut} of {packed.Length}");
        }
    }

    [Fact]
    public void A_wrong_checksum_a_wrong_length_and_what_is_no_gzip_are_found()
    {
        var packed = Packed.Gzip(Text(1000));
        foreach (var at in new[] { packed.Length - 1, packed.Length - 8 })
        {
            byte[] wrong = [.. packed];
            wrong[at] ^= 1;
            Read(wrong, out var fault);
            Assert.Contains("length and checksum do not follow", fault, StringComparison.Ordinal);
        }

        Assert.Equal(Text(1000), Read([.. packed, .. "garbage at the end"u8], out var garbage));
        Assert.Contains("continues with bytes that are not gzip", garbage, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_comments_and_extra_fields_are_passed_over()
    {
        var packed = Packed.Gzip("text"u8.ToArray());
        byte[] head = [0x1F, 0x8B, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 3, 3, 0, 1, 2, 3, .. "name\0comment\0"u8, 9, 9];
        Assert.Equal("text"u8.ToArray(), Read([.. head, .. packed[10..]], out var fault));
        Assert.Null(fault);
    }

    static byte[] Read(byte[] packed, out string? fault)
    {
        fault = null;
        using var text = new MemoryStream();
        using var gzip = GzipText.Open(new MemoryStream(packed));
        var piece = new byte[4096];
        try
        {
            while (gzip.Read(piece) is > 0 and var n)
                text.Write(piece, 0, n);
        }
        catch (ArchiveException e)
        {
            fault = e.Message;
        }

        return text.ToArray();
    }
}
