using Mailflow.Analysis.Failures;

namespace Mailflow.Simulator;

/// <summary>The scenarios in which a recipient does not receive the message, or receives it late.</summary>
sealed class FailureScenarios(SimulatedSite site, Chance chance, RouteParts parts)
{
    const int Second = 1000, Minute = 60 * Second, Hour = 60 * Minute;

    /// <summary>One recipient or more fail, each with a separate reason; the others receive the message.</summary>
    public void Fail(SimulatedMessage message, long now)
    {
        var first = FailureTexts.Draw(chance);
        var remote = FailureTexts.All[first].Remote;
        var failing = RecipientSet.Range(0, chance.Percent(70) ? 1 : chance.Skewed(2, 8));
        for (var left = failing; !left.IsEmpty; left = left.Rest)
            message.Failures[left.First] = left == failing ? first : FailureTexts.Draw(chance, remote);
        if (remote)
            StartRemote(message, failing, othersToo: !IsExpired(first));
        else
            StartLocal(message, failing);

        if (message.Direction == MailDirection.Incoming)
            parts.ThenReceive(message);
        else if (IsExpired(first))
            ThenExpire(message, now, failing);
        else
            parts.ThenSubmit(message);

        if (remote)
        {
            if (!IsExpired(first))
                parts.ThenExit(message, message.Everyone);
            parts.ThenSend(message, message.Everyone.Without(failing));
        }
        else
        {
            parts.ThenDeliver(message, message.Everyone.Without(failing));
        }

        ThenFail(message, failing);
    }

    /// <summary>A failure of a normal day: one recipient does not receive the message, the others do.</summary>
    public void FailNormally(SimulatedMessage message, long now)
    {
        var text = FailureTexts.DrawNormal(chance);
        var failure = FailureTexts.All[text];
        var failing = RecipientSet.One(0);
        message.Failures[0] = text;
        if (failure.Remote)
        {
            parts.StartOriginating(message);
            var exists = failure.Cause != Cause.DnsFailure;
            message.RemoteDomain = exists ? site.Book.SomeFailingDomain(chance) : site.Book.SomeMistypedDomain(chance);
            parts.AddStrangers(message, exists && chance.Percent(30) ? chance.Skewed(2, 5) : 1, message.RemoteDomain);
            if (exists && RejectedByOutage(message, now))
                return;
        }
        else
        {
            StartLocal(message, failing);
        }

        if (message.Direction == MailDirection.Incoming)
            parts.ThenReceive(message);
        else
            parts.ThenSubmit(message);
        if (failure.Remote)
            parts.ThenSend(message, message.Everyone.Without(failing));
        else
            parts.ThenDeliver(message, message.Everyone.Without(failing));
        ThenFail(message, failing);
    }

    /// <summary>During the outage: the whole message is rejected if its domain uses the blocklist.</summary>
    public bool RejectedByOutage(SimulatedMessage message, long now)
    {
        if (site.Story?.Rejects(message.RemoteDomain, now) != true)
            return false;
        for (var left = message.Everyone; !left.IsEmpty; left = left.Rest)
            message.Failures[left.First] = FailureTexts.Listed;
        parts.ThenSubmit(message);
        ThenFail(message, message.Everyone);
        return true;
    }

    /// <summary>A deferral of a normal day: greylisting; the message is sent later.</summary>
    public void DeferNormally(SimulatedMessage message, long now)
    {
        parts.StartOriginating(message);
        while (!DemoStory.Greylists(message.RemoteDomain))
            message.RemoteDomain = site.Book.SomeDomain(chance);
        parts.AddStrangers(message, chance.Skewed(1, 4), message.RemoteDomain);
        parts.ThenSubmit(message);
        ThenDefer(message, message.Everyone, DeferralTexts.DrawNormal(chance), times: 1);
        message.Then(RowShapes.AgentInfo, chance.Between(Minute, 10 * Minute), message.Everyone);
        parts.ThenSend(message, message.Everyone);
    }

    public void DeferThenSend(SimulatedMessage message, long now)
    {
        parts.StartOriginating(message);
        parts.AddStrangers(message, chance.Skewed(1, 4), message.RemoteDomain);
        parts.ThenSubmit(message);
        parts.ThenExit(message, message.Everyone);
        ThenDefer(message, message.Everyone, remote: true, times: chance.Skewed(1, 4));
        message.Then(RowShapes.AgentInfo, chance.Between(Minute, 15 * Minute), message.Everyone);
        parts.ThenSend(message, message.Everyone);
    }

    public void DeferThenDeliver(SimulatedMessage message, long now)
    {
        parts.StartIncoming(message);
        parts.AddMailboxes(message, chance.Skewed(1, 4));
        parts.ThenReceive(message);
        ThenDefer(message, message.Everyone, remote: false, times: 1);
        message.Then(RowShapes.AgentInfo, chance.Between(Minute, 15 * Minute), message.Everyone);
        parts.ThenDeliver(message, message.Everyone);
    }

    /// <summary>Failing recipients come first, all in one domain; the others are in that domain too.</summary>
    void StartRemote(SimulatedMessage message, RecipientSet failing, bool othersToo)
    {
        parts.StartOriginating(message);
        message.RemoteDomain = site.Book.SomeFailingDomain(chance);
        parts.AddStrangers(message, failing.Count, message.RemoteDomain);
        if (othersToo && chance.Percent(30))
            parts.AddStrangers(message, chance.Skewed(1, 8), message.RemoteDomain);
    }

    /// <summary>Recipients that are not found have a mistyped address; the others have a mailbox that is full or closed to the sender.</summary>
    void StartLocal(SimulatedMessage message, RecipientSet failing)
    {
        if (chance.Percent(40))
            parts.StartIncoming(message);
        else
            parts.StartOriginating(message);
        for (var left = failing; !left.IsEmpty; left = left.Rest)
        {
            var isTypo = FailureTexts.All[message.Failures[left.First]].Cause == Cause.InvalidRecipient;
            message.AddRecipient(RouteParts.Fresh(message, () => isTypo ? AddressBook.OwnTypo(chance) : AddressBook.OwnMailbox(chance)));
        }
        if (chance.Percent(30))
            parts.AddMailboxes(message, chance.Skewed(1, 8));
    }

    /// <summary>The message has waited for two days, longer than most simulated logs, so its earlier rows are not in them.</summary>
    void ThenExpire(SimulatedMessage message, long now, RecipientSet failing)
    {
        message.ArrivedAt = now - (48L * Hour) - chance.Below(15 * Minute);
        ThenDefer(message, failing, remote: true, times: 1);
    }

    void ThenDefer(SimulatedMessage message, RecipientSet recipients, bool remote, int times) =>
        ThenDefer(message, recipients, DeferralTexts.Draw(chance, remote), times);

    void ThenDefer(SimulatedMessage message, RecipientSet recipients, short text, int times)
    {
        for (var left = recipients; !left.IsEmpty; left = left.Rest)
            message.Deferrals[left.First] = text;
        for (var time = 0; time < times; time++)
            ThenFrom(message, DeferralTexts.All[text].Shape, time == 0 ? chance.Between(50, 2 * Second) : chance.Between(Minute, 10 * Minute), recipients);
    }

    /// <summary>One row for each rejecting component: recipients rejected in one SMTP transaction share a row.</summary>
    void ThenFail(SimulatedMessage message, RecipientSet failing)
    {
        while (!failing.IsEmpty)
        {
            var source = SourceOf(message, failing.First);
            var together = RecipientSet.One(failing.First);
            for (var left = failing.Rest; !left.IsEmpty; left = left.Rest)
            {
                if (SourceOf(message, left.First) == source)
                    together = together.With(left.First);
            }
            ThenFrom(message, RowShapes.Fail(source), chance.Skewed(1, 3 * Second), together);
            failing = failing.Without(together);
        }
    }

    /// <summary>A row of the delivery service is written where the mailbox is.</summary>
    void ThenFrom(SimulatedMessage message, RowShape shape, int delayMs, RecipientSet recipients)
    {
        if (shape.Family == RowFamily.Delivery)
            parts.ThenAtHomes(message, shape, delayMs, recipients);
        else
            message.Then(shape, delayMs, recipients);
    }

    static bool IsExpired(short failure) => FailureTexts.All[failure] is { Cause: Cause.MessageExpired, Source: Source.Queue };

    static Source SourceOf(SimulatedMessage message, int recipient) => FailureTexts.All[message.Failures[recipient]].Source;
}
