using System.Diagnostics.CodeAnalysis;
using SharpCompress.Compressors.ZStandard;

namespace Mailflow.Archives;

/// <summary>The text of a zstd file (RFC 8878): one or more frames. A file that is cut off, and a frame that needs more than 128 MB of memory, are exceptions.</summary>
static class ZstdText
{
    const int BufferBytes = 128 << 10;

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The caller gets it.")]
    public static Stream Open(Stream packed) => new DecompressionStream(packed, BufferBytes, checkEndOfStream: true, leaveOpen: false);
}
