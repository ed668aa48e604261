namespace Mailflow.Simulator;

/// <summary>The scenarios that a search for a message is about: it is stuck, lost or in a loop, or its recipient became another one.</summary>
sealed class RareScenarios(SimulatedSite site, Chance chance, RouteParts parts)
{
    const int Second = 1000, Minute = 60 * Second;

    /// <summary>Hops until Exchange ends a loop.</summary>
    const int MostHops = 12;

    /// <summary>Each with its weight beside the others in <see cref="Scenarios"/>.</summary>
    public (double Weight, Action<SimulatedMessage, long> Plan)[] Table =>
    [
        (0.15, Stuck),
        (0.1, Retried),
        (0.1, Lost),
        (0.1, Looped),
        (0.3, ForwardedWithCopy),
        (0.3, ForwardedOutside),
        (0.3, Journaled),
        (0.4, ToNestedGroups),
        (0.3, ToLargeGroup),
        (0.3, FailedOver),
        (0.5, ToCloud),
        (0.5, FromCloud),
        (0.2, ModerationExpired),
        (0.05, NeverModerated),
    ];

    /// <summary>Received, and nothing more: it stays in the submission queue.</summary>
    void Stuck(SimulatedMessage message, long now)
    {
        parts.StartIncoming(message);
        parts.AddMailboxes(message, chance.Skewed(1, 4));
        parts.ThenReceive(message);
    }

    /// <summary>The remote server defers it again and again.</summary>
    void Retried(SimulatedMessage message, long now)
    {
        parts.StartOriginating(message);
        parts.AddStrangers(message, chance.Skewed(1, 3), message.RemoteDomain);
        parts.ThenSubmit(message);
        parts.ThenExit(message, message.Everyone);
        var text = DeferralTexts.Draw(chance, remote: true);
        for (var left = message.Everyone; !left.IsEmpty; left = left.Rest)
            message.Deferrals[left.First] = text;
        for (var times = chance.Between(6, 20); times > 0; times--)
            message.Then(DeferralTexts.All[text].Shape, chance.Between(5 * Minute, 15 * Minute), message.Everyone);
    }

    /// <summary>Handed over, and the server that it was handed to has no row.</summary>
    void Lost(SimulatedMessage message, long now)
    {
        parts.StartIncoming(message);
        parts.AddMailboxes(message, chance.Skewed(1, 3));
        parts.ThenReceive(message);
        message.Then(RowShapes.Send, chance.Skewed(30, 2 * Second), message.Everyone, peer: site.OtherThan(message.Here));
    }

    /// <summary>Two servers route it to each other, until one counts the hops; some logs end before, since half of these take hours.</summary>
    void Looped(SimulatedMessage message, long now)
    {
        parts.StartIncoming(message);
        parts.AddMailboxes(message, 1);
        parts.ThenReceive(message);
        var (first, second) = (message.Here, site.OtherThan(message.Here));
        var pause = chance.Percent(50) ? Second : 20 * Minute;
        for (var hop = 0; hop < MostHops; hop++)
            parts.ThenHop(message, message.Here == first ? second : first, message.Everyone, chance.Between(pause / 2, pause));
        message.Failures[0] = FailureTexts.LoopDetected;
        message.Then(RowShapes.Fail(Source.Routing), parts.Pause, message.Everyone);
    }

    /// <summary>A rule of the mailbox forwards, and keeps a copy.</summary>
    void ForwardedWithCopy(SimulatedMessage message, long now)
    {
        parts.StartIncoming(message);
        parts.AddMailboxes(message, 2);
        var (before, after) = (RecipientSet.One(0), RecipientSet.One(1));
        message.Then(RowShapes.ReceiveInternet, 0, before);
        parts.ThenEnter(message, before);
        parts.ThenDeliver(message, before);
        message.Here = site.HomeOf(message.Recipients[0]);
        message.Then(RowShapes.Redirect, parts.Pause, before, related: 1);
        parts.ThenDeliver(message, after);
    }

    /// <summary>An alternate recipient outside.</summary>
    void ForwardedOutside(SimulatedMessage message, long now)
    {
        parts.StartIncoming(message);
        parts.AddMailboxes(message, 1);
        message.Then(RowShapes.ReceiveInternet, 0, RecipientSet.One(0));
        parts.ThenEnter(message, RecipientSet.One(0));
        message.RemoteDomain = site.Book.SomeDomain(chance);
        parts.AddStrangers(message, 1, message.RemoteDomain);
        message.Then(RowShapes.RedirectByRouting, parts.Pause, RecipientSet.One(0), related: 1);
        parts.ThenSend(message, RecipientSet.One(1));
    }

    void Journaled(SimulatedMessage message, long now)
    {
        parts.StartIncoming(message);
        parts.AddMailboxes(message, chance.Skewed(1, 5));
        message.WantsJournal = true;
        parts.ThenReceive(message);
        parts.ThenDeliver(message, message.Everyone);
    }

    /// <summary>A group with members and another group; the members of that come with its own row.</summary>
    void ToNestedGroups(SimulatedMessage message, long now)
    {
        var outer = StartGroup(message);
        var inner = RecipientSet.One(message.AddRecipient(RouteParts.Fresh(message, () => AddressBook.Group(chance))));
        parts.AddMailboxes(message, chance.Between(2, 12));
        var direct = message.Everyone.Without(outer).Without(inner);
        parts.AddMailboxes(message, chance.Between(2, 12));
        var members = message.Everyone.Without(outer).Without(inner).Without(direct);
        message.Then(RowShapes.Expand, parts.Pause, direct.With(inner.First), related: outer.First);
        message.Then(RowShapes.Expand, parts.Pause, members, related: inner.First);
        parts.ThenDeliver(message, direct);
        parts.ThenDeliver(message, members);
    }

    /// <summary>The members of a large group fill several rows.</summary>
    void ToLargeGroup(SimulatedMessage message, long now)
    {
        const int InOneRow = 20;
        var group = StartGroup(message);
        parts.AddMailboxes(message, chance.Between(InOneRow + 1, SimulatedMessage.MostRecipients - 1));
        for (var first = 1; first < message.RecipientCount; first += InOneRow)
            message.Then(RowShapes.Expand, parts.Pause, RecipientSet.Range(first, Math.Min(InOneRow, message.RecipientCount - first)));
        parts.ThenDeliver(message, message.Everyone.Without(group));
    }

    RecipientSet StartGroup(SimulatedMessage message)
    {
        parts.StartIncoming(message);
        var group = RecipientSet.One(message.AddRecipient(AddressBook.Group(chance)));
        message.Then(RowShapes.ReceiveInternet, 0, group);
        parts.ThenAgents(message, group);
        parts.ThenEnter(message, group);
        return group;
    }

    /// <summary>Delivered; then a server fails, another takes over its messages, and the mailbox recognises that it has this one.</summary>
    void FailedOver(SimulatedMessage message, long now)
    {
        parts.StartIncoming(message);
        parts.AddMailboxes(message, chance.Skewed(1, 4));
        parts.ThenReceive(message);
        parts.ThenDeliver(message, message.Everyone);
        if (site.Mailboxes > 1)
            message.Here = site.OtherThan(message.Here);
        message.Then(RowShapes.Resubmit, chance.Between(30 * Second, 5 * Minute), message.Everyone);
        parts.ThenAtHomes(message, RowShapes.DuplicateDeliver, chance.Between(50, 4 * Second), message.Everyone);
    }

    /// <summary>Hybrid: the mailbox is in Exchange Online, and its address becomes that of the routing domain.</summary>
    void ToCloud(SimulatedMessage message, long now)
    {
        parts.StartOriginating(message);
        message.RemoteDomain = site.Book.CloudDomain;
        var person = AddressBook.OwnMailbox(chance);
        message.AddRecipient(person);
        message.AddRecipient(person with { Domain = site.Book.CloudDomain });
        var (own, cloud) = (RecipientSet.One(0), RecipientSet.One(1));
        message.Then(RowShapes.Submit, parts.Pause, own);
        message.Then(RowShapes.ReceiveSubmission, parts.Pause, own);
        parts.ThenAgents(message, own);
        message.Then(RowShapes.Resolve, parts.Pause, cloud, related: 0);
        parts.ThenSend(message, cloud);
    }

    /// <summary>Hybrid: the sender's mailbox is in Exchange Online.</summary>
    void FromCloud(SimulatedMessage message, long now)
    {
        parts.StartIncoming(message);
        message.RemoteDomain = site.Book.CloudDomain;
        message.Id = message.Id with { Domain = site.Book.CloudDomain };
        message.Sender = AddressBook.OwnMailbox(chance);
        parts.AddMailboxes(message, chance.Skewed(1, 4));
        parts.ThenReceive(message);
        parts.ThenDeliver(message, message.Everyone);
    }

    void ModerationExpired(SimulatedMessage message, long now)
    {
        NeverModerated(message, now);
        message.Then(RowShapes.ModerationExpire, chance.Between(5 * Minute, 30 * Minute), message.Everyone);
    }

    void NeverModerated(SimulatedMessage message, long now)
    {
        parts.StartOriginating(message);
        parts.AddMailboxes(message, chance.Skewed(1, 3));
        parts.ThenSubmit(message);
        message.Then(RowShapes.ModerationStarted, parts.Pause, message.Everyone);
    }
}
