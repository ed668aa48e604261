using Mailflow.Analysis.Failures;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>Calculates the sums of past hours on a separate connection, in short reads. Only the committer writes the result.</summary>
sealed class HourBuilding : IDisposable
{
    /// <summary>Maximum rows of one call; a single hour may have more.</summary>
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

    /// <summary>Starts again at the oldest event.</summary>
    public void Restart() => _from = long.MinValue;

    /// <summary>Calculates the next hours without stored sums, oldest first.</summary>
    /// <param name="before">The current hour: only earlier ones are calculated.</param>
    /// <param name="busy">Hours for which rows are still arriving.</param>
    /// <returns>Empty if there are no more such hours.</returns>
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
            // One statement reads the state of one moment. If an event is committed meanwhile, the hour is marked as changed and not stored.
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

    long? FirstAfter(long time)
    {
        var found = _next.Give(time).Scalar(long.MaxValue);
        return found < long.MaxValue ? found : null;
    }
}
