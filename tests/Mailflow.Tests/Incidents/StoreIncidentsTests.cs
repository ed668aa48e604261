using Mailflow.Incidents;
using Mailflow.Ledger;
using Microsoft.Data.Sqlite;
using static Mailflow.Tests.Incidents.IncidentShown;

namespace Mailflow.Tests.Incidents;

public sealed class StoreIncidentsTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-incidents-").FullName;

    string Path => System.IO.Path.Combine(_folder, Store.FileName);

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Incidents_of_a_store_are_read_in_the_order_in_which_they_were_opened()
    {
        Run("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)");
        Run("CREATE TABLE incidents (id TEXT PRIMARY KEY, opened INTEGER NOT NULL, closed INTEGER, announced INTEGER NOT NULL, state TEXT NOT NULL)");
        Run("INSERT INTO meta VALUES ('incidents_judged', '1741082400000')");
        Run("INSERT INTO incidents VALUES ('b', 2, NULL, 1, $state)", IncidentJsonState.Write(Full));
        Run("INSERT INTO incidents VALUES ('a', 1, 3, 1, $state)", IncidentJsonState.Write(Over));
        Run("INSERT INTO incidents VALUES ('c', 3, 3, 1, $state)", "{\"Id\":");
        var stored = StoreIncidents.Read(Path);
        Assert.NotNull(stored);
        Assert.Equal([Over.Id, Full.Id], stored.Incidents.Select(i => i.Id));
        Assert.Equal(Full.Replies, stored.Incidents[1].Replies);
        Assert.Equal(Over.ProofSince, stored.Incidents[0].ProofSince);
        Assert.Equal((new DateTime(2025, 3, 4, 10, 0, 0, DateTimeKind.Utc), 1), (stored.Until, stored.Unread));
    }

    void Run(string sql, string? state = null)
    {
        using var connection = new SqliteConnection($"Data Source={Path}");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        if (state is not null)
            command.Parameters.AddWithValue("$state", state);
        command.ExecuteNonQuery();
    }
}
