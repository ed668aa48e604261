namespace Mailflow.Analysis.Incidents;

/// <summary>An ordinary event of mail that is summed by minute.</summary>
public enum PassageKind
{
    /// <summary>Sent out of the organisation, by server, connector, next hop and domain.</summary>
    Sent,

    /// <summary>Delivered to a mailbox, by server and database.</summary>
    Delivered,

    /// <summary>Handed to another server of ours, by server, connector and next hop.</summary>
    Relayed,

    /// <summary>Received from outside, by server and receive connector.</summary>
    Arrived,

    /// <summary>Submitted by a sender of ours, by server and sender; the minute is rounded down to a quarter of an hour.</summary>
    Submitted,

    /// <summary>
    /// As <see cref="Submitted"/>, as the transport service writes it: the same messages once more where the logs of both services are read.
    /// </summary>
    Taken,
}

/// <summary>How many recipients and rows had this in one minute. Texts are numbers of a <see cref="NameList"/>, 0 where there is none.</summary>
/// <param name="Minute">Minutes since 1970, UTC.</param>
/// <param name="Recipients">Recipients.</param>
/// <param name="Messages">Rows, each of one message.</param>
public readonly record struct Passage(
    int Minute, PassageKind Kind, int Server, int Connector, int Hop, int Domain, int Sender, int Database, int Recipients, int Messages)
{
    /// <summary>A success of <see cref="PassageKind.Sent"/>, <see cref="PassageKind.Delivered"/> or <see cref="PassageKind.Relayed"/>.</summary>
    public bool IsSuccess => Kind <= PassageKind.Relayed;

    /// <summary>Its texts with other numbers.</summary>
    /// <param name="numbers">The new number by the old one.</param>
    public Passage With(ReadOnlySpan<int> numbers) => this with
    {
        Server = numbers[Server],
        Connector = numbers[Connector],
        Hop = numbers[Hop],
        Domain = numbers[Domain],
        Sender = numbers[Sender],
        Database = numbers[Database],
    };
}
