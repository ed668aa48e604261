using System.IO.Hashing;

namespace Mailflow.Archives;

/// <summary>The text of a file in an archive as it is unpacked: counted, and compared with the size and checksum that the archive states.</summary>
/// <param name="text">Unpacks.</param>
/// <param name="length">The size that the archive states; -1 where it does not.</param>
/// <param name="crc">The checksum (CRC-32) that the archive states; null where it has none or another reader checks it.</param>
sealed class UnpackedText(Stream text, UnpackedPart part, long length, uint? crc) : ForwardStream
{
    readonly Crc32 _crc = new();
    long _read;

    public override int Read(Span<byte> buffer)
    {
        int n;
        try
        {
            n = text.Read(buffer);
        }
        catch (Exception e) when (ArchiveException.IsDamage(e))
        {
            throw ArchiveException.Damaged($"it is damaged or cut off after {_read} bytes of text", e);
        }

        _read += n;
        part.Reached(_read);
        if (crc is not null)
            _crc.Append(buffer[..n]);
        if (n == 0 && buffer.Length > 0)
            Check();
        else if (length >= 0 && _read > length)
            throw new ArchiveException($"it is damaged: it has more text than the {length} bytes that the archive states");
        return n;
    }

    void Check()
    {
        if (length >= 0 && _read != length)
            throw new ArchiveException($"it is cut off or damaged: {_read} of {length} bytes of text");
        if (crc is { } stated && _crc.GetCurrentHashAsUInt32() != stated)
            throw new ArchiveException($"it is damaged: the checksum of its {_read} bytes of text is not the one in the archive; its rows may be wrong");
    }

    protected override void Dispose(bool disposing)
    {
        try
        {
            if (disposing)
                text.Dispose();
        }
        catch (Exception e) when (ArchiveException.IsDamage(e))
        {
            // The rest is skipped, and is damaged: who reads what follows sees it.
        }

        base.Dispose(disposing);
    }
}
