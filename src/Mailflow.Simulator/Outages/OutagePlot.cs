namespace Mailflow.Simulator.Outages;

/// <summary>What a scenario is told with: times and places by the seed, incidents, and mail of its own.</summary>
sealed class OutagePlot
{
    /// <summary>Before this day nothing happens, so that there is a past to compare with.</summary>
    const int FirstDay = 8;

    readonly OutageOptions _options;

    public OutagePlot(OutageWorld world, OutageStory story, OutageOptions options)
    {
        (World, Story, _options) = (world, story, options);
        var seed = (ulong)options.Seed;
        foreach (var letter in options.Scenario.Name)
            seed = Chance.Mix(seed + letter);
        Chance = new(seed);
        Mail = new(world, story, Chance);
    }

    public OutageWorld World { get; }

    public OutageStory Story { get; }

    public Chance Chance { get; }

    public OutageBackground Mail { get; }

    public int Server => Chance.Below(World.Servers);

    /// <summary>A working day.</summary>
    /// <param name="room">The days that must follow.</param>
    public int Workday(int room = 2)
    {
        int[] days = [.. Enumerable.Range(FirstDay, Math.Max(1, _options.Days - room - FirstDay)).Where(day => day % 7 < 5)];
        return Chance.Pick<int>(days);
    }

    public long Time(int day, double hour) => Story.Start + (day * MailDay.DayMs) + (long)(hour * MailDay.HourMs);

    public OutageSpan Span(int day, double hour, double hours) => new(Time(day, hour), Time(day, hour + hours));

    /// <summary>Hours of a working day, from the morning at the earliest.</summary>
    public OutageSpan Office(double hours) => Span(Workday(), 7.5 + (Chance.Below((int)((17.5 - 7.5 - hours) * 60)) / 60.0), hours);

    /// <summary>A domain with its own server on the usual connector, by the ranks of its amount of mail.</summary>
    public RemoteDomain Domain(int first, int last) => Chance.Pick<RemoteDomain>(
    [
        .. World.Remote.Where(domain => domain.Rank >= first && domain.Rank <= last && domain.Route == World.Internet)
            .Where(domain => domain is { IsShared: false, Greylists: false }),
    ]);

    /// <summary>A domain with twenty to a hundred messages a day.</summary>
    public RemoteDomain Busy() => Domain(0, 9);

    public OutageIncident Incident(string name, long ended, IReadOnlyList<OutagePlace> places, string[] causes, params string[] faults)
    {
        var incident = new OutageIncident(name, places, causes, faults, ended);
        Story.Incidents.Add(incident);
        return incident;
    }

    /// <summary>An incident that is a silence or a delay: nothing fails.</summary>
    public OutageIncident Silence(string name, OutageSpan span, IReadOnlyList<OutagePlace> places, string[] causes, params string[] faults)
    {
        var incident = new OutageIncident(name, places, causes, faults, span.Until) { Began = span.From };
        Story.Incidents.Add(incident);
        return incident;
    }

    /// <summary>Attempts that are hit get the answer. The first success of one of them after the end shows that it is over.</summary>
    public void Strike(OutageIncident incident, OutageSpan span, Func<OutageTry, bool> hits, Func<OutageTry, ReplyWord?> answer) =>
        Strike(incident, [span], hits, answer);

    public void Strike(OutageIncident incident, IReadOnlyList<OutageSpan> spans, Func<OutageTry, bool> hits, Func<OutageTry, ReplyWord?> answer)
    {
        Story.Interventions.Add(new(incident, spans, hits, answer));
        var before = incident.Proof;
        incident.Proof ??= row => before?.Invoke(row) == true || (row.IsSuccess && hits(Attempt(row)));
    }

    /// <summary>All mail to a domain gets the answer, in the words of its server.</summary>
    public OutageIncident StrikeDomain(
        string name, RemoteDomain domain, IReadOnlyList<OutageSpan> spans, ReplyKind kind, string[] causes, params string[] faults)
    {
        var incident = Incident(name, spans[^1].Until, [OutagePlace.Of(domain), OutagePlace.Of(domain.Hop)], causes, faults);
        var word = OutageReplies.Of(kind, domain.Product);
        Strike(incident, spans, attempt => attempt.Domain == domain, _ => word);
        Feed(domain, spans[0], 3);
        return incident;
    }

    /// <summary>Some more messages to a domain, so that enough are hit in every seed.</summary>
    public void Feed(RemoteDomain domain, OutageSpan span, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var at = span.From + (((span.Until - span.From) * i) + Chance.Below((int)(span.Until - span.From))) / count;
            Story.Mails.Add(Mail.Make(at, MailOrigin.Store, Mail.Person(), [Chance.Pick<OutageAddress>(domain.People)]));
        }
    }

    /// <summary>The attempt that ended with this row.</summary>
    static OutageTry Attempt(OutageRow row) => new(
        row.At, 0, row.Domain is null ? TryStage.Store : TryStage.Remote, row.Mail, row.Recipients[0], row.Server, row.Peer ?? row.Server, row.Domain);
}
