using Mailflow.Commands;
using Mailflow.Ledger;
using Microsoft.Data.Sqlite;

namespace Mailflow.Tests.Commands;

/// <summary>What commands say of a store that they cannot read.</summary>
public sealed class GivenStoreTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-given-").FullName;

    string Db => Path.Combine(_folder, Store.FileName);

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Missing_empty_older_and_newer_stores_are_told_apart()
    {
        Says("there is no mailflow.db in this folder. Expected the folder of a store (State:Folder), or logs as paths.");
        File.WriteAllBytes(Db, []);
        Says("mailflow.db is empty or of another program.");
        Run("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL); INSERT INTO meta VALUES ('version', '1')");
        Says("an earlier version of Mailflow wrote this store. Start this version once (mailflow run)");
        Run("UPDATE meta SET value = '999'");
        Says("has version 999");
        Run($"UPDATE meta SET value = '{Schema.Version}'");
        Assert.Null(GivenStore.Fault(_folder, null));
    }

    [Fact]
    public void A_file_that_is_no_database_is_damaged()
    {
        File.WriteAllText(Db, new('x', 5000));
        Assert.Contains("is damaged", Assert.Throws<StoreException>(() => GivenStore.Fault(_folder, null)).Message, StringComparison.Ordinal);
    }

    void Says(string expected) => Assert.Contains(expected, GivenStore.Fault(_folder, "logs as paths"), StringComparison.Ordinal);

    void Run(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Db}");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
