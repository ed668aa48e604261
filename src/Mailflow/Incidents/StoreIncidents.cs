using System.Globalization;
using Mailflow.Analysis.Incidents;
using Mailflow.Ledger;
using Microsoft.Data.Sqlite;

namespace Mailflow.Incidents;

/// <summary>The incidents that a store has, of a running or a stopped program.</summary>
/// <param name="Incidents">In the order in which they were opened.</param>
/// <param name="Until">The time up to which rows are judged; null where none is.</param>
/// <param name="Unread">Incidents that are damaged, or written by a newer version.</param>
sealed record StoreIncidents(IReadOnlyList<Incident> Incidents, DateTime? Until, int Unread)
{
    /// <summary>In <c>meta</c>: milliseconds since 1970.</summary>
    const string Judged = "incidents_judged";

    /// <param name="path">The store.</param>
    /// <exception cref="StoreException">It cannot be read.</exception>
    public static StoreIncidents Read(string path)
    {
        try
        {
            using var connection = Store.OpenReader(path);
            var (incidents, unread) = (new List<Incident>(), 0);
            using var select = connection.CreateCommand();
            select.CommandText = "SELECT state FROM incidents ORDER BY opened, id";
            using (var rows = select.ExecuteReader())
            {
                while (rows.Read())
                    if (IncidentJsonState.ReadIncident(rows.GetString(0)) is { } incident)
                        incidents.Add(incident);
                    else
                        unread++;
            }

            return new(incidents, Time(connection), unread);
        }
        catch (SqliteException e)
        {
            throw Store.ExceptionOf(path, e)!;
        }
    }

    static DateTime? Time(SqliteConnection connection)
    {
        using var select = connection.CreateCommand();
        select.CommandText = $"SELECT value FROM meta WHERE key = '{Judged}'";
        return long.TryParse(select.ExecuteScalar() as string, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds is > 0 and < 253_402_300_800_000
            ? DateTime.UnixEpoch.AddMilliseconds(milliseconds)
            : null;
    }
}
