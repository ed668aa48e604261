using Mailflow.Pipeline;

namespace Mailflow.Tail;

/// <summary>Hands an export to its worker once, as a whole.</summary>
static class ExportReading
{
    /// <summary>The block that stands for the whole file, or null where it was already handed over or read. It carries the open file.</summary>
    /// <param name="pulse">Records when a read of the file starts and ends.</param>
    public static ExportBlock? Next(LogFile file, Pulse? pulse = null)
    {
        var reading = file.Reading;
        file.AtEnd = (file.Size, file.LastWrite) == reading.Export;
        if (file.Offset >= file.Size)
        {
            file.Close();
            return null;
        }

        reading.Given = new(reading.Unpacked ?? new FileBytes(file.Handle!), file.Size) { Pulse = pulse };
        var block = new ExportBlock(file.Tracked!, file.Offset, file.Size, reading.Given, reading.Records);
        (reading.Handle, reading.Unpacked, file.Offset) = (null, null, file.Size);
        return block;
    }
}
