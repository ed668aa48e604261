namespace Mailflow.Simulator.Outages;

/// <summary>A row as it will be written.</summary>
sealed class OutageRow
{
    public required long At { get; init; }

    public required Source Source { get; init; }

    public required EventId Event { get; init; }

    public required OutageMail Mail { get; init; }

    public required List<OutageAddress> Recipients { get; init; }

    /// <summary>The statuses of the recipients; empty where the row is no failure.</summary>
    public List<string> Texts { get; init; } = [];

    /// <summary>The server that writes it.</summary>
    public required int Server { get; init; }

    /// <summary>The other server of ours, where there is one.</summary>
    public int? Peer { get; init; }

    public RemoteDomain? Domain { get; init; }

    /// <summary>What the failures or deferrals belong to.</summary>
    public OutageIncident? Incident { get; init; }

    /// <summary>Position among all rows, for those of one time.</summary>
    public int Order { get; set; }

    public RowFamily Family => Event switch
    {
        EventId.Deliver => RowFamily.Delivery,
        EventId.Receive when Source == Source.StoreDriver => RowFamily.Submission,
        _ => Source == Source.StoreDriver ? RowFamily.Delivery : RowFamily.Transport,
    };

    public bool IsTrouble => Event is EventId.Fail or EventId.Defer;

    public bool IsSuccess => Event is EventId.Deliver or EventId.SendExternal;
}
