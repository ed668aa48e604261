namespace Mailflow.Ledger;

/// <summary>Prevents a second instance from using the state folder. The system releases the lock when the process ends, however it ends.</summary>
sealed class InstanceLock : IDisposable
{
    const int SharingViolation = unchecked((int)0x80070020);

    readonly FileStream _file;

    public InstanceLock(string folder)
    {
        try
        {
            // The store contains addresses, so only its owner may read it.
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(folder);
            else
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            _file = new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.HResult == SharingViolation)
        {
            throw StoreException.InUse(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StoreException.Unusable(folder, e.Message);
        }

        try
        {
            // On Unix, System.IO.DisableFileLocking switches FileShare.None off, so the lock is also taken explicitly.
            if (!OperatingSystem.IsWindows() && !OperatingSystem.IsMacOS())
                _file.Lock(0, 0);
        }
        catch (IOException)
        {
            _file.Dispose();
            throw StoreException.InUse(folder);
        }
    }

    public void Dispose() => _file.Dispose();
}
