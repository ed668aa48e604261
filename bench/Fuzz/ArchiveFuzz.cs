using System.IO.Compression;
using System.Text;
using Mailflow.Archives;
using SharpCompress.Common;
using SharpCompress.Compressors.ZStandard;
using SharpCompress.Writers.SevenZip;

namespace Mailflow.Bench.Fuzz;

/// <summary>Archives: whatever is in them, reading ends, with texts or with an <see cref="ArchiveException"/>.</summary>
static class ArchiveFuzz
{
    static readonly string Folder = Directory.CreateTempSubdirectory("mailflow-fuzz-").FullName;

    static readonly byte[] Text = Encoding.UTF8.GetBytes(
        "#Log-type: Message Tracking Log\r\n#Fields: date-time,source,event-id\r\n" + string.Concat(
            Enumerable.Range(0, 60).Select(i => $"2026-11-20T08:00:{i:00}Z,SMTP,FAIL\r\n")));

    public static IReadOnlyList<byte[]> Gzips() =>
    [
        Pack(s => new GZipStream(s, CompressionLevel.Optimal, true)),
        [.. Pack(s => new GZipStream(s, CompressionLevel.Fastest, true)), .. Pack(s => new GZipStream(s, CompressionLevel.NoCompression, true))],
    ];

    public static IReadOnlyList<byte[]> Zstds() =>
    [
        Pack(s => new CompressionStream(s, 3, 0, true)),
        [.. Pack(s => new CompressionStream(s, 19, 0, true)), .. Pack(s => new CompressionStream(s, 1, 0, true))],
    ];

    public static IReadOnlyList<byte[]> Zips()
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var name in new[] { "a/MSGTRK1.LOG", "../b.LOG", "c" })
            {
                using var entry = zip.CreateEntry(name, name.Length > 1 ? CompressionLevel.Optimal : CompressionLevel.NoCompression).Open();
                entry.Write(Text);
            }

        return [packed.ToArray()];
    }

    public static IReadOnlyList<byte[]> SevenZips()
    {
        var all = new List<byte[]>();
        foreach (var packs in new[] { false, true })
        {
            using var packed = new MemoryStream();
            var options = new SevenZipWriterOptions(packs ? CompressionType.LZMA2 : CompressionType.LZMA) { LeaveStreamOpen = true, CompressHeader = packs };
            using (var writer = new SevenZipWriter(packed, options))
                foreach (var name in new[] { "a/MSGTRK1.LOG", "../b.LOG" })
                {
                    using var text = new MemoryStream(Text);
                    writer.Write(name, text, null);
                }

            all.Add(packed.ToArray());
        }

        return all;
    }

    public static int Read(byte[] input)
    {
        var what = new HashCode();
        if (ArchiveKind.Of(input) is not { IsRead: true } kind)
            return 0;
        var path = Path.Combine(Folder, "archive");
        try
        {
            if (kind.Unpack is { } unpack)
            {
                using var bytes = new StreamBytes(
                    () => new UnpackedText(unpack(new MemoryStream(input)), new(ArchiveLimits.Default, input.Length), -1, null), default);
                Drain(bytes, ref what);
                return what.ToHashCode();
            }

            File.WriteAllBytes(path, input);
            using var listing = kind.List!(path, ArchiveLimits.Default);
            foreach (var member in listing.Members)
            {
                what.Add(member.Refusal is null);
                if (member.Refusal is not null)
                    continue;
                using var bytes = new StreamBytes(member.Open, default);
                Drain(bytes, ref what);
            }
        }
        catch (ArchiveException e)
        {
            what.Add(e.InnerException?.GetType());
        }

        return what.ToHashCode();
    }

    static void Drain(StreamBytes bytes, ref HashCode what)
    {
        var piece = new byte[4096];
        var offset = 0L;
        for (int n; (n = bytes.Read(piece, offset)) > 0; offset += n)
        {
        }

        what.Add(Math.Min(offset / 1000, 10));
        what.Add(bytes.Fault?.InnerException?.GetType());
    }

    static byte[] Pack(Func<Stream, Stream> compressor)
    {
        using var packed = new MemoryStream();
        using (var stream = compressor(packed))
            stream.Write(Text);
        return packed.ToArray();
    }
}
