using System.IO.Compression;
using SharpCompress.Common;
using SharpCompress.Compressors.ZStandard;
using SharpCompress.Compressors.ZStandard.Unsafe;
using SharpCompress.Writers.SevenZip;

namespace Mailflow.Tests.Archives;

/// <summary>Archives of texts, as other programs write them.</summary>
static class Packed
{
    public static byte[] Gzip(byte[] text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(text);
        return packed.ToArray();
    }

    public static byte[] Zstd(byte[] text)
    {
        using var packed = new MemoryStream();
        using (var zstd = new CompressionStream(packed, level: 3, leaveOpen: true))
        {
            zstd.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
            zstd.Write(text);
        }

        return packed.ToArray();
    }

    public static byte[] Zip(params (string Name, byte[] Text)[] files) => Zip(CompressionLevel.Optimal, files);

    public static byte[] Zip(CompressionLevel level, params (string Name, byte[] Text)[] files)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, text) in files)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(text);
            }

        return packed.ToArray();
    }

    public static byte[] SevenZip(params (string Name, byte[] Text)[] files)
    {
        using var packed = new MemoryStream();
        using (var writer = new SevenZipWriter(packed, new SevenZipWriterOptions(CompressionType.LZMA2) { LeaveStreamOpen = true }))
            foreach (var (name, text) in files)
            {
                using var stream = new MemoryStream(text);
                writer.Write(name, stream, null);
            }

        return packed.ToArray();
    }
}
