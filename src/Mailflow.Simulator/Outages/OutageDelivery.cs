namespace Mailflow.Simulator.Outages;

/// <summary>Follows messages through the organisation: attempts, answers, retries, and the rows that Exchange writes about them.</summary>
sealed class OutageDelivery(OutageWorld world, OutageStory story, long end)
{
    const long Minute = 60_000, Expiry = 2 * MailDay.DayMs;

    readonly List<OutageAddress> _ok = [], _rest = [];
    readonly List<(OutageAddress Recipient, ReplyWord Word, string Text, OutageIncident? Incident)> _bad = [];
    readonly List<OutageMail> _reports = [];
    long _number = 51_000_000;

    public List<OutageRow> Rows { get; } = [];

    public void Follow(OutageMail mail)
    {
        if (mail.At >= end)
            return;
        mail.Number = _number += 3;
        mail.Server = story.Receiving(mail.Server, mail.At, world.Servers);
        var chance = new Chance(mail.High);
        Add(mail.At, mail.Origin switch { MailOrigin.Store => Source.StoreDriver, MailOrigin.Internet => Source.Smtp, _ => Source.Dsn },
            mail.Origin == MailOrigin.Report ? EventId.Dsn : EventId.Receive, mail, [.. mail.Recipients], mail.Server);
        var at = mail.At + chance.Between(150, 1500);
        _rest.Clear();
        _rest.AddRange(mail.Recipients);
        Ask(at, 0, TryStage.Routing, mail, null, mail.Server);
        PutTrouble(at, mail, null, mail.Server, null);
        foreach (var group in _ok.GroupBy(r => (r.Domain, r.Domain is null ? r.Database : 0)).Select(g => g.ToList()).ToList())
        {
            _rest.Clear();
            _rest.AddRange(group);
            Attempt(at + chance.Skewed(100, 4000), mail, group[0], chance);
        }
        foreach (var report in _reports.ToArray())
        {
            _reports.Clear();
            Follow(report);
        }
    }

    /// <summary>Tries until nothing is left to do for the recipients of one destination.</summary>
    void Attempt(long at, OutageMail mail, OutageAddress first, Chance chance)
    {
        OutageIncident? last = null;
        for (var tries = 0; _rest.Count > 0 && at < end; tries++)
        {
            at = HeldUntil(at, tries, mail, first);
            if (at >= end)
                return;
            var server = story.Working(mail.Server, at, world.Servers);
            var domain = first.Domain;
            var peer = domain is null ? story.Working(world.HomeOf(first.Database), at, world.Servers) : server;
            if (domain is not null)
            {
                Ask(at, tries, TryStage.Remote, mail, domain, server);
                Succeed(at, mail, domain, server, null, EventId.SendExternal, Source.Smtp);
            }
            else if (peer == server || Passes(at, tries, mail, server, peer))
            {
                Ask(at, tries, TryStage.Store, mail, null, server, peer);
                if (_ok.Count > 0)
                {
                    Add(at, Source.Smtp, EventId.Send, mail, [.. _ok], server, peer);
                    Succeed(at + chance.Between(20, 300), mail, null, peer, null, EventId.Deliver, Source.StoreDriver);
                }
            }
            last = _bad.Count > 0 ? _bad[0].Incident : last;
            PutTrouble(at + chance.Between(5, 900), mail, domain, server, domain is null ? peer : null);
            if (_rest.Count > 0 && at - mail.At >= Expiry)
            {
                Expire(at + Minute, mail, domain, server, last);
                return;
            }
            at += (tries < 6 ? chance.Between(300, 360) : chance.Between(600, 900)) * 1000L;
        }
    }

    /// <summary>Whether the other server of ours accepts the message; otherwise the deferral is noted.</summary>
    bool Passes(long at, int tries, OutageMail mail, int server, int peer)
    {
        Ask(at, tries, TryStage.Hop, mail, null, server, peer);
        if (_bad.Count > 0)
            return false;
        _rest.AddRange(_ok);
        return true;
    }

    /// <summary>Divides the recipients into those that are accepted, and those with a reply. Of the latter, deferred ones stay.</summary>
    void Ask(long at, int tries, TryStage stage, OutageMail mail, RemoteDomain? domain, int server, int? peer = null)
    {
        _ok.Clear();
        _bad.Clear();
        foreach (var recipient in _rest)
        {
            var attempt = new OutageTry(at, tries, stage, mail, recipient, server, peer ?? server, domain);
            var (word, incident) = AnswerOf(attempt);
            if (word is null)
                _ok.Add(recipient);
            else
                _bad.Add((recipient, word, OutageReplies.Fill(word, attempt), incident));
        }
        _rest.Clear();
        foreach (var (recipient, word, _, _) in _bad)
            if (!word.Fails)
                _rest.Add(recipient);
    }

    (ReplyWord? Word, OutageIncident? Incident) AnswerOf(in OutageTry attempt)
    {
        foreach (var intervention in story.Interventions)
            if (intervention.IsAt(attempt.At) && intervention.Hits(attempt) && intervention.Answer(attempt) is { } word)
                return (word, intervention.Incident);
        return (Usually(attempt), null);
    }

    /// <summary>What is wrong on every day.</summary>
    static ReplyWord? Usually(in OutageTry attempt)
    {
        if (attempt.Stage == TryStage.Store)
            return attempt.Recipient.Trouble == ReplyKind.LocalFull ? OutageReplies.Of(ReplyKind.LocalFull, null) : null;
        if (attempt.Domain is not { } domain || attempt.Stage != TryStage.Remote)
            return null;
        if (attempt.Mail.IsUnlucky && attempt.Tries == 0)
            return OutageReplies.Of(attempt.Mail.High % 3 == 0 ? ReplyKind.Timeout : ReplyKind.Reset, null);
        // A smart host accepts everything and finds out later.
        if (domain.Route.SmartHost is not null)
            return null;
        var trouble = domain.Trouble
            ?? attempt.Recipient.Trouble
            ?? (attempt.Mail.LooksLikeSpam ? ReplyKind.Spam : (ReplyKind?)null)
            ?? (domain.Greylists && attempt.Tries == 0 && attempt.Mail.High % 100 < 35 ? ReplyKind.Greylisted : null);
        return trouble is { } kind ? OutageReplies.Of(kind, domain.Product) : null;
    }

    long HeldUntil(long at, int tries, OutageMail mail, OutageAddress first)
    {
        foreach (var hold in story.Holds)
        {
            var stage = first.Domain is null ? TryStage.Store : TryStage.Remote;
            var attempt = new OutageTry(at, tries, stage, mail, first, mail.Server, mail.Server, first.Domain);
            if (hold.Span.Has(at) && hold.Hits(attempt))
            {
                foreach (var recipient in _rest)
                    hold.Incident.AddHeld(mail, recipient);
                at = Math.Max(at, hold.Until(attempt));
            }
        }
        return at;
    }

    void Succeed(long at, OutageMail mail, RemoteDomain? domain, int server, int? peer, EventId id, Source source)
    {
        if (_ok.Count > 0)
            Add(at, source, id, mail, [.. _ok], server, peer, domain);
    }

    /// <summary>One row for each component and outcome.</summary>
    void PutTrouble(long at, OutageMail mail, RemoteDomain? domain, int server, int? peer)
    {
        if (_bad.Count == 0)
            return;
        foreach (var group in _bad.GroupBy(bad => (bad.Word.Source, bad.Word.Fails)))
        {
            var atStore = group.Key.Source == Source.StoreDriver;
            Add(
                at, group.Key.Source, group.Key.Fails ? EventId.Fail : EventId.Defer, mail, [.. group.Select(bad => bad.Recipient)],
                atStore && peer is { } home ? home : server, peer, domain, [.. group.Select(bad => bad.Text)], group.First().Incident);
        }
        var failed = _bad.Where(bad => bad.Word.Fails).Select(bad => bad.Recipient).ToList();
        if (failed.Count > 0)
            Report(at, mail);
    }

    void Expire(long at, OutageMail mail, RemoteDomain? domain, int server, OutageIncident? incident)
    {
        Add(
            at, Source.Queue, EventId.Fail, mail, [.. _rest], server, null, domain,
            [.. _rest.Select(_ => "550 4.4.7 QUEUE.Expired; message expired")], incident);
        Report(at, mail);
    }

    /// <summary>Our users get a report about what failed.</summary>
    void Report(long at, OutageMail mail)
    {
        if (mail.Origin != MailOrigin.Store)
            return;
        _reports.Add(new()
        {
            At = at + 400,
            Origin = MailOrigin.Report,
            Sender = world.Reports,
            Recipients = [mail.Sender],
            High = Chance.Mix(mail.High + (ulong)at),
            Size = 9_000 + (int)(mail.High % 20_000),
            Subject = mail.Subject,
            Server = mail.Server,
            Reported = mail.High,
        });
    }

    void Add(
        long at, Source source, EventId id, OutageMail mail, List<OutageAddress> recipients, int server, int? peer = null, RemoteDomain? domain = null,
        List<string>? texts = null, OutageIncident? incident = null) => Rows.Add(new()
        {
            At = at,
            Source = source,
            Event = id,
            Mail = mail,
            Recipients = recipients,
            Texts = texts ?? [],
            Server = server,
            Peer = peer,
            Domain = domain,
            Incident = incident,
            Order = Rows.Count,
        });
}
