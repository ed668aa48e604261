using Mailflow.Analysis.Messages;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>
/// Texts of stored events, cut as new ones are before they are stored (<see cref="KeptText"/>). A store of an older version holds statuses of megabytes, and a
/// migration that cut them would have to read all of it at start.
/// </summary>
static class KeptColumn
{
    public static string Kept(this SqliteDataReader row, int column, int most) => KeptText.Cut(row.GetString(column), most);

    public static string Kept(this Statement row, int column, int most) => KeptText.Of(row.Bytes(column), most);
}
