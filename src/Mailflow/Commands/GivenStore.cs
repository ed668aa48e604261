using Mailflow.Ledger;
using Microsoft.Data.Sqlite;

namespace Mailflow.Commands;

/// <summary>The store that a command only reads: of a running or a stopped program.</summary>
static class GivenStore
{
    /// <summary>Why the store in a folder cannot be read; null if it can.</summary>
    /// <param name="others">What else can be given: <c>logs as paths</c>. Null: nothing.</param>
    /// <exception cref="UnauthorizedAccessException">This user may not look into the folder.</exception>
    /// <exception cref="StoreException">It cannot be read.</exception>
    public static string? Fault(string folder, string? others)
    {
        var path = Path.Combine(folder, Store.FileName);
        var or = others is null ? "" : $", or {others}";
        if (!Exists(path))
            return $"--state {folder}: there is no {Store.FileName} in this folder. Expected the folder of a store (State:Folder){or}.";
        return VersionOf(path) switch
        {
            null => $"--state {folder}: {Store.FileName} is empty or of another program. Expected the folder of a store (State:Folder){or}.",
            { } older when older < Schema.Version =>
                $"--state {folder}: an earlier version of Mailflow wrote this store. Start this version once (mailflow run): it updates the store{or}.",
            { } newer when newer > Schema.Version => StoreException.OtherVersion(path, newer).Message,
            _ => null,
        };
    }

    static bool Exists(string path)
    {
        try
        {
            return !File.GetAttributes(path).HasFlag(FileAttributes.Directory);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    static long? VersionOf(string path)
    {
        try
        {
            using var connection = Store.OpenReader(path);
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT count(*) FROM sqlite_master WHERE name = 'meta'";
            if (command.ExecuteScalar() is not > 0L)
                return null;
            command.CommandText = "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'version'";
            return command.ExecuteScalar() as long?;
        }
        catch (SqliteException e) when (e.IsUnusable())
        {
            throw StoreException.Unreadable(path, e.Message);
        }
        catch (SqliteException e)
        {
            throw Store.ExceptionOf(path, e)!;
        }
    }
}
