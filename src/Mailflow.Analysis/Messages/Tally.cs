using System.Runtime.InteropServices;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Analysis.Tracing.Index;

namespace Mailflow.Analysis.Messages;

/// <summary>
/// The changes that one block of lines makes: counts in small arrays, and the few items that are kept individually.
/// Reused from block to block; reading a row that is not a failure does not allocate.
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

    /// <summary>Unreadable lines, by <see cref="Messages.Unreadable"/>.</summary>
    public ReadOnlySpan<long> Unreadable => _unreadable;

    /// <summary>Offsets and lengths of the first <see cref="MaxQuarantined"/> unreadable lines of the block.</summary>
    public IReadOnlyList<(Unreadable Reason, int Offset, int Length)> Quarantined => _quarantined;

    readonly List<(Unreadable, int, int)> _quarantined = [];

    /// <summary>How many unreadable lines per block are kept with their offset; all are counted.</summary>
    public const int MaxQuarantined = 100;

    /// <summary>All failed and deferred recipients.</summary>
    public List<Failure> Failures { get; } = [];

    /// <summary>
    /// Time from arrival in the organisation to delivery or sending, once per row, by outcome; empty where <see cref="KeepsTimes"/> is set.
    /// </summary>
    public TimeCounts LatencyCounts { get; } = new(Outcomes);

    /// <summary>Time that a delivered or sent message spent in each stage; empty where <see cref="KeepsTimes"/> is set.</summary>
    public TimeCounts StageCounts { get; } = new(Enum.GetValues<Stage>().Length);

    /// <summary>Whether latencies are kept individually instead of in buckets: a scan shows percentiles of them.</summary>
    public bool KeepsTimes { get; init; }

    /// <summary>Individual latencies in milliseconds, where they are kept.</summary>
    public List<(Outcome Outcome, uint Milliseconds)> Latencies { get; } = [];

    /// <summary>Individual times per stage in milliseconds, where they are kept.</summary>
    public List<(Stage Stage, uint Milliseconds)> Stages { get; } = [];

    /// <summary>Connection attempts and session ends, from connectivity logs.</summary>
    public List<Connection> Connections { get; } = [];

    /// <summary>Finished SMTP sessions, from protocol logs.</summary>
    public List<SmtpSession> Sessions { get; } = [];

    /// <summary>4xx and 5xx replies, from protocol logs.</summary>
    public List<RejectingReply> Rejections { get; } = [];

    /// <summary>TLS negotiations that failed, from protocol logs.</summary>
    public List<FailedTls> FailedTls { get; } = [];

    /// <summary>Messages that an agent refused, from agent logs, with the cause.</summary>
    public List<(TransportAgent Agent, Cause Cause)> AgentRefusals { get; } = [];

    /// <summary>What happened to copies of messages, noise excluded.</summary>
    public CopyChanges Copies { get; } = new();

    /// <summary>A sample of the domains that mail was sent to.</summary>
    public IReadOnlyCollection<string> Reached => _reached;

    readonly HashSet<string> _reached = new(StringComparer.Ordinal);

    /// <summary>Estimated bytes of a record: its fields, its strings' overhead, and its list entry.</summary>
    const int OfObject = 320;

    const int OfConnection = 64;

    /// <summary>More than an ordinary block needs; a list that grew larger is released.</summary>
    const int Ordinary = 4096;

    const int KeptSegments = 4;

    const int OfSegment = 2048;

    /// <summary>How many reached domains are kept per block.</summary>
    public const int MaxReached = 64;

    /// <summary>Where the lines being read start: added to the offsets of failures and unreadable lines.</summary>
    public int Base { get; set; }

    /// <summary>Receives the keys of the rows; null where no index is built.</summary>
    public SegmentBuilder? Index { get; set; }

    /// <summary>Receives the facts that incidents are found in; null where they are not asked for.</summary>
    public SightingBlock? Sightings { get; set; }

    /// <summary>Receives the history by quarter of an hour; null where it is not asked for.</summary>
    public QuarterCounts? Quarters { get; init; }

    /// <summary>The segments of the index that the block completes or extends.</summary>
    public ReadOnlySpan<TraceSegment> Segments => CollectionsMarshal.AsSpan(_segments)[.._segmentCount];

    readonly List<TraceSegment> _segments = [];
    int _segmentCount;

    /// <summary>The time of the newest row that is not after <see cref="Latest"/>; default where there was none.</summary>
    public DateTime Newest { get; private set; }

    /// <summary>A row after this time has a wrong clock or a damaged date: it is counted, and is not the newest.</summary>
    public DateTime Latest { get; set; } = DateTime.MaxValue;

    /// <summary>The time of the oldest row; default where there was none.</summary>
    public DateTime Oldest { get; private set; }

    /// <summary>The server that wrote the log, as a row names it; null where no row did.</summary>
    public string? Server { get; set; }

    /// <summary>Recipients with this outcome and direction, noise excluded.</summary>
    public long Messages(Outcome outcome, Direction direction) => _messages[((int)outcome * Directions) + (int)direction];

    /// <summary>Recipients with this outcome, noise excluded.</summary>
    public long Count(Outcome outcome) => _perOutcome[(int)outcome];

    /// <summary>Bytes of the messages with this outcome: a row's total-bytes, once per recipient.</summary>
    public long MessageBytes(Outcome outcome) => _messageBytes[(int)outcome];

    /// <summary>Begins the part of the index of a block that starts here.</summary>
    public void BeginIndex(SegmentBuilder index, OpenSegment segment, long offset)
    {
        Index = index;
        index.Begin(segment, offset, _segments);
    }

    /// <summary>Ends the part of the index: the block ends here.</summary>
    public void EndIndex(long end) => (_segmentCount, Index) = (Index?.End(end) ?? 0, null);

    /// <summary>Counts a row of this event and time.</summary>
    public void AddRow(int eventIndex, DateTime time)
    {
        _rows[eventIndex]++;
        if (time > Newest && time <= Latest)
            Newest = time;
        if (time < Oldest || Oldest == default)
            Oldest = time;
    }

    /// <summary>Counts a row as noise.</summary>
    public void AddNoise(Noise reason) => _noise[(int)reason]++;

    /// <summary>Counts recipients with this outcome.</summary>
    public void AddMessages(Outcome outcome, Direction direction, int recipients, long bytes)
    {
        _messages[((int)outcome * Directions) + (int)direction] += recipients;
        _perOutcome[(int)outcome] += recipients;
        _messageBytes[(int)outcome] += bytes * recipients;
    }

    /// <summary>Takes failures back that another row has told. What incidents are found in stays: there, a message and recipient are one case.</summary>
    public void TakeBack(Predicate<Failure> isTold) => Failures.RemoveAll(f =>
    {
        if (f.Deferred || !isTold(f))
            return false;
        AddFailed(f, -1);
        return true;
    });

    /// <summary>Counts a failure that was taken back.</summary>
    public void AddAgain(Failure failure)
    {
        AddFailed(failure, 1);
        Failures.Add(failure);
    }

    void AddFailed(Failure failure, int sign)
    {
        AddMessages(Outcome.Failed, failure.Direction, sign, failure.Bytes);
        Quarters?.Add(failure.Time, failure.Connector, Outcome.Failed, sign);
    }

    /// <summary>Adds the time from arrival to delivery or sending.</summary>
    public void AddLatency(Outcome outcome, uint milliseconds)
    {
        if (KeepsTimes)
            Latencies.Add((outcome, milliseconds));
        else
            LatencyCounts.Add((int)outcome, milliseconds);
    }

    /// <summary>Adds the time spent in a stage.</summary>
    public void AddStage(Stage stage, uint milliseconds)
    {
        if (KeepsTimes)
            Stages.Add((stage, milliseconds));
        else
            StageCounts.Add((int)stage, milliseconds);
    }

    /// <summary>Adds a domain that mail was sent to.</summary>
    public void AddReached(string domain)
    {
        if (domain.Length > 0 && _reached.Count < MaxReached)
            _reached.Add(domain);
    }

    /// <summary>Counts an unreadable line.</summary>
    public void AddUnreadable(Unreadable reason, int offset, int length)
    {
        _unreadable[(int)reason]++;
        if (_quarantined.Count < MaxQuarantined)
            _quarantined.Add((reason, Base + offset, length));
    }

    /// <summary>Undoes what was counted as unreadable after these counts: it is part of a line that is already counted.</summary>
    /// <param name="counts">The earlier values of <see cref="Unreadable"/>.</param>
    /// <param name="kept">The earlier number of <see cref="Quarantined"/>.</param>
    public void TakeBackUnreadable(ReadOnlySpan<long> counts, int kept)
    {
        counts.CopyTo(_unreadable);
        _quarantined.RemoveRange(kept, _quarantined.Count - kept);
    }

    /// <summary>Converts all offsets, where the text was transcoded: from offsets in the new text to offsets in the file.</summary>
    public void MapOffsets(Func<int, int> map)
    {
        for (var i = 0; i < _quarantined.Count; i++)
        {
            var (reason, offset, length) = _quarantined[i];
            _quarantined[i] = (reason, map(offset), length);
        }

        Copies.MapOffsets(map);
        // All recipients of a row have the same offset.
        var (last, mapped) = (-1, -1);
        for (var i = 0; i < Failures.Count; i++)
        {
            if (Failures[i].Offset != last)
                (last, mapped) = (Failures[i].Offset, map(Failures[i].Offset));
            Failures[i] = Failures[i] with { Offset = mapped };
        }
    }

    /// <summary>Estimated memory of the lists in bytes; the data in flight is limited by it.</summary>
    public long Bytes()
    {
        var bytes = (sizeof(ulong) * ((long)Latencies.Count + Stages.Count)) + (OfConnection * (long)Connections.Count) + (sizeof(ulong) * 2L * Sessions.Count)
            + (OfConnection * (long)FailedTls.Count) + (sizeof(ulong) * (long)AgentRefusals.Count)
            + Copies.Bytes + (Sightings?.Bytes ?? 0);
        Diagnosis? last = null;
        foreach (var failure in Failures)
        {
            bytes += OfObject + (sizeof(char) * failure.Recipient.Length);
            // The recipients of a row share its other strings.
            if (failure.Index == 0)
                bytes += sizeof(char) * (failure.Sender.Length + failure.MessageId.Length + failure.NetworkMessageId.Length + failure.Subject.Length);
            if (!ReferenceEquals(failure.Diagnosis, last))
                bytes += OfObject + (sizeof(char) * failure.Diagnosis.Text.Length);
            last = failure.Diagnosis;
        }

        foreach (var refusal in Rejections)
            bytes += (2 * OfObject) + (sizeof(char) * (refusal.Diagnosis.Text.Length + refusal.Session.Length + refusal.Remote.Length));
        return bytes + (OfSegment * (long)_segmentCount);
    }

    /// <summary>Resets everything for the next block.</summary>
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
        Empty(Rejections);
        Empty(FailedTls);
        Empty(AgentRefusals);
        Copies.Clear();
        Sightings?.Clear();
        Quarters?.Clear();
        Newest = default;
        Oldest = default;
        Base = 0;
        Server = null;
        Index = null;
        _segmentCount = 0;
        if (_segments.Count > KeptSegments)
            _segments.RemoveRange(KeptSegments, _segments.Count - KeptSegments);
    }

    static void Empty<T>(List<T> list)
    {
        list.Clear();
        if (list.Capacity > Ordinary)
            list.Capacity = 0;
    }
}
