using System.Text;

namespace Mailflow.Simulator;

/// <summary>What the rows so far say about one recipient of a message.</summary>
/// <param name="Meaning">The row that decides: the first of the strongest end; without an end, the newest row.</param>
/// <param name="Since">The first row that names the recipient, Unix milliseconds.</param>
/// <param name="At">The time of the row that decides.</param>
/// <param name="Server">The server that wrote it.</param>
/// <param name="Next">The server of ours that it hands the message to; null where it does not.</param>
readonly record struct Stay(Meaning Meaning, long Since, long At, byte Server, byte? Next)
{
    /// <summary>The organisation has accepted the message for this recipient, and no row says how it ended.</summary>
    public bool IsPending => Meaning is Meaning.Pending or Meaning.Deferred;

    /// <summary>The result does not depend on the order of the rows: clocks of servers differ.</summary>
    public Stay With(Meaning meaning, in Row row, long at)
    {
        var since = Meaning == Meaning.Nothing ? at : Math.Min(Since, at);
        var wins = meaning > Meaning.Deferred && meaning != Meaning ? meaning > Meaning
            : meaning > Meaning.Deferred ? at < At
            : Meaning <= Meaning.Deferred && at >= At;
        return wins ? new(meaning, since, at, (byte)row.Server, row.Shape.HandsOver ? (byte)row.Peer : null) : this with { Since = since };
    }
}

/// <summary>Follows each recipient of each message: what is on its way at the end, what is lost, what loops, and journeys.jsonl.</summary>
sealed class TruthFlight(SimulationOptions options, SimulatedSite site) : IDisposable
{
    /// <summary>A message that one server has received this often for the same recipient is in a loop.</summary>
    public const int LoopReceives = 5;

    readonly List<OnItsWay> _left = [];
    readonly LineBuffer _text = new();
    readonly JourneyFile? _journeys = options.Journeys ? new(options.Folder) : null;
    readonly int _levels = site.Servers * LoopReceives;
    long _newest;
    long _loopingMessages;
    long _loopingRecipients;

    /// <param name="isMail">False for noise, which is only counted.</param>
    public void Add(in Row row, bool isMail)
    {
        var message = row.Message;
        _newest = Math.Max(_newest, row.At);
        if (!row.Shape.NamesMessage)
            return;
        message.Rows++;
        message.First = message.Rows == 1 ? row.At : Math.Min(message.First, row.At);
        message.Last = Math.Max(message.Last, row.At);
        message.Writers |= 1U << row.Server;
        if (!isMail || row.Shape.Meaning == Meaning.Nothing)
            return;
        var others = row.Recipients.Without(RecipientSet.One(row.Step.Related));
        if (row.Shape.Event == EventId.Redirect)
        {
            Say(row, RecipientSet.One(row.Step.Related), Meaning.Pending);
            Say(row, others, Meaning.Replaced);
        }
        else
        {
            if (row.Shape.Replaces && !others.IsEmpty)
                Say(row, RecipientSet.One(row.Step.Related), Meaning.Replaced);
            Say(row, row.Recipients, row.Shape.Meaning);
        }

        if (row.Shape is { Event: EventId.Receive, Source: Source.Smtp })
            Receive(row);
    }

    /// <summary>After its last row.</summary>
    public void End(SimulatedMessage message)
    {
        _left.AddRange(PendingOf(message));
        Write(message);
    }

    /// <summary>At the end of a simulation, with the messages that have rows to come.</summary>
    public void Finish(IEnumerable<SimulatedMessage> underway)
    {
        foreach (var message in underway)
            End(message);
        Dispose();
    }

    public void Dispose() => _journeys?.Dispose();

    /// <summary>The list is complete only after <see cref="Finish"/>.</summary>
    /// <param name="underway">Messages that have rows to come, before <see cref="Finish"/>.</param>
    public FlightTruth ToTruth(IEnumerable<SimulatedMessage> underway, bool finished)
    {
        List<OnItsWay> all = [.. _left, .. underway.SelectMany(PendingOf)];
        var lost = all.Where(p => p.At < Time(_newest) - options.Expiry).ToList();
        return new(
            new(
                all.GroupBy(p => p.Server, StringComparer.Ordinal)
                    .ToDictionary(s => s.Key, s => new PendingTruth(s.LongCount(), s.Min(p => p.Since)), StringComparer.Ordinal),
                StringComparer.Ordinal),
            new(lost.Select(p => p.MessageId).Distinct(StringComparer.Ordinal).LongCount(), lost.Count),
            new(_loopingMessages, _loopingRecipients),
            Time(_newest),
            finished ? all : []);
    }

    static void Say(in Row row, RecipientSet recipients, Meaning meaning)
    {
        for (; !recipients.IsEmpty; recipients = recipients.Rest)
            row.Message.Stays[recipients.First] = row.Message.Stays[recipients.First].With(meaning, row, row.At);
    }

    /// <summary>For each server, the recipients that it has received once, twice, ...</summary>
    void Receive(in Row row)
    {
        var message = row.Message;
        var received = message.Received ??= new ulong[_levels];
        var again = row.Recipients.Bits;
        for (var level = 0; level < LoopReceives; level++)
        {
            ref var seen = ref received[(row.Server * LoopReceives) + level];
            var both = seen & again;
            seen |= again;
            if (level == LoopReceives - 1)
                again &= ~both;
            else
                again = both;
        }

        if (again == 0)
            return;
        if (message.Looping.IsEmpty)
            _loopingMessages++;
        _loopingRecipients += new RecipientSet(again & ~message.Looping.Bits).Count;
        message.Looping = new(message.Looping.Bits | again);
    }

    IEnumerable<OnItsWay> PendingOf(SimulatedMessage message)
    {
        for (var i = 0; i < message.RecipientCount; i++)
        {
            if (message.Stays[i] is { IsPending: true } stay)
                yield return new(
                    IdOf(message), NetworkIdOf(message), AddressOf(message.Recipients[i]), stay.Meaning == Meaning.Deferred ? "deferred" : "pending",
                    site.NameOf(stay.Server), stay.Next is { } next ? site.NameOf(next) : null, Time(stay.Since), Time(stay.At));
        }
    }

    void Write(SimulatedMessage message)
    {
        if (_journeys is null)
            return;
        List<JourneyRecipient> recipients = [];
        for (var i = 0; i < message.RecipientCount; i++)
        {
            var stay = message.Stays[i];
            if (stay.Meaning != Meaning.Nothing)
                recipients.Add(new(AddressOf(message.Recipients[i]), NameOf(stay.Meaning), Time(stay.At), site.NameOf(stay.Server)));
        }

        if (recipients.Count > 0)
            _journeys.Write(new(
                IdOf(message), NetworkIdOf(message), AddressOf(message.Sender), Time(message.First), Time(message.Last), message.Rows,
                [.. Enumerable.Range(0, site.Servers).Where(s => (message.Writers & (1U << s)) != 0).Select(site.NameOf)], recipients));
    }

    static string NameOf(Meaning meaning) => meaning switch
    {
        Meaning.Delivered => "delivered",
        Meaning.Sent => "sent",
        Meaning.Failed => "failed",
        Meaning.Dropped => "dropped",
        Meaning.Replaced => "replaced",
        Meaning.Deferred => "deferred",
        _ => "pending",
    };

    static DateTime Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime;

    string IdOf(SimulatedMessage message)
    {
        site.PutMessageId(_text, message.Id);
        return Taken();
    }

    string? NetworkIdOf(SimulatedMessage message)
    {
        if (site.Version < ExchangeVersion.Exchange2013)
            return null;
        _text.Guid(message.Id.Bits, message.Id.MoreBits);
        return Taken();
    }

    string AddressOf(in Address address)
    {
        site.Book.Put(_text, address);
        return Taken();
    }

    string Taken()
    {
        var text = Encoding.UTF8.GetString(_text.Pending.Span);
        _text.Discard(_text.Length);
        return text;
    }
}
