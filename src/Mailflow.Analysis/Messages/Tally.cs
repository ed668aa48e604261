using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Messages;

/// <summary>
/// What one block of lines changes: counts in small arrays, and the few things that are kept one by one.
/// Reused from block to block; reading a row that is no failure allocates nothing.
/// </summary>
public sealed class Tally
{
    static readonly int Outcomes = Enum.GetValues<Outcome>().Length;
    static readonly int Directions = Enum.GetValues<Direction>().Length;

    readonly long[] _rows = new long[EventNames.Limit];
    readonly long[] _messages = new long[Outcomes * Directions];
    readonly long[] _perOutcome = new long[Outcomes];
    readonly long[] _messageBytes = new long[Outcomes];
    readonly long[] _noise = new long[Enum.GetValues<Noise>().Length];
    readonly long[] _unreadable = new long[Enum.GetValues<Unreadable>().Length];

    /// <summary>Rows by <see cref="EventNames"/> index, noise included.</summary>
    public ReadOnlySpan<long> Rows => _rows;

    /// <summary>Rows that are noise, by <see cref="Messages.Noise"/>.</summary>
    public ReadOnlySpan<long> Noise => _noise;

    /// <summary>Lines that could not be read, by <see cref="Messages.Unreadable"/>.</summary>
    public ReadOnlySpan<long> Unreadable => _unreadable;

    /// <summary>Where those lines start in the block and how long they are, the first <see cref="MaxQuarantined"/> of them.</summary>
    public IReadOnlyList<(Unreadable Reason, int Offset, int Length)> Quarantined => _quarantined;

    readonly List<(Unreadable, int, int)> _quarantined = [];

    /// <summary>How many unreadable lines of one block are kept with their place; all are counted.</summary>
    public const int MaxQuarantined = 100;

    /// <summary>Failed recipients; and deferred ones, all of them.</summary>
    public List<Failure> Failures { get; } = [];

    /// <summary>Time from the arrival in the organisation to delivery or sending, once a row, by outcome; empty where <see cref="KeepsTimes"/> is set.</summary>
    public TimeCounts LatencyCounts { get; } = new(Outcomes);

    /// <summary>Time that a delivered or sent message spent in each stage; empty where <see cref="KeepsTimes"/> is set.</summary>
    public TimeCounts StageCounts { get; } = new(Enum.GetValues<Stage>().Length);

    /// <summary>Whether the latencies are kept one by one instead of counted in buckets: a scan shows percentiles of them.</summary>
    public bool KeepsTimes { get; init; }

    /// <summary>The latencies one by one, in milliseconds, where they are kept.</summary>
    public List<(Outcome Outcome, uint Milliseconds)> Latencies { get; } = [];

    /// <summary>The times in each stage one by one, where they are kept.</summary>
    public List<(Stage Stage, uint Milliseconds)> Stages { get; } = [];

    /// <summary>Attempts to connect and ends of sessions, from connectivity logs.</summary>
    public List<Connection> Connections { get; } = [];

    /// <summary>SMTP sessions that ended, from protocol logs.</summary>
    public List<SmtpSession> Sessions { get; } = [];

    /// <summary>Replies of 4xx and 5xx, from protocol logs.</summary>
    public List<SmtpRefusal> Refusals { get; } = [];

    /// <summary>Some of the domains that mail was sent to: a sample.</summary>
    public IReadOnlyCollection<string> Reached => _reached;

    readonly HashSet<string> _reached = new(StringComparer.Ordinal);

    /// <summary>A record with its fields, what its strings take besides their characters, and its place in a list.</summary>
    const int OfObject = 320;

    const int OfConnection = 64;

    /// <summary>More than an ordinary block has of anything: a list that grew beyond is given up.</summary>
    const int Ordinary = 4096;

    /// <summary>How many of them one block keeps.</summary>
    public const int MaxReached = 64;

    /// <summary>Where the lines being read start: added to the offsets of failures and unreadable lines.</summary>
    public int Base { get; set; }

    /// <summary>The time of the newest row; default where there was none.</summary>
    public DateTime Newest { get; private set; }

    /// <summary>The time of the oldest row; default where there was none.</summary>
    public DateTime Oldest { get; private set; }

    /// <summary>The server that a row names as the log's writer; null where none did.</summary>
    public string? Server { get; set; }

    /// <summary>Recipients with this outcome and direction, noise excluded.</summary>
    public long Messages(Outcome outcome, Direction direction) => _messages[((int)outcome * Directions) + (int)direction];

    /// <summary>Recipients with this outcome, noise excluded.</summary>
    public long Count(Outcome outcome) => _perOutcome[(int)outcome];

    /// <summary>Bytes of the messages (total-bytes of a row, once a recipient) with this outcome.</summary>
    public long MessageBytes(Outcome outcome) => _messageBytes[(int)outcome];

    /// <summary>A row of this event, at this time, was read.</summary>
    public void AddRow(int eventIndex, DateTime time)
    {
        _rows[eventIndex]++;
        if (time > Newest)
            Newest = time;
        if (time < Oldest || Oldest == default)
            Oldest = time;
    }

    /// <summary>A row is noise.</summary>
    public void AddNoise(Noise reason) => _noise[(int)reason]++;

    /// <summary>So many recipients met this outcome.</summary>
    public void AddMessages(Outcome outcome, Direction direction, int recipients, long bytes)
    {
        _messages[((int)outcome * Directions) + (int)direction] += recipients;
        _perOutcome[(int)outcome] += recipients;
        _messageBytes[(int)outcome] += bytes * recipients;
    }

    /// <summary>A message was delivered or sent so long after its arrival.</summary>
    public void AddLatency(Outcome outcome, uint milliseconds)
    {
        if (KeepsTimes)
            Latencies.Add((outcome, milliseconds));
        else
            LatencyCounts.Add((int)outcome, milliseconds);
    }

    /// <summary>It spent so long in a stage.</summary>
    public void AddStage(Stage stage, uint milliseconds)
    {
        if (KeepsTimes)
            Stages.Add((stage, milliseconds));
        else
            StageCounts.Add((int)stage, milliseconds);
    }

    /// <summary>Mail was sent to this domain.</summary>
    public void AddReached(string domain)
    {
        if (domain.Length > 0 && _reached.Count < MaxReached)
            _reached.Add(domain);
    }

    /// <summary>A line could not be read.</summary>
    public void AddUnreadable(Unreadable reason, int offset, int length)
    {
        _unreadable[(int)reason]++;
        if (_quarantined.Count < MaxQuarantined)
            _quarantined.Add((reason, Base + offset, length));
    }

    /// <summary>Takes back what was counted as unreadable beyond these counts: it is part of a line that is counted already.</summary>
    /// <param name="counts">As <see cref="Unreadable"/> was.</param>
    /// <param name="kept">As many as <see cref="Quarantined"/> were.</param>
    public void TakeBackUnreadable(ReadOnlySpan<long> counts, int kept)
    {
        counts.CopyTo(_unreadable);
        _quarantined.RemoveRange(kept, _quarantined.Count - kept);
    }

    /// <summary>Changes every offset: where the text was transcoded, from its own offsets to the file's.</summary>
    public void MapOffsets(Func<int, int> map)
    {
        for (var i = 0; i < _quarantined.Count; i++)
        {
            var (reason, offset, length) = _quarantined[i];
            _quarantined[i] = (reason, map(offset), length);
        }

        // The recipients of a row have its offset.
        var (last, mapped) = (-1, -1);
        for (var i = 0; i < Failures.Count; i++)
        {
            if (Failures[i].Offset != last)
                (last, mapped) = (Failures[i].Offset, map(Failures[i].Offset));
            Failures[i] = Failures[i] with { Offset = mapped };
        }
    }

    /// <summary>Bytes of memory that the lists take, about: what is in flight is bounded by it.</summary>
    public long Bytes()
    {
        var bytes = (sizeof(ulong) * ((long)Latencies.Count + Stages.Count)) + (OfConnection * (long)Connections.Count) + (sizeof(ulong) * 2L * Sessions.Count);
        Diagnosis? last = null;
        foreach (var failure in Failures)
        {
            bytes += OfObject + (sizeof(char) * failure.Recipient.Length);
            // The recipients of a row share the rest of it.
            if (failure.Index == 0)
                bytes += sizeof(char) * (failure.Sender.Length + failure.MessageId.Length + failure.NetworkMessageId.Length + failure.Subject.Length);
            if (!ReferenceEquals(failure.Diagnosis, last))
                bytes += OfObject + (sizeof(char) * failure.Diagnosis.Text.Length);
            last = failure.Diagnosis;
        }

        foreach (var refusal in Refusals)
            bytes += (2 * OfObject) + (sizeof(char) * (refusal.Diagnosis.Text.Length + refusal.Session.Length + refusal.Remote.Length));
        return bytes;
    }

    /// <summary>Empty again, for the next block.</summary>
    public void Clear()
    {
        Array.Clear(_rows);
        Array.Clear(_messages);
        Array.Clear(_perOutcome);
        Array.Clear(_messageBytes);
        Array.Clear(_noise);
        Array.Clear(_unreadable);
        _quarantined.Clear();
        _reached.Clear();
        Empty(Failures);
        LatencyCounts.Clear();
        StageCounts.Clear();
        Empty(Latencies);
        Empty(Stages);
        Empty(Connections);
        Empty(Sessions);
        Empty(Refusals);
        Newest = default;
        Oldest = default;
        Base = 0;
        Server = null;
    }

    static void Empty<T>(List<T> list)
    {
        list.Clear();
        if (list.Capacity > Ordinary)
            list.Capacity = 0;
    }
}
