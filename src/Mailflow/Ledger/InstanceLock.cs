namespace Mailflow.Ledger;

/// <summary>Keeps a second instance out of a state folder, for as long as this one lives: the system lets go of it when the process dies.</summary>
sealed class InstanceLock : IDisposable
{
    readonly FileStream _file;

    public InstanceLock(string folder)
    {
        // The store holds addresses: for its owner alone.
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            // System.IO.DisableFileLocking takes the meaning from FileShare.None on Unix, so the lock is asked for by itself.
            _file = new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            if (!OperatingSystem.IsWindows() && !OperatingSystem.IsMacOS())
                _file.Lock(0, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _file?.Dispose();
            throw IsHeld(e) ? StoreException.InUse(folder) : StoreException.Unusable(folder, e.Message);
        }
    }

    /// <summary>ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION; EAGAIN and EACCES of fcntl(2).</summary>
    static bool IsHeld(Exception e) =>
        e is IOException && (OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) is 32 or 33 : e.HResult is 11 or 13 or 35);

    public void Dispose() => _file.Dispose();
}
