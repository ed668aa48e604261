namespace Mailflow.Simulator;

/// <summary>The parts of a message's route, from which the scenarios are built: the sender, the recipients, and the rows of each component.</summary>
sealed class RouteParts(SimulatedSite site, Chance chance)
{
    const int Second = 1000;

    /// <summary>The time that one component takes.</summary>
    public int Pause => chance.Skewed(1, 400);

    public void StartIncoming(SimulatedMessage message)
    {
        message.Direction = MailDirection.Incoming;
        message.RemoteDomain = site.Book.SomeDomain(chance);
        message.Id = message.Id with { Domain = message.RemoteDomain };
        message.Sender = AddressBook.Stranger(chance, message.RemoteDomain);
    }

    public void StartOriginating(SimulatedMessage message)
    {
        message.Direction = MailDirection.Originating;
        message.RemoteDomain = site.Book.SomeDomain(chance);
        message.Sender = AddressBook.OwnMailbox(chance);
    }

    public void AddMailboxes(SimulatedMessage message, int count)
    {
        for (; count > 0; count--)
            message.AddRecipient(AddressBook.OwnMailbox(chance));
    }

    public void AddStrangers(SimulatedMessage message, int count, ushort domain)
    {
        for (; count > 0; count--)
            message.AddRecipient(AddressBook.Stranger(chance, domain));
    }

    public void ThenReceive(SimulatedMessage message)
    {
        message.Then(RowShapes.ReceiveInternet, 0, message.Everyone);
        ThenAgents(message, message.Everyone);
    }

    public void ThenSubmit(SimulatedMessage message)
    {
        message.Then(RowShapes.NotifyMapi, 0, message.Everyone);
        if (site.Version < ExchangeVersion.Exchange2013 || chance.Percent(10))
            message.Then(RowShapes.StoreReceive, Pause, message.Everyone);
        message.Then(RowShapes.Submit, Pause, message.Everyone);
        message.Then(RowShapes.ReceiveSubmission, Pause, message.Everyone);
        ThenAgents(message, message.Everyone);
    }

    public void ThenAgents(SimulatedMessage message, RecipientSet recipients)
    {
        if (site.Version < ExchangeVersion.Exchange2010)
            return;
        for (var agents = chance.Skewed(1, 4); agents > 0; agents--)
            message.Then(RowShapes.AgentInfo, Pause, recipients);
    }

    /// <summary>Since 2013 the transport service sends to the delivery service, which delivers; before, it delivers itself.</summary>
    public void ThenDeliver(SimulatedMessage message, RecipientSet recipients)
    {
        if (site.Version >= ExchangeVersion.Exchange2013)
            message.Then(RowShapes.Send, chance.Skewed(30, 2 * Second), recipients);
        message.Then(RowShapes.Deliver, chance.Skewed(20, Second), recipients);
    }

    public void ThenSend(SimulatedMessage message, RecipientSet recipients) => message.Then(
        site.Version switch
        {
            ExchangeVersion.Exchange2007 => RowShapes.SendUnmarked,
            ExchangeVersion.Exchange2010 or ExchangeVersion.Exchange2013 => RowShapes.SendInternet,
            _ => RowShapes.SendExternal,
        },
        chance.Skewed(150, 5 * Second),
        recipients);
}
