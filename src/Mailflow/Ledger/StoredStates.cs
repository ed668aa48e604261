using Mailflow.Analysis.Builds;
using Mailflow.Analysis.Snapshots;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>What a store knows of the state of servers, for readers beside the program.</summary>
static class StoredStates
{
    public static IReadOnlyList<ServerSnapshot> Snapshots(SqliteConnection connection) =>
        Read(connection, "SELECT data FROM snapshots", r => SnapshotJson.Read(r.GetString(0)));

    public static IReadOnlyList<ServerBuild> Builds(SqliteConnection connection) =>
        Read(connection, "SELECT server, build, written, reply, replied FROM builds", BuildOf);

    internal static ServerBuild BuildOf(SqliteDataReader row) => new(
        row.GetString(0),
        ExchangeBuild.TryParse(row.GetString(1), out var build) ? build : null,
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)).UtcDateTime,
        row.GetString(3),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)).UtcDateTime);

    static List<T> Read<T>(SqliteConnection connection, string text, Func<SqliteDataReader, T> read)
    {
        var all = new List<T>();
        using var select = connection.CreateCommand();
#pragma warning disable CA2100 // The text is one of the two above.
        select.CommandText = text;
#pragma warning restore CA2100
        using var rows = select.ExecuteReader();
        while (rows.Read())
            all.Add(read(rows));
        return all;
    }
}
