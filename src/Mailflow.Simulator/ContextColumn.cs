namespace Mailflow.Simulator;

/// <summary>source-context: additional information from the component that wrote the row.</summary>
/// <param name="namesSessions">Whether sending rows begin with the id of their session.</param>
sealed class ContextColumn(SimulatedSite site, Chance chance, bool namesSessions)
{
    public void Put(LineBuffer line, in Row row)
    {
        var start = line.Length;
        var message = row.Message;
        switch (row.Shape.Context)
        {
            case Context.Session:
                PutSession(line, row);
                break;
            case Context.Mailbox:
                PutMailbox(line, row);
                break;
            case Context.Reply:
                PutReply(line, row);
                break;
            case Context.Agent:
                line.Put(chance.Pick<byte[]>(World.Agents));
                break;
            case Context.Routing:
                line.Put("CatRoutingResolver"u8);
                break;
            case Context.Delivery:
                PutSession(line, row);
                line.Put(";ClientSubmitTime:"u8);
                line.Time(message.ArrivedAt - 200);
                break;
            case Context.Shadow:
                site.PutServerFqdn(line, site.PeerOf(row));
                line.Put("=250 2.6.0 "u8);
                site.PutMessageId(line, message.Id);
                line.Put(" [InternalId="u8);
                line.Put(message.InternalId + 3);
                line.Put(", Hostname="u8);
                site.PutServerFqdn(line, site.PeerOf(row));
                line.Put("] Queued mail for redundancy"u8);
                break;
            case Context.Retry:
                line.Put("retry"u8);
                break;
            case Context.Journal:
                line.Put("Journaling"u8);
                break;
            case Context.None:
            default:
                break;
        }
        line.EndField(start);
    }

    /// <summary>Session, its start, a count: <c>08DD5AB1C2D3E4F5;2025-03-04T09:59:59.700Z;0</c>.</summary>
    void PutSession(LineBuffer line, in Row row)
    {
        line.Put("08DE"u8);
        line.Hex(row.Message.Id.MoreBits, 6);
        line.Put((byte)';');
        line.Time(row.At - chance.Between(5, 400));
        line.Put(";0"u8);
    }

    void PutMailbox(LineBuffer line, in Row row)
    {
        var bits = row.Message.Id.Bits;
        line.Put("MDB:"u8);
        line.Guid(Chance.Mix(bits % 6), Chance.Mix(bits % 6 + 7));
        line.Put(", Mailbox:"u8);
        line.Guid(Chance.Mix(bits % 2000), Chance.Mix(bits % 2000 + 1));
        line.Put(", Event:"u8);
        line.Put((long)(bits % 1_000_000_000));
        line.Put(", MessageClass:IPM.Note, CreationTime:"u8);
        line.Time(row.At - chance.Between(20, 900));
        line.Put(", ClientType:"u8);
        line.Put((bits % 4) switch { 0 => "OWA"u8, 1 => "AirSync"u8, _ => "MOMT"u8 });
        if (row.Shape.Event == EventId.Submit)
            line.Put(", SubmissionAssistant:MailboxTransportSubmissionEmailAssistant"u8);
    }

    /// <summary>The reply of the remote side; its semicolons are replaced by spaces, since semicolons separate the fields here.</summary>
    void PutReply(LineBuffer line, in Row row)
    {
        var message = row.Message;
        if (namesSessions)
            line.Put(SessionId.OfSent(row));
        line.Put((byte)';');
        var start = line.Length;
        if (row.Shape.Status == Status.Failed)
            FailureTexts.All[message.Failures[row.Recipients.First]].Text.Put(line, site, message, row.Recipients.First);
        else if (row.Shape.ToInternet)
            PutAcceptance(line, message);
        else
            line.Put("250 2.1.5 Recipient OK"u8);
        line.Replace(start, (byte)';', (byte)' ');
        line.Put(";ClientSubmitTime:"u8);
        if (message.Direction == MailDirection.Originating)
            line.Time(message.ArrivedAt - 150);
    }

    void PutAcceptance(LineBuffer line, SimulatedMessage message)
    {
        if (message.RemoteDomain % 2 == 0)
        {
            line.Put("250 2.0.0 OK  "u8);
            line.Put(message.ArrivedAt / 1000);
            line.Put((byte)' ');
            line.Hex(message.Id.MoreBits, 7);
            line.Put(" - gsmtp"u8);
        }
        else
        {
            line.Put("250 2.6.0 "u8);
            site.PutMessageId(line, message.Id);
            line.Put(" Queued mail for delivery"u8);
        }
    }
}
