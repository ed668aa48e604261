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
        message.Here = site.Edge is { } edge && chance.Percent(40) ? edge : SomeServer();
    }

    public void StartOriginating(SimulatedMessage message)
    {
        message.Direction = MailDirection.Originating;
        message.RemoteDomain = site.Book.SomeDomain(chance);
        message.Sender = AddressBook.OwnMailbox(chance);
        message.Here = site.HomeOf(message.Sender);
    }

    /// <summary>A Mailbox server.</summary>
    public int SomeServer() => site.Mailboxes > 1 ? chance.Below(site.Mailboxes) : 0;

    public void AddMailboxes(SimulatedMessage message, int count)
    {
        for (; count > 0; count--)
            message.AddRecipient(Fresh(message, () => AddressBook.OwnMailbox(chance)));
    }

    public void AddStrangers(SimulatedMessage message, int count, ushort domain)
    {
        for (; count > 0; count--)
            message.AddRecipient(Fresh(message, () => AddressBook.Stranger(chance, domain)));
    }

    /// <summary>An address that is not among the recipients: Exchange removes duplicates.</summary>
    public static Address Fresh(SimulatedMessage message, Func<Address> draw)
    {
        var address = draw();
        while (message.Recipients.AsSpan(0, message.RecipientCount).Contains(address))
            address = draw();
        return address;
    }

    public void ThenReceive(SimulatedMessage message)
    {
        message.Then(RowShapes.ReceiveInternet, 0, message.Everyone);
        ThenAgents(message, message.Everyone);
        ThenEnter(message, message.Everyone);
    }

    /// <summary>An Edge server passes incoming mail to a Mailbox server.</summary>
    public void ThenEnter(SimulatedMessage message, RecipientSet recipients)
    {
        if (message.Here == site.Edge)
            ThenHop(message, SomeServer(), recipients);
    }

    /// <summary>Mail to some domains leaves through the Edge server.</summary>
    public void ThenExit(SimulatedMessage message, RecipientSet recipients)
    {
        if (site.Edge is { } edge && message.RemoteDomain % 3 == 0)
            ThenHop(message, edge, recipients);
    }

    /// <summary>From the transport service of one server to that of another: a SEND in the log of the first, a RECEIVE in that of the other.</summary>
    public void ThenHop(SimulatedMessage message, int to, RecipientSet recipients) => ThenHop(message, to, recipients, chance.Skewed(30, 2 * Second));

    /// <summary>As the other; rows of a server that writes no logs are left out.</summary>
    public void ThenHop(SimulatedMessage message, int to, RecipientSet recipients, int delayMs)
    {
        if (message.Here == to || recipients.IsEmpty)
            return;
        var from = message.Here;
        if (site.Writes(from))
            message.Then(RowShapes.Send, delayMs, recipients, peer: to);
        message.Here = to;
        if (site.Writes(to))
            message.Then(RowShapes.ReceiveHop, chance.Skewed(5, 300), recipients, peer: from);
    }

    /// <summary>A row of each server that holds mailboxes of these recipients.</summary>
    public void ThenAtHomes(SimulatedMessage message, RowShape shape, int delayMs, RecipientSet recipients)
    {
        var here = message.Here;
        for (; !recipients.IsEmpty; recipients = recipients.Without(AtHome(message, recipients)))
        {
            message.Here = site.HomeOf(message.Recipients[recipients.First]);
            message.Then(shape, delayMs, AtHome(message, recipients));
        }

        message.Here = here;
    }

    /// <summary>Those with a mailbox on the same server as the first.</summary>
    RecipientSet AtHome(SimulatedMessage message, RecipientSet recipients)
    {
        var home = site.HomeOf(message.Recipients[recipients.First]);
        var together = default(RecipientSet);
        for (var left = recipients; !left.IsEmpty; left = left.Rest)
        {
            if (site.HomeOf(message.Recipients[left.First]) == home)
                together = together.With(left.First);
        }

        return together;
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

    /// <summary>
    /// Since 2013 the transport service sends to the delivery service, which delivers; before, it delivers itself. Within a database availability group
    /// it sends to the delivery service of another server; to a server elsewhere, to its transport service.
    /// </summary>
    public void ThenDeliver(SimulatedMessage message, RecipientSet recipients)
    {
        var from = message.Here;
        for (; !recipients.IsEmpty; recipients = recipients.Without(AtHome(message, recipients)))
        {
            var together = AtHome(message, recipients);
            var home = site.HomeOf(message.Recipients[recipients.First]);
            message.Here = from;
            if (site.Version < ExchangeVersion.Exchange2013 || (from + home) % 2 == 1)
                ThenHop(message, home, together);
            if (site.Version >= ExchangeVersion.Exchange2013)
                message.Then(RowShapes.Send, chance.Skewed(30, 2 * Second), together, peer: home);
            message.Here = home;
            message.Then(RowShapes.Deliver, chance.Skewed(20, Second), together);
        }

        message.Here = from;
    }

    public void ThenSend(SimulatedMessage message, RecipientSet recipients)
    {
        ThenExit(message, recipients);
        message.Then(ShapeOfSending, chance.Skewed(150, 5 * Second), recipients);
    }

    RowShape ShapeOfSending => site.Version switch
    {
        ExchangeVersion.Exchange2007 => RowShapes.SendUnmarked,
        ExchangeVersion.Exchange2010 or ExchangeVersion.Exchange2013 => RowShapes.SendInternet,
        _ => RowShapes.SendExternal,
    };
}
