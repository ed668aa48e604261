namespace Mailflow.Ledger;

/// <summary>The store cannot be used; the message says why and what the way out is.</summary>
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

    /// <summary>Starting from nothing would count every row again, and silently: that is for a person to decide.</summary>
    public static StoreException Corrupt(string path, string fault) => new(
        $"The store {path} is damaged: {fault.TrimEnd('.')}. It holds the positions and counters, so Mailflow does not go on without it. " +
        "Restore it from a backup; or move it away together with its -wal and -shm files: then every log that is still there is read again from its start, " +
        "counters begin at 0 and events are sent once more (with the same ids).");

    public static StoreException OtherVersion(string path, long version) => new(
        $"The store {path} has version {version}; this Mailflow reads version {Schema.Version}. Run the Mailflow that wrote it, or move the file away to start anew.");

    /// <summary>Without its state Mailflow would read everything again at the next start.</summary>
    public static StoreException Unusable(string path, string fault) => new(
        $"The store {path} cannot be opened for writing: {fault.TrimEnd('.')}. Positions and counters are kept there, so Mailflow does not run without it. " +
        "Let this user write there and see that there is room, or give Mailflow another folder (State:Folder, --state).");

    /// <summary>What is written into a file without a name is gone with the process.</summary>
    public static StoreException Gone(string path) => new(
        $"The store {path} was deleted while Mailflow ran. What was committed into it is lost, so Mailflow stops. Put it back from a backup; or start Mailflow anew: " +
        "then every log that is still there is read again from its start, counters begin at 0 and events are sent once more (with the same ids).");

    public static StoreException InUse(string folder) => new(
        $"Another Mailflow uses the state folder {folder}: two would count every row twice. Stop it, or give this one a folder of its own (State:Folder, --state).");
}
