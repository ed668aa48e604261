using Mailflow.Analysis.Messages;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>
/// Shortens texts of stored events to the limits of new ones (<see cref="KeptText"/>). A store of an older version may contain statuses of
/// several megabytes, and a migration would have to read the whole store at start.
/// </summary>
static class KeptColumn
{
    public static string Kept(this SqliteDataReader row, int column, int most) => KeptText.Cut(row.GetString(column), most);

    public static string Kept(this Statement row, int column, int most) => KeptText.Of(row.Bytes(column), most);
}
