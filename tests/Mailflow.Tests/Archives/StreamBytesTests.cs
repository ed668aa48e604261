using System.Text;
using Mailflow.Archives;

namespace Mailflow.Tests.Archives;

public sealed class StreamBytesTests
{
    const int Good = 100_000;

    [Fact]
    public void Damaged_bytes_are_the_end_of_a_text()
    {
        using var bytes = new StreamBytes(() => new Failing(() => new ArchiveException("it is damaged")), default);
        Assert.Equal(Good, ReadAll(bytes));
        Assert.Equal("it is damaged", bytes.Fault?.Message);
    }

    [Fact]
    public void A_share_that_fails_is_not()
    {
        using var bytes = new StreamBytes(() => new Failing(() => new IOException("the share does not answer")), default);
        Assert.Equal("the share does not answer", Assert.Throws<IOException>(() => ReadAll(bytes)).Message);
        Assert.Null(bytes.Fault);
    }

    [Fact]
    public void A_share_that_fails_while_a_gzip_file_is_unpacked_is_not_damage()
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i * 7919L % 1_000_003}\n")));
        var packed = Packed.Gzip(text);
        Assert.True(packed.Length > 2 * Good);
        using var bytes = new StreamBytes(
            () => new UnpackedText(
                GzipText.Open(new Failing(() => new IOException("the share does not answer"), packed)), new(new(new(), -1)), -1, null),
            default);
        Assert.Throws<IOException>(() => ReadAll(bytes));
        Assert.Null(bytes.Fault);
    }

    static long ReadAll(StreamBytes bytes)
    {
        var (piece, length) = (new byte[10_000], 0L);
        while (bytes.Read(piece, length) is > 0 and var n)
            length += n;
        return length;
    }

    /// <summary>Fails after some good bytes.</summary>
    sealed class Failing(Func<Exception> fault, byte[]? text = null) : ForwardStream
    {
        int _read;

        public override int Read(Span<byte> buffer)
        {
            var n = Math.Min(Good - _read, Math.Min(buffer.Length, 7_000));
            if (n == 0)
                throw fault();
            if (text is null)
                buffer[..n].Fill((byte)'x');
            else
                text.AsSpan(_read, n).CopyTo(buffer);
            _read += n;
            return n;
        }
    }
}
