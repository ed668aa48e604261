namespace Mailflow.Configuration;

/// <summary>Copies of tracking logs that are kept after Exchange has deleted the logs.</summary>
/// <param name="For">For how long, counted from the newest row of a log; null: no copies are kept.</param>
/// <param name="Folder">The folder of the copies; null: <c>kept</c> in the state folder.</param>
/// <param name="MaxBytes">The most bytes of all copies; the oldest are deleted first.</param>
sealed record KeepOptions(TimeSpan? For = null, string? Folder = null, long MaxBytes = 10240L << 20)
{
    /// <summary>The folder of the copies.</summary>
    public string FolderIn(string stateFolder) => Folder ?? Path.Combine(stateFolder, "kept");
}
