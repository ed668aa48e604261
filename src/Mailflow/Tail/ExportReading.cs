namespace Mailflow.Tail;

/// <summary>Hands an export over to a reader: once, and whole.</summary>
static class ExportReading
{
    /// <summary>The block that stands for the whole file, or null where it was handed over or read before. The open file goes along.</summary>
    public static async ValueTask<Block?> NextAsync(LogFile file, BlockPool pool, CancellationToken stop)
    {
        file.Exhausted = file.Export;
        if (file.Offset >= file.Size)
        {
            file.Close();
            return null;
        }

        // Nothing stands in the buffer: it bounds how many exports are under way.
        var buffer = await pool.RentAsync(BlockPool.BlockBytes, stop);
        file.Given = new(file.Handle!, file.Size);
        var block = new Block(file.Tracked!, file.Offset, buffer, 0, 0, file.Size, 0, Whole: file.Given, Records: file.Records);
        (file.Handle, file.Offset) = (null, file.Size);
        return block;
    }
}
