using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Mailflow.Ledger;

/// <summary>
/// A prepared statement for one thread, for statements that run thousands of times: parameters are set in order, without boxing, names or a reader
/// object. It needs a third of the time of <see cref="SqliteCommand"/>.
/// </summary>
sealed class Statement : IDisposable
{
    readonly sqlite3 _database;
    readonly sqlite3_stmt _statement;
    byte[] _text = new byte[1024];
    int _given;

    public Statement(SqliteConnection connection, string text)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v3(_database, text, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    public Statement Give(long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, ++_given, value));
        return this;
    }

    public Statement Give(long? value)
    {
        Check(value is { } given ? raw.sqlite3_bind_int64(_statement, ++_given, given) : raw.sqlite3_bind_null(_statement, ++_given));
        return this;
    }

    public Statement Give(string? value)
    {
        if (value is null)
        {
            Check(raw.sqlite3_bind_null(_statement, ++_given));
            return this;
        }

        if (value.Length * 3 > _text.Length)
            _text = new byte[value.Length * 3];
        Check(raw.sqlite3_bind_text(_statement, ++_given, _text.AsSpan(0, Encoding.UTF8.GetBytes(value, _text))));
        return this;
    }

    public Statement Give(byte[]? value)
    {
        Check(value is null ? raw.sqlite3_bind_null(_statement, ++_given) : raw.sqlite3_bind_blob(_statement, ++_given, value));
        return this;
    }

    /// <summary>Runs the statement to its end.</summary>
    /// <returns>The number of changed rows.</returns>
    public int Run()
    {
        try
        {
            while (Step())
            {
            }

            return raw.sqlite3_changes(_database);
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Moves to the next row; false if there is none. Call <see cref="Reset"/> after the last row.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW)
            return true;
        if (result != raw.SQLITE_DONE)
            Check(result);
        return false;
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Number(int column) => raw.sqlite3_column_int64(_statement, column);

    /// <summary>The bytes of a text or blob; valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    /// <summary>The first value, or a default if there is no row or the value is NULL.</summary>
    public long Scalar(long otherwise = 0)
    {
        try
        {
            return Step() && !IsNull(0) ? Number(0) : otherwise;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Ends the reading; parameters can be set again.</summary>
    public void Reset()
    {
        _given = 0;
        // The result is the error of the last step, which was already thrown.
        _ = raw.sqlite3_reset(_statement);
    }

    public void Dispose() => _statement.Dispose();

    void Check(int result)
    {
        if (result == raw.SQLITE_OK)
            return;
        try
        {
            SqliteException.ThrowExceptionForRC(result, _database);
        }
        finally
        {
            if (_statement is not null)
                Reset();
        }
    }
}
