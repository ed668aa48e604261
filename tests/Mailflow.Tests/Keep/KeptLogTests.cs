using System.Text;
using CsCheck;
using Mailflow.Keep;
using Mailflow.Tail;

namespace Mailflow.Tests.Keep;

public sealed class KeptLogTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-kept-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string Copy => Path.Combine(_folder, "copy.kept");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(KeptLog.SegmentBytes - 1)]
    [InlineData(KeptLog.SegmentBytes)]
    [InlineData((3 * KeptLog.SegmentBytes) + 17)]
    public void Copy_has_the_bytes_of_the_log_at_every_offset(int size)
    {
        var log = Log(size);
        using var copy = Written(log);
        Assert.Equal(size, copy.Length);
        Gen.Select(Gen.Int[0, size], Gen.Int[0, 70_000]).Sample(
            (offset, length) =>
            {
                var bytes = new byte[length];
                var read = copy.Read(bytes, offset);
                Assert.Equal(Math.Min(length, size - offset), read);
                Assert.True(bytes.AsSpan(0, read).SequenceEqual(log.AsSpan(offset, read)));
            },
            iter: 50, threads: 1);
    }

    [Fact]
    public void Copy_of_random_bytes_is_read_although_it_does_not_become_smaller()
    {
        var log = new byte[2_500_000];
        new Random(7).NextBytes(log);
        using var copy = Written(log);
        var bytes = new byte[log.Length];
        Assert.Equal(log.Length, copy.Read(bytes, 0));
        Assert.Equal(log, bytes);
    }

    [Fact]
    public void Copy_that_is_cut_or_changed_anywhere_is_reported_as_damaged()
    {
        var log = Log(KeptLog.SegmentBytes + 1000);
        Written(log).Dispose();
        var whole = File.ReadAllBytes(Copy);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Bool).Sample(
            (at, cut) =>
            {
                var damaged = whole[..(cut ? at : whole.Length)];
                if (!cut)
                    damaged[at] ^= 0x40;
                File.WriteAllBytes(Copy, damaged);
                Assert.Throws<InvalidDataException>(() =>
                {
                    using var copy = KeptLog.Open(Copy);
                    copy.Read(new byte[log.Length], 0);
                });
            },
            iter: 100, threads: 1);
    }

    [Fact]
    public void Log_that_became_shorter_leaves_no_copy()
    {
        Assert.Throws<EndOfStreamException>(() => Write(Log(1000), 1001));
        Assert.Empty(Directory.EnumerateFiles(_folder, "copy*"));
    }

    static byte[] Log(int size)
    {
        var text = new StringBuilder();
        for (var row = 0; text.Length < size; row++)
            text.Append(null, $"2026-11-20T12:00:00.000Z,EX01,SMTP,RECEIVE,<{row * 7919 % 100003}@contoso.com>,ann@contoso.com,250 2.1.5 Recipient OK\r\n");
        return Encoding.ASCII.GetBytes(text.ToString())[..size];
    }

    KeptLog Written(byte[] log)
    {
        Write(log, log.Length);
        return KeptLog.Open(Copy);
    }

    void Write(byte[] log, long size)
    {
        var path = Path.Combine(_folder, "a.log");
        File.WriteAllBytes(path, log);
        using var handle = FileOpener.Open(path);
        KeptLogWriter.Write(handle, size, Copy, TestContext.Current.CancellationToken);
    }
}
