namespace Mailflow.Keep;

/// <summary>The state of the copies of logs.</summary>
/// <param name="Folder">The folder; null where no copies are kept.</param>
/// <param name="Copies">How many there are.</param>
/// <param name="LogBytes">Bytes of the logs that were copied.</param>
/// <param name="Bytes">Bytes of the copies.</param>
/// <param name="Oldest">The newest row of the oldest copy; null where there is none.</param>
/// <param name="Problem">Why copies cannot be made now; null where they can.</param>
sealed record KeepStatus(string? Folder, int Copies = 0, long LogBytes = 0, long Bytes = 0, DateTimeOffset? Oldest = null, string? Problem = null)
{
    /// <summary>No copies are kept.</summary>
    public static readonly KeepStatus Off = new((string?)null);
}
