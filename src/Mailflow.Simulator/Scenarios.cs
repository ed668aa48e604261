namespace Mailflow.Simulator;

/// <summary>The possible routes of a message: each scenario plans the rows of the message and the waits between them.</summary>
sealed class Scenarios
{
    const int Second = 1000, Minute = 60 * Second, Hour = 60 * Minute;

    readonly SimulatedSite _site;
    readonly Chance _chance;
    readonly (double Weight, Action<SimulatedMessage, long> Plan)[] _table;
    readonly Lottery _lottery;
    readonly RouteParts _parts;

    public Scenarios(SimulatedSite site, Chance chance)
    {
        (_site, _chance) = (site, chance);
        _parts = new(site, chance);
        var failures = new FailureScenarios(site, chance, _parts);
        var modern = site.Version >= ExchangeVersion.Exchange2013;
        _table =
        [
            .. new RareScenarios(site, chance, _parts).Table.Select(entry => (entry.Weight * site.Rarely, entry.Plan)),
            (20, Incoming),
            (17, Outgoing),
            (9, Internal),
            (2.5, ToGroup),
            (11, failures.Fail),
            (1, failures.DeferThenSend),
            (0.4, failures.DeferThenDeliver),
            (0.6, Dropped),
            (0.6, Redirected),
            (0.5, Moderated),
            (0.5, Forked),
            (0.5, Meeting),
            (0.4, DeliveredTwice),
            (0.3, Throttled),
            (0.3, Resubmitted),
            (0.2, SubmittedLate),
            (0.1, BadMail),
            (0.05, Poison),
            (0.05, Loaded),
            (10, HealthMailbox),
            (modern ? 4 : 0, Probe),
            (site.Version >= ExchangeVersion.Exchange2010 ? 42 : 0, Shadow),
        ];
        if (site.Story is not null)
            _table = Normal(failures);
        _lottery = new([.. _table.Select(entry => entry.Weight)]);
    }

    /// <summary>A normal day: no scenario with problems of the transport service, and few failures.</summary>
    (double Weight, Action<SimulatedMessage, long> Plan)[] Normal(FailureScenarios failures) =>
    [
        (20, Incoming),
        (17, (message, now) => OutgoingOrRejected(message, now, failures)),
        (9, Internal),
        (2.5, ToGroup),
        (0.6, failures.FailNormally),
        (0.5, failures.DeferNormally),
        (0.4, Dropped),
        (0.6, Redirected),
        (0.5, Moderated),
        (0.5, Forked),
        (0.5, Meeting),
        (10, HealthMailbox),
        (4, Probe),
        (42, Shadow),
    ];

    /// <summary>Plans a fresh message that starts at the given time.</summary>
    public void Plan(SimulatedMessage message, long now)
    {
        message.Subject = _chance.Below(World.Subjects.Length);
        message.Size = _chance.Skewed(1_800, 9_000_000);
        _table[_lottery.Draw(_chance)].Plan(message, now);
    }

    /// <summary>A non-delivery report, to a mailbox of ours or to the outside.</summary>
    public void PlanReport(SimulatedMessage report, SimulatedMessage failed)
    {
        report.Subject = failed.Subject;
        report.Size = 6_000 + _chance.Below(20_000);
        report.Direction = MailDirection.Originating;
        report.WantsReport = false;
        report.Reference = failed.Id;
        report.RemoteDomain = failed.Sender.Domain;
        report.Sender = AddressBook.Of(AddressKind.Postmaster);
        report.AddRecipient(failed.Sender);
        report.Then(RowShapes.Dsn, _chance.Skewed(5, 500), report.Everyone);
        if (failed.Sender.Domain == 0)
            _parts.ThenDeliver(report, report.Everyone);
        else
            _parts.ThenSend(report, report.Everyone);
    }

    /// <summary>The journaling agent's report, to the mailbox for all of them.</summary>
    public void PlanJournal(SimulatedMessage report, SimulatedMessage journaled)
    {
        report.Subject = journaled.Subject;
        report.Size = journaled.Size + 2_000;
        report.Direction = MailDirection.Originating;
        report.WantsReport = false;
        report.Sender = AddressBook.Of(AddressKind.Postmaster);
        report.AddRecipient(new(AddressKind.Person, 0, 0, 0, 0));
        report.Then(RowShapes.ReceiveJournal, _chance.Skewed(5, 500), report.Everyone);
        _parts.ThenEnter(report, report.Everyone);
        _parts.ThenDeliver(report, report.Everyone);
    }

    void Incoming(SimulatedMessage message, long now)
    {
        _parts.StartIncoming(message);
        _parts.AddMailboxes(message, _chance.Skewed(1, 9));
        _parts.ThenReceive(message);
        _parts.ThenDeliver(message, message.Everyone);
    }

    void Outgoing(SimulatedMessage message, long now)
    {
        _parts.StartOriginating(message);
        _parts.AddStrangers(message, _chance.Skewed(1, 7), message.RemoteDomain);
        _parts.ThenSubmit(message);
        _parts.ThenSend(message, message.Everyone);
    }

    void OutgoingOrRejected(SimulatedMessage message, long now, FailureScenarios failures)
    {
        _parts.StartOriginating(message);
        _parts.AddStrangers(message, _chance.Skewed(1, 7), message.RemoteDomain);
        if (failures.RejectedByOutage(message, now))
            return;
        _parts.ThenSubmit(message);
        _parts.ThenSend(message, message.Everyone);
    }

    void Internal(SimulatedMessage message, long now)
    {
        _parts.StartOriginating(message);
        _parts.AddMailboxes(message, _chance.Skewed(1, 9));
        _parts.ThenSubmit(message);
        _parts.ThenDeliver(message, message.Everyone);
    }

    /// <summary>The first recipient is the group, its members follow. Some messages are sent to a second address of the group, which comes last.</summary>
    void ToGroup(SimulatedMessage message, long now)
    {
        _parts.StartIncoming(message);
        var group = RecipientSet.One(message.AddRecipient(AddressBook.Group(_chance)));
        _parts.AddMailboxes(message, _chance.Between(3, 40));
        var members = message.Everyone.Without(group);
        var alias = _chance.Percent(50) ? message.AddRecipient(AddressBook.Alias(_chance)) : 0;
        var named = RecipientSet.One(alias);
        message.Then(RowShapes.ReceiveInternet, 0, named);
        message.Then(RowShapes.AgentInfo, _parts.Pause, named);
        _parts.ThenEnter(message, named);
        if (alias > 0)
            message.Then(RowShapes.Resolve, _parts.Pause, group, related: alias);
        message.Then(RowShapes.Expand, _parts.Pause, members);
        _parts.ThenDeliver(message, members);
    }

    void Dropped(SimulatedMessage message, long now)
    {
        _parts.StartIncoming(message);
        _parts.AddMailboxes(message, _chance.Skewed(1, 4));
        _parts.ThenReceive(message);
        message.Then(RowShapes.Drop, _parts.Pause, message.Everyone);
    }

    void Redirected(SimulatedMessage message, long now)
    {
        _parts.StartIncoming(message);
        _parts.AddMailboxes(message, 2);
        var (first, second) = (RecipientSet.One(0), RecipientSet.One(1));
        message.Then(RowShapes.ReceiveInternet, 0, first);
        message.Then(RowShapes.AgentInfo, _parts.Pause, first);
        _parts.ThenEnter(message, first);
        _parts.ThenHop(message, _site.HomeOf(message.Recipients[0]), first);
        // Unlike EXPAND, REDIRECT names the address before; the related one is the address after.
        message.Then(RowShapes.Redirect, _parts.Pause, first, related: 1);
        _parts.ThenDeliver(message, second);
    }

    /// <summary>A moderator decides; the decision is in a separate log (MSGTRKMA).</summary>
    void Moderated(SimulatedMessage message, long now)
    {
        _parts.StartOriginating(message);
        _parts.AddMailboxes(message, _chance.Skewed(1, 4));
        _parts.ThenSubmit(message);
        message.Then(RowShapes.ModerationStarted, _parts.Pause, message.Everyone);
        if (_chance.Percent(75))
        {
            message.Then(RowShapes.ModeratorApprove, _chance.Between(20 * Second, 10 * Minute), message.Everyone);
            _parts.ThenDeliver(message, message.Everyone);
        }
        else
        {
            message.Then(RowShapes.ModeratorReject, _chance.Between(20 * Second, 10 * Minute), message.Everyone);
        }
    }

    /// <summary>Some recipients were moved to a forked copy.</summary>
    void Forked(SimulatedMessage message, long now)
    {
        _parts.StartIncoming(message);
        _parts.AddMailboxes(message, _chance.Between(3, 12));
        _parts.ThenReceive(message);
        var forked = RecipientSet.Range(0, 2);
        message.Then(RowShapes.Transfer, _parts.Pause, forked);
        _parts.ThenDeliver(message, message.Everyone.Without(forked));
        _parts.ThenDeliver(message, forked);
    }

    void Meeting(SimulatedMessage message, long now)
    {
        Internal(message, now);
        _parts.ThenAtHomes(message, RowShapes.Process, _parts.Pause, message.Everyone);
    }

    void DeliveredTwice(SimulatedMessage message, long now)
    {
        Incoming(message, now);
        _parts.ThenAtHomes(message, RowShapes.DuplicateDeliver, _chance.Between(50, 4 * Second), message.Everyone);
    }

    void Throttled(SimulatedMessage message, long now)
    {
        _parts.StartIncoming(message);
        _parts.AddMailboxes(message, 1);
        _parts.ThenReceive(message);
        _parts.ThenAtHomes(message, RowShapes.Throttle, _parts.Pause, message.Everyone);
        _parts.ThenDeliver(message, message.Everyone);
    }

    void Resubmitted(SimulatedMessage message, long now)
    {
        _parts.StartIncoming(message);
        _parts.AddMailboxes(message, _chance.Skewed(1, 5));
        message.Here = _parts.SomeServer();
        message.ArrivedAt = now - _chance.Between(Minute, 40 * Minute);
        message.Then(RowShapes.Resubmit, 0, message.Everyone);
        _parts.ThenDeliver(message, message.Everyone);
    }

    void SubmittedLate(SimulatedMessage message, long now)
    {
        _parts.StartOriginating(message);
        _parts.AddStrangers(message, 1, message.RemoteDomain);
        message.Then(RowShapes.SubmitDefer, 0, message.Everyone);
        _parts.ThenSubmit(message);
        _parts.ThenSend(message, message.Everyone);
    }

    void BadMail(SimulatedMessage message, long now)
    {
        _parts.StartIncoming(message);
        _parts.AddMailboxes(message, _chance.Skewed(1, 3));
        message.Then(RowShapes.BadMail, 0, message.Everyone);
    }

    void Poison(SimulatedMessage message, long now)
    {
        _parts.StartIncoming(message);
        _parts.AddMailboxes(message, _chance.Skewed(1, 3));
        _parts.ThenReceive(message);
        message.Then(RowShapes.Poison, _parts.Pause, message.Everyone);
    }

    void Loaded(SimulatedMessage message, long now)
    {
        _parts.StartOriginating(message);
        _parts.AddStrangers(message, 1, message.RemoteDomain);
        message.ArrivedAt = now - _chance.Between(Minute, Hour);
        message.Then(RowShapes.Load, 0, message.Everyone);
        _parts.ThenSend(message, message.Everyone);
    }

    /// <summary>Managed availability sends messages to itself. Their failures are noise too.</summary>
    void HealthMailbox(SimulatedMessage message, long now)
    {
        message.Direction = MailDirection.Originating;
        message.WantsReport = false;
        message.Sender = AddressBook.HealthMailbox(_chance, _site.Version);
        message.Here = _site.HomeOf(message.Sender);
        message.AddRecipient(AddressBook.HealthMailbox(_chance, _site.Version));
        message.Then(RowShapes.ReceiveSubmission, 0, message.Everyone);
        _parts.ThenAgents(message, message.Everyone);
        if (_chance.Percent(4))
        {
            message.Failures[0] = FailureTexts.Draw(_chance, remote: false);
            message.Then(RowShapes.Fail(FailureTexts.All[message.Failures[0]].Source), _parts.Pause, message.Everyone);
        }
        else
        {
            _parts.ThenDeliver(message, message.Everyone);
        }
    }

    void Probe(SimulatedMessage message, long now)
    {
        message.Direction = MailDirection.Incoming;
        message.WantsReport = false;
        message.RemoteDomain = 0;
        message.Here = _parts.SomeServer();
        message.Sender = AddressBook.Of(_chance.Percent(50) ? AddressKind.InboundProxy : AddressKind.DeliveryProbe);
        message.AddRecipient(_chance.Percent(50) ? AddressBook.OwnMailbox(_chance) : AddressBook.HealthMailbox(_chance, _site.Version));
        message.Then(RowShapes.ReceiveInternet, 0, message.Everyone);
        message.Then(RowShapes.AgentInfo, _parts.Pause, message.Everyone);
        message.Then(RowShapes.Drop, _parts.Pause, message.Everyone);
    }

    /// <summary>The copy of a message that another server is responsible for.</summary>
    void Shadow(SimulatedMessage message, long now)
    {
        _parts.StartIncoming(message);
        _parts.AddMailboxes(message, _chance.Skewed(1, 5));
        message.Here = _parts.SomeServer();
        message.Then(RowShapes.HaReceive, 0, message.Everyone);
        if (_chance.Percent(6))
            message.Then(_chance.Percent(90) ? RowShapes.HaRedirect : RowShapes.HaRedirectFail, _parts.Pause, message.Everyone);
        if (_chance.Percent(3))
            message.Then(RowShapes.NotifyShadow, _parts.Pause, message.Everyone);
        message.Then(RowShapes.HaDiscard, _chance.Between(2 * Second, Minute), message.Everyone);
    }
}
