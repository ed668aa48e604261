namespace Mailflow.Simulator.Outages;

/// <summary>The mail of normal days, with the single failures that are always there and are no incident.</summary>
sealed class OutageBackground(OutageWorld world, OutageStory story, Chance chance)
{
    const int NewsletterRecipients = 300;

    /// <summary>Shares in thousandths of outgoing messages.</summary>
    const int Mistyped = 7, MistypedDomain = 1, Spam = 2, Unlucky = 3, Internal = 200, Incoming = 650;

    static readonly RemoteDomain NoDomain = new("gmial-mail.example", 999, new("", ""), new("Internet", null), MailProduct.Postfix);

    public IEnumerable<OutageMail> Mails(int days)
    {
        for (var day = 0; day < days; day++)
        {
            var plan = new MailDay(story.Start, day, day % 7 >= 5 || story.RestDays.Contains(day), story.ChangeOf(day), chance);
            for (var mail = 0; mail < plan.Mails; mail++)
                yield return Make(plan.Draw(chance));
            foreach (var mail in ToDead(day))
                yield return mail;
            if (day % 7 == 1)
                yield return MakeNewsletter(story.Start + (day * MailDay.DayMs) + (10 * MailDay.HourMs));
        }
    }

    public OutageAddress Person() => world.People[world.MailboxWeights.Draw(chance)];

    public OutageMail Make(long at, MailOrigin origin, OutageAddress sender, OutageAddress[] recipients, ulong? reported = null) => new()
    {
        At = at,
        Origin = origin,
        Sender = sender,
        Recipients = recipients,
        High = chance.Next(),
        Size = Size(),
        Subject = chance.Pick<byte[]>(OutageNames.Subjects),
        Reported = reported,
        Server = chance.Below(world.Servers),
    };

    OutageMail Make(long at)
    {
        var part = chance.Below(1000);
        if (part < Internal)
            return Make(at, MailOrigin.Store, Person(), People(Few()));
        var domain = world.Remote[world.Weights.Draw(chance)];
        if (part < Incoming)
            return Make(at, MailOrigin.Internet, chance.Pick<OutageAddress>(domain.People), People(Few()));
        return Outgoing(at, domain);
    }

    OutageMail Outgoing(long at, RemoteDomain domain)
    {
        var trouble = chance.Below(1000);
        var recipients = new OutageAddress[chance.Percent(85) ? 1 : chance.Between(2, 4)];
        for (var i = 0; i < recipients.Length; i++)
            recipients[i] = chance.Pick<OutageAddress>((i > 0 && chance.Percent(30) ? world.Remote[world.Weights.Draw(chance)] : domain).People);
        if (trouble < Mistyped)
            recipients[0] = Wrong(domain, chance);
        else if (trouble < Mistyped + MistypedDomain)
            recipients[0] = new($"{OutageNames.Person(chance.Below(400))}@{OutageNames.Mistyped(domain.Name, chance.Below(100))}", NoSuch(domain, chance));
        trouble -= Mistyped + MistypedDomain;
        var mail = Make(at, MailOrigin.Store, Person(), [.. recipients.Distinct()]);
        return trouble is >= 0 and < Spam + Unlucky ? With(mail, spam: trouble < Spam) : mail;
    }

    /// <summary>Somebody still has an old address in his list: once or twice a day.</summary>
    IEnumerable<OutageMail> ToDead(int day)
    {
        if (day % 7 >= 5)
            yield break;
        foreach (var domain in world.Dead)
        {
            for (var mail = chance.Between(1, 2); mail > 0; mail--)
            {
                var at = story.Start + (day * MailDay.DayMs) + (7 * MailDay.HourMs) + chance.Below(10 * (int)MailDay.HourMs);
                yield return Make(at, MailOrigin.Store, Person(), [domain.People[0]]);
            }
        }
    }

    OutageMail MakeNewsletter(long at) => Make(at, MailOrigin.Store, world.Newsletter, Readers(NewsletterRecipients, stalePercent: 3));

    /// <summary>Recipients at many domains, of which a share has left.</summary>
    public OutageAddress[] Readers(int count, int stalePercent)
    {
        var readers = new HashSet<OutageAddress>();
        while (readers.Count < count)
        {
            // Readers are spread more evenly than the mail of people.
            var domain = world.Remote[chance.Percent(40) ? world.Weights.Draw(chance) : chance.Below(world.Remote.Length)];
            readers.Add(
                chance.Percent(stalePercent) ? Wrong(domain, chance) : new($"{OutageNames.Person(chance.Below(400))}.{readers.Count}@{domain.Name}", domain));
        }
        return [.. readers];
    }

    public static OutageAddress Wrong(RemoteDomain domain, Chance chance) =>
        new($"{OutageNames.Mistyped(OutageNames.Person(chance.Below(400)), chance.Below(20))}@{domain.Name}", domain) { Trouble = ReplyKind.UnknownUser };

    /// <summary>A domain that does not exist, with a name like this one.</summary>
    public static RemoteDomain NoSuch(RemoteDomain domain, Chance chance) =>
        new(
            OutageNames.Mistyped(domain.Name, chance.Below(100)), NoDomain.Rank, NoDomain.Hop,
            domain.Route.SmartHost is null ? domain.Route : NoDomain.Route, domain.Product)
        {
            Trouble = ReplyKind.NoSuchDomain,
        };

    OutageAddress[] People(int count) => [.. Enumerable.Range(0, count).Select(_ => Person()).Distinct()];

    int Few() => chance.Percent(92) ? 1 : chance.Between(2, 5);

    int Size() => chance.Below(100) switch
    {
        < 70 => chance.Skewed(2_000, 80_000),
        < 94 => chance.Skewed(80_000, 1_000_000),
        _ => chance.Skewed(1_000_000, 20_000_000),
    };

    static OutageMail With(OutageMail mail, bool spam) => new()
    {
        At = mail.At,
        Origin = mail.Origin,
        Sender = mail.Sender,
        Recipients = mail.Recipients,
        High = mail.High,
        Size = mail.Size,
        Subject = mail.Subject,
        Server = mail.Server,
        LooksLikeSpam = spam,
        IsUnlucky = !spam,
    };
}
