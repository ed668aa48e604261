using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>What SQLite's result codes mean for the store: https://www.sqlite.org/rescode.html.</summary>
static class SqliteFaults
{
    const int Permission = 3;
    const int Busy = 5;
    const int Locked = 6;
    const int ReadOnly = 8;
    const int IoError = 10;
    const int Corrupt = 11;
    const int Full = 13;
    const int CannotOpen = 14;
    const int Authorization = 23;
    const int NotADatabase = 26;

    /// <summary>SQLITE_IOERR_SHMSIZE: the disk is full, so the index of the -wal file cannot grow.</summary>
    const int NoRoomForIndex = 4874;

    /// <summary>A failed read that may succeed when it is retried.</summary>
    public static bool MayRead(this SqliteException e) => e.SqliteErrorCode is Busy or Locked or IoError or Full;

    /// <summary>A failed write that may succeed when it is retried. After other I/O errors it is not known what is on the disk.</summary>
    public static bool MayWrite(this SqliteException e) => e.SqliteErrorCode is Busy or Locked or Full || e.SqliteExtendedErrorCode == NoRoomForIndex;

    /// <summary>The file cannot be used (permissions, disk space, locks); its content may be correct.</summary>
    public static bool IsUnusable(this SqliteException e) =>
        e.SqliteErrorCode is Permission or Busy or Locked or ReadOnly or IoError or Full or CannotOpen or Authorization;

    /// <summary>The content of the file is damaged, or it is not a database.</summary>
    public static bool IsDamage(this SqliteException e) => e.SqliteErrorCode is Corrupt or NotADatabase;
}
