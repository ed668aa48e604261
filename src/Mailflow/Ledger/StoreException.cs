namespace Mailflow.Ledger;

/// <summary>The store cannot be used; the message contains the reason and what to do.</summary>
sealed class StoreException : Exception
{
    public StoreException()
    {
    }

    public StoreException(string message)
        : base(message)
    {
    }

    public StoreException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>A new store would count every row again without notice, so a person must decide.</summary>
    public static StoreException Corrupt(string path, string fault) => new(
        $"The store {path} is damaged: {fault.TrimEnd('.')}. It contains the read positions and counters, so Mailflow stops. " +
        "Restore it from a backup, or move it away together with its -wal and -shm files. Then every existing log is read again from its start, " +
        "counters begin at 0 and events are sent once more (with the same ids).");

    public static StoreException OtherVersion(string path, long version) => new(
        $"The store {path} has version {version}; this Mailflow reads version {Schema.Version}. " +
        "Run the Mailflow version that wrote it, or move the file away to start with a new store.");

    /// <summary>Without the store Mailflow would read everything again at the next start.</summary>
    public static StoreException Unusable(string path, string fault) => new(
        $"The store {path} cannot be opened for writing: {fault.TrimEnd('.')}. " +
        "It contains the read positions and counters, so Mailflow cannot run without it. " +
        "Check the permissions of this user and the free disk space, or use another folder (State:Folder, --state).");

    /// <summary>For those who only read.</summary>
    public static StoreException Unreadable(string path, string fault) => new(
        $"The store {path} cannot be read: {fault.TrimEnd('.')}. Check that this user may read the folder and its files.");

    /// <summary>Data written to a deleted file is lost when the process ends.</summary>
    public static StoreException Gone(string path) => new(
        $"The store {path} was deleted while Mailflow ran. Its data is lost, so Mailflow stops. Restore it from a backup, or start Mailflow again: " +
        "then every existing log is read again from its start, counters begin at 0 and events are sent once more (with the same ids).");

    public static StoreException InUse(string folder) => new(
        $"Another Mailflow uses the state folder {folder}. Stop it, or use another state folder (State:Folder, --state).");
}
