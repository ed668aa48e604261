namespace Mailflow.Ledger;

/// <summary>Keeps a second instance out of a state folder, for as long as this one lives: the system lets go of it when the process dies.</summary>
sealed class InstanceLock : IDisposable
{
    const int SharingViolation = unchecked((int)0x80070020);

    readonly FileStream _file;

    public InstanceLock(string folder)
    {
        try
        {
            // The store holds addresses: for its owner alone.
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
            // System.IO.DisableFileLocking takes the meaning from FileShare.None on Unix, so the lock is asked for by itself.
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
