using Mailflow.Analysis.Messages;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>The status texts of the stored failures, read from the store of a running or a stopped program. It only reads.</summary>
static class StoredReplies
{
    /// <summary>The texts and the servers that rejected, newest first, in one read transaction; null where the folder has no store.</summary>
    /// <param name="folder">The folder of the store (State:Folder).</param>
    /// <exception cref="SqliteException">The store cannot be read.</exception>
    public static IEnumerable<(string Status, string Host, string Address)>? Read(string folder)
    {
        var path = Path.Combine(folder, Store.FileName);
        return File.Exists(path) ? Rows(path) : null;
    }

    static IEnumerable<(string Status, string Host, string Address)> Rows(string path)
    {
        using var connection = Store.OpenReader(path);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT status, remote_host, remote_address FROM events WHERE deferred = 0 ORDER BY id DESC";
        using var row = command.ExecuteReader();
        while (row.Read())
            yield return (row.Kept(0, KeptText.Status), row.Kept(1, KeptText.Name), row.Kept(2, KeptText.Name));
    }
}
