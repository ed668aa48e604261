using System.Buffers;
using System.Text;
using Mailflow.Analysis.Failures;

namespace Mailflow.Ledger;

/// <summary>
/// The sums of the failures of one hour: a row of `event_hours`. It is only a cache of `events`: a transaction that changes an event deletes the
/// row of its hour.
/// </summary>
/// <remarks>
/// Numbers are LEB128, texts are preceded by their length, times are milliseconds since the start of the hour.
/// <code>
/// reasons: causes, (name, 4 x failures in a quarter, first, last)...; reasons, (cause, text, failures, newest, id of the newest)...
/// domains: causes, (name)...; domains, (cause, text, failures, newest)...
/// listed:  ids of the newest events with a blocklist as their cause, the newest first
/// </code>
/// Steps of a chart start at full hours of a time zone, and the offsets of all current time zones are multiples of 15 minutes: so sums of
/// quarters of an hour are enough.
/// </remarks>
/// <param name="Hour">Hours since 1970.</param>
sealed record HourSums(long Hour, byte[]? Listed, byte[] Reasons, byte[] Domains)
{
    public const long Length = 3_600_000;

    /// <summary>Maximum domains of an hour. If there are more, no sums are stored: the row would be large, and building it needs much memory.</summary>
    const int MaxDomains = 50_000;

    const long Quarter = Length / 4;

    const string Damaged = "an hour of failures that was added up is damaged";

    /// <summary>The hour of a time; correct also before 1970.</summary>
    public static long Of(long time) => time >= 0 ? time / Length : ((time + 1) / Length) - 1;

    /// <summary>Whether each quarter of the hour lies within one step.</summary>
    public static bool Fits(long hour, Steps? steps)
    {
        if (steps is null)
            return true;
        for (var quarter = hour * Length; quarter < (hour + 1) * Length; quarter += Quarter)
            if (steps.Of(quarter) != steps.Of(quarter + Quarter - 1))
                return false;
        return true;
    }

    /// <summary>Failures by cause: their number and the times of the first and the last.</summary>
    public static List<(Cause Cause, long Count, long First, long Last)> CausesOf(long hour, ReadOnlySpan<byte> reasons)
    {
        var reader = new Reader(reasons);
        var causes = new List<(Cause, long, long, long)>();
        for (var n = reader.Causes(); n > 0; n--)
        {
            var cause = reader.Cause();
            var count = reader.Number() + reader.Number() + reader.Number() + reader.Number();
            causes.Add((cause, count, (hour * Length) + reader.Number(), (hour * Length) + reader.Number()));
        }

        return causes;
    }

    public static void AddReasons(FailureSums sums, long hour, ReadOnlySpan<byte> reasons)
    {
        var start = hour * Length;
        var reader = new Reader(reasons);
        var causes = new Cause[reader.Causes()];
        for (var i = 0; i < causes.Length; i++)
        {
            causes[i] = reader.Cause();
            for (var quarter = 0; quarter < 4; quarter++)
                if (reader.Number() is > 0 and var count)
                    sums.AddStep(start + (quarter * Quarter), causes[i], count);
            // The times of the first and the last failure are not needed here.
            _ = reader.Number();
            _ = reader.Number();
        }

        for (var n = reader.Number(); n > 0; n--)
        {
            var cause = reader.Cause(causes);
            var text = reader.Text();
            sums.AddReason(cause, text, reader.Number(), start + reader.Number(), reader.Number());
        }
    }

    public static void AddDomains(FailureSums sums, long hour, ReadOnlySpan<byte> domains)
    {
        var start = hour * Length;
        var reader = new Reader(domains);
        var causes = new Cause[reader.Causes()];
        for (var i = 0; i < causes.Length; i++)
            causes[i] = reader.Cause();
        for (var n = reader.Number(); n > 0; n--)
        {
            var cause = reader.Cause(causes);
            var domain = reader.Text();
            sums.AddDomain(domain, cause, reader.Number(), start + reader.Number());
        }
    }

    /// <summary>Failures to one domain, by cause.</summary>
    public static List<(Cause Cause, long Count)> CountsOf(ReadOnlySpan<byte> domains, ReadOnlySpan<byte> wanted)
    {
        var reader = new Reader(domains);
        var causes = new Cause[reader.Causes()];
        for (var i = 0; i < causes.Length; i++)
            causes[i] = reader.Cause();
        var found = new List<(Cause, long)>();
        for (var n = reader.Number(); n > 0; n--)
        {
            var cause = reader.Cause(causes);
            var isWanted = reader.Text().SequenceEqual(wanted);
            var count = reader.Number();
            // The time of the newest is not needed here.
            _ = reader.Number();
            if (isWanted)
                found.Add((cause, count));
        }

        return found;
    }

    public static List<long> Ids(ReadOnlySpan<byte> listed)
    {
        var reader = new Reader(listed);
        var ids = new List<long>();
        for (var n = reader.Number(); n > 0; n--)
            ids.Add(reader.Number());
        return ids;
    }

    /// <summary>Adds up one hour, row by row.</summary>
    internal sealed class Builder(long hour)
    {
        readonly FailureSums _sums = new(new(hour * Length, Quarter, 4), MaxDomains);
        readonly long[] _first = [.. Enumerable.Repeat(long.MaxValue, FailureSums.Causes)];
        readonly long[] _last = [.. Enumerable.Repeat(long.MinValue, FailureSums.Causes)];
        readonly List<(long Time, long Id)> _listed = [];

        public void AddFailure(long time, long id, Cause cause, ReadOnlySpan<byte> reason, ReadOnlySpan<byte> domain)
        {
            _sums.AddReason(cause, reason, 1, time, id);
            _sums.AddDomain(domain, cause, 1, time);
            _sums.AddStep(time, cause, 1);
            _first[(int)cause] = Math.Min(_first[(int)cause], time);
            _last[(int)cause] = Math.Max(_last[(int)cause], time);
        }

        /// <summary>Whether the hour has too many domains to be added up.</summary>
        public bool IsTooLarge => _sums.TooManyDomains;

        public void AddListed(long time, long id) => _listed.Add((time, id));

        public HourSums Build()
        {
            var quarters = _sums.BySteps().ToLookup(s => s.Cause);
            var causes = quarters.Select(q => q.Key).ToList();
            var reasons = new Writer();
            reasons.Number(causes.Count);
            foreach (var cause in causes)
            {
                reasons.Text(cause.Name());
                for (var quarter = 0; quarter < 4; quarter++)
                    reasons.Number(quarters[cause].FirstOrDefault(q => q.Step == quarter).Count);
                reasons.Number(_first[(int)cause] - (hour * Length));
                reasons.Number(_last[(int)cause] - (hour * Length));
            }

            var all = _sums.Reasons.ToList();
            reasons.Number(all.Count);
            foreach (var (cause, reason, sum) in all)
            {
                reasons.Number(causes.IndexOf(cause));
                reasons.Text(reason);
                reasons.Number(sum.Count);
                reasons.Number(sum.Newest - (hour * Length));
                reasons.Number(sum.NewestId);
            }

            var domains = new Writer();
            domains.Number(causes.Count);
            foreach (var cause in causes)
                domains.Text(cause.Name());
            domains.Number(_sums.Domains.Values.Sum(d => d.Counts.Length));
            foreach (var (domain, sum) in _sums.Domains)
                foreach (var (cause, count, newest) in sum.Counts)
                {
                    domains.Number(causes.IndexOf(cause));
                    domains.Text(domain);
                    domains.Number(count);
                    domains.Number(newest - (hour * Length));
                }

            return new(hour, Listed(), reasons.ToArray(), domains.ToArray());
        }

        byte[]? Listed()
        {
            if (_listed.Count == 0)
                return null;
            var listed = new Writer();
            var newest = _listed.OrderByDescending(l => l.Time).ThenBy(l => l.Id).Take(History.MaxBlocklistings).ToList();
            listed.Number(newest.Count);
            foreach (var (_, id) in newest)
                listed.Number(id);
            return listed.ToArray();
        }
    }

    sealed class Writer
    {
        readonly ArrayBufferWriter<byte> _bytes = new();

        public void Number(long value)
        {
            var rest = (ulong)value;
            for (; rest >= 0x80; rest >>= 7)
                _bytes.Write([(byte)(rest | 0x80)]);
            _bytes.Write([(byte)rest]);
        }

        public void Text(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            Number(bytes.Length);
            _bytes.Write(bytes);
        }

        public byte[] ToArray() => _bytes.WrittenSpan.ToArray();
    }

    ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> _rest = bytes;

        public long Number()
        {
            var value = 0UL;
            var place = 0;
            for (var shift = 0; ; shift += 7)
            {
                if (place == _rest.Length)
                    throw new InvalidDataException(Damaged);
                var part = _rest[place++];
                value |= (ulong)(part & 0x7F) << shift;
                if (part < 0x80)
                    break;
            }

            _rest = _rest[place..];
            return (long)value;
        }

        public ReadOnlySpan<byte> Text()
        {
            var length = Number();
            if (length < 0 || length > _rest.Length)
                throw new InvalidDataException(Damaged);
            var text = _rest[..(int)length];
            _rest = _rest[(int)length..];
            return text;
        }

        public Cause Cause() => CauseNames.Of(Text());

        /// <summary>How many causes follow.</summary>
        public int Causes() => Index(1000);

        /// <summary>One of the causes at the start of the text, by its index.</summary>
        public Cause Cause(Cause[] causes) => causes[Index(causes.Length)];

        /// <summary>A number below a limit.</summary>
        int Index(int limit)
        {
            var number = Number();
            return number >= 0 && number < limit ? (int)number : throw new InvalidDataException(Damaged);
        }
    }
}
