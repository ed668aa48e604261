using System.Text;
using CsvHelper;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Tracing;

namespace Mailflow.Analysis.Formats;

/// <summary>What the rows of a tracking log say about the copies of messages: on their way, or ended. <see cref="TrackingEvents"/> decides.</summary>
sealed class CopyRows(LogHeader header, ReaderState state)
{
    readonly int _messageId = header.IndexOf("message-id");
    readonly int _networkMessageId = header.IndexOf("network-message-id");
    readonly int _recipients = header.IndexOf("recipient-address");
    readonly int _related = header.IndexOf("related-recipient-address");
    readonly int _serverHost = header.IndexOf("server-hostname");
    readonly int _serverIp = header.IndexOf("server-ip");

    /// <param name="leaves">Whether it was sent to a server outside the organisation.</param>
    public void Add(CsvReader row, TrackingEvent known, bool leaves, DateTime time, Tally tally)
    {
        var id = Field(row, _messageId);
        var network = Field(row, _networkMessageId);
        // Without an id its rows cannot be joined.
        if (id.IsEmpty && network.IsEmpty)
            return;
        var (changes, meaning) = (tally.Copies, known.Meaning);
        var message = CopyKey.OfMessage(network.IsEmpty ? id : network);
        var ended = meaning.Step == CopyStep.Ended || leaves;
        var sent = meaning.Step == CopyStep.Sent;
        var at = time.Ticks / TimeSpan.TicksPerMillisecond;
        var when = CopyChange.WhenOf(at, sent, ended ? CopyKind.Ended : CopyKind.Open);
        var offset = tally.Base + (int)row.ByteOffset;
        var hop = sent && !ended ? HopOf(row, changes) : 0;
        var related = meaning.Replaces == Replacement.None ? default : Field(row, _related);
        var (ofRelated, becomes) = (related.IsEmpty ? 0 : OfAddress(ListMembers.Unwrap(related), related), false);
        var forwards = ofRelated != 0 && meaning.Replaces == Replacement.RecipientsByRelated;
        var replaced = CopyChange.WithKind(when, CopyKind.Ended);
        var first = known.IsReceipt && !id.IsEmpty;
        foreach (var member in new ListMembers(Field(row, _recipients)))
        {
            var name = ListMembers.Unwrap(member);
            if (name.IsEmpty)
                continue;
            var address = OfAddress(name, member);
            var isOther = address != ofRelated;
            becomes |= isOther;
            changes.Add(new(CopyKey.Of(message, address), forwards && isOther ? replaced : when, 0, offset, hop));
            if (first)
                changes.Received.Add((CopyKey.Of(CopyKey.OfReceipt(id), address), at));
            first = false;
        }

        if (forwards)
            changes.Add(new(CopyKey.Of(message, ofRelated), when, 0, offset, hop));
        else if (ofRelated != 0 && becomes)
            changes.Add(new(CopyKey.Of(message, ofRelated), replaced, 0, offset, 0));
    }

    /// <summary>An address with `'` is in recipient-address wrapped, its `'` doubled, and in related-recipient-address as it is.</summary>
    public static ulong OfAddress(ReadOnlySpan<byte> name, ReadOnlySpan<byte> written) =>
        name.Length == written.Length || name.IndexOf("''"u8) < 0
            ? CopyKey.OfAddress(name)
            : CopyKey.OfAddress(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(name).Replace("''", "'", StringComparison.Ordinal)));

    int HopOf(CsvReader row, CopyChanges changes)
    {
        var name = Field(row, _serverHost);
        return changes.HopOf(state.NextHops.Of(name.IsEmpty ? Field(row, _serverIp) : name));
    }

    static ReadOnlySpan<byte> Field(CsvReader row, int column) => column < 0 ? default : row.GetSpan(column);
}
