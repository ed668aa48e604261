using Mailflow.Analysis.Failures;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>Adds up the hours that are over, on a connection of its own, in short reads. Only the committer writes the result.</summary>
sealed class HourBuilding : IDisposable
{
    /// <summary>Rows of one reading at the most, where an hour has not more by itself.</summary>
    const int MaxRows = 20_000;

    readonly SqliteConnection _reader;
    readonly Statement _next;
    readonly Statement _isSealed;
    readonly Statement _rows;
    readonly HashSet<long> _tooLarge = [];
    long _from = long.MinValue;

    public HourBuilding(Store store)
    {
        _reader = store.OpenReader();
        _next = new(_reader, "SELECT time FROM events WHERE time >= ? ORDER BY time LIMIT 1");
        _isSealed = new(_reader, "SELECT 1 FROM event_hours WHERE hour = ?");
        _rows = new(_reader, "SELECT time, id, cause, reason, domain, deferred, direction FROM events WHERE time >= ? AND time < ?");
    }

    /// <summary>Looks from the oldest event on again.</summary>
    public void Restart() => _from = long.MinValue;

    /// <summary>The next hours that are not added up yet, oldest first.</summary>
    /// <param name="before">The first hour that is not over.</param>
    /// <param name="busy">Hours that rows still come for.</param>
    /// <returns>Nothing where none is left.</returns>
    public List<HourSums> Next(long before, IReadOnlySet<long> busy)
    {
        var built = new List<HourSums>();
        for (var rows = 0; rows < MaxRows && FirstAfter(_from) is { } time;)
        {
            var hour = HourSums.Of(time);
            if (hour >= before)
                break;
            _from = (hour + 1) * HourSums.Length;
            if (busy.Contains(hour))
                _tooLarge.Remove(hour);
            if (busy.Contains(hour) || _tooLarge.Contains(hour) || _isSealed.Give(hour).Scalar() != 0)
                continue;
            // One statement, one moment: what is committed meanwhile is either in all of it, or the hour has changed.
            var builder = new HourSums.Builder(hour);
            _rows.Give(hour * HourSums.Length).Give((hour + 1) * HourSums.Length);
            for (; !builder.IsTooLarge && _rows.Step(); rows++)
            {
                var (at, id, cause) = (_rows.Number(0), _rows.Number(1), CauseNames.Of(_rows.Bytes(2)));
                if (_rows.Number(5) == 0)
                    builder.AddFailure(at, id, cause, _rows.Bytes(3), _rows.Bytes(4));
                if (cause == Cause.Blocklisted && !_rows.Bytes(6).SequenceEqual("incoming"u8))
                    builder.AddListed(at, id);
            }

            _rows.Reset();
            if (builder.IsTooLarge)
                _tooLarge.Add(hour);
            else
                built.Add(builder.Build());
        }

        return built;
    }

    public void Dispose()
    {
        _next.Dispose();
        _isSealed.Dispose();
        _rows.Dispose();
        _reader.Dispose();
    }

    long? FirstAfter(long time) => _next.Give(time).Scalar(long.MaxValue) is var found && found < long.MaxValue ? found : null;
}
