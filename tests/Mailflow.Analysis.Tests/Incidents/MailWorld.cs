using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;

namespace Mailflow.Analysis.Tests.Incidents;

/// <summary>
/// The facts of an organisation, without logs: 14 days from Monday, 5 January 2026, of mail with a daily and weekly shape, with the failures of ordinary days.
/// Faults are added by a test, which so knows the truth.
/// </summary>
sealed class MailWorld
{
    public static readonly DateTime Start = new(2026, 1, 5, 0, 0, 0, DateTimeKind.Utc);

    public const int Days = 14, Domains = 120, Senders = 300;

    readonly Random _random;
    readonly double[] _weights;
    uint _message;

    public MailWorld(int seed)
    {
        _random = new(seed);
        _weights = [.. Enumerable.Range(0, Domains).Select(d => 1 / Math.Pow(d + 1, 0.9))];
        var sum = _weights.Sum();
        for (var d = 1; d < Domains; d++)
            _weights[d] += _weights[d - 1];
        for (var d = 0; d < Domains; d++)
            _weights[d] /= sum;
    }

    public NameList Names { get; } = new();

    public List<Sighting> Sightings { get; } = [];

    public List<Passage> Passages { get; } = [];

    /// <summary>Each fault judges each message: null leaves it as it is.</summary>
    public List<Func<Mail, Trouble?>> Faults { get; } = [];

    /// <summary>How often a message comes, as a factor.</summary>
    public Func<DateTime, double> Volume { get; set; } = _ => 1;

    /// <summary>Mail that a fault suppresses.</summary>
    public Func<Mail, bool> IsMissing { get; set; } = _ => false;

    public sealed record Mail(DateTime At, string Server, string Connector, string Hop, int Domain, string Sender, string Recipient, string Database)
    {
        public string DomainName => Domain < 0 ? "" : MailWorld.DomainName(Domain);

        public bool IsLocal => Domain < 0;
    }

    public sealed record Trouble(Cause Cause, bool IsDeferred, string Words, Fault Fault = Fault.Theirs, string Egress = "", string Sub = "");

    public static string DomainName(int domain) => $"domain{domain}.test";

    /// <summary>Domains 3 to 17 have their mail at one provider.</summary>
    public static string HopOf(int domain) => domain is >= 3 and <= 17 ? $"mx{domain % 2}.bigprovider.test" : $"mx.domain{domain}.test";

    public static string ConnectorOf(int domain) => domain % 9 == 2 ? "Smart host relay" : domain is 20 or 21 ? "Partner" : "Internet";

    public MailWorld Build()
    {
        for (var day = 0; day < Days; day++)
        {
            var level = Math.Max(0.6, 1 + (0.15 * Gauss())) * (day % 7 >= 5 ? 0.15 : 1) * 2200;
            for (var hour = 0; hour < 24; hour++)
            {
                var shape = hour is >= 8 and < 18 ? 0.08 : hour is 7 or 18 or 19 ? 0.04 : 0.008;
                if (day % 7 == 0 && hour is 8 or 9)
                    shape *= 1.5;
                var begin = Start.AddDays(day).AddHours(hour);
                for (var left = Poisson(level * shape * Volume(begin)); left > 0; left--)
                    Send(begin.AddSeconds(_random.Next(3600)));
            }
        }

        return this;
    }

    /// <summary>A message at a time, to one recipient.</summary>
    public void Send(DateTime at, int? domain = null, string? sender = null, Trouble? trouble = null)
    {
        var isLocal = domain is null && _random.NextDouble() < 0.45;
        var d = isLocal ? -1 : domain ?? DrawDomain();
        var server = $"EX0{1 + _random.Next(3)}";
        var connector = isLocal ? "" : ConnectorOf(d);
        var hop = isLocal ? "" : connector == "Smart host relay" ? "smarthost.relay.test" : HopOf(d);
        var mail = new Mail(
            at, server, connector, hop, d, sender ?? $"user{_random.Next(Senders)}@contoso.test", isLocal ? $"user{_random.Next(Senders)}@contoso.test"
                : $"person{_random.Next(30)}@{DomainName(d)}", isLocal ? $"DB0{1 + _random.Next(4)}" : "");
        if (IsMissing(mail))
            return;
        var message = ++_message;
        foreach (var fault in Faults)
            trouble ??= fault(mail);
        trouble ??= Ordinary(mail);
        if (trouble is null)
            Succeed(mail, at);
        else
            Fail(mail, trouble, message);
    }

    /// <summary>A failure of an ordinary day.</summary>
    Trouble? Ordinary(Mail mail)
    {
        var chance = _random.NextDouble();
        // Two domains are dead from the start, and some greylist.
        if (mail.Domain is 100 or 101)
            return new(Cause.NetworkFailure, false, "421 4.4.1 Connection timed out");
        if (!mail.IsLocal && mail.Domain % 11 == 5 && chance < 0.1)
            return new(Cause.Greylisted, true, "451 4.7.1 Greylisted, try again later");
        return chance switch
        {
            < 0.008 => new(Cause.InvalidRecipient, false, "550 5.1.1 User unknown", Fault.Sender),
            < 0.010 => new(Cause.MailboxFull, false, "552 5.2.2 Mailbox full"),
            < 0.011 when !mail.IsLocal => new(Cause.SpamContent, false, "550 5.7.1 Message looks like spam", Fault.Sender),
            < 0.013 when !mail.IsLocal => new(Cause.NetworkFailure, true, "421 4.4.2 Connection dropped due to SocketError"),
            < 0.014 when !mail.IsLocal => new(Cause.DnsFailure, true, "450 4.4.312 DNS query failed"),
            < 0.015 => new(Cause.MessageTooLarge, false, "552 5.3.4 Message size exceeds fixed limit", Fault.Sender),
            _ => null,
        };
    }

    void Succeed(Mail mail, DateTime at) => Passages.Add(new(
        (int)(Seconds(at) / 60), mail.IsLocal ? PassageKind.Delivered : PassageKind.Sent, Names.Of(mail.Server), Names.Of(mail.Connector), Names.Of(mail.Hop),
        Names.Of(mail.DomainName), 0, Names.Of(mail.Database), 1, 1));

    void Fail(Mail mail, Trouble trouble, uint message)
    {
        Sightings.Add(Seen(mail, trouble, message, mail.At, trouble.IsDeferred ? SightingKind.Deferred : SightingKind.Failed));
        if (!trouble.IsDeferred)
            return;
        // Exchange tries again every ten minutes, until the fault is gone or the message expires.
        var at = mail.At;
        for (var again = 0; again < 288; again++)
        {
            at = at.AddMinutes(8 + _random.Next(5));
            Trouble? now = null;
            foreach (var fault in Faults)
                now ??= fault(mail with { At = at });
            if (now is null)
            {
                Succeed(mail, at);
                Sightings.Add(Seen(mail, trouble, message, at, SightingKind.Late) with { Seconds = (int)(at - mail.At).TotalSeconds });
                return;
            }

            Sightings.Add(Seen(mail, now, message, at, now.IsDeferred ? SightingKind.Deferred : SightingKind.Failed));
            if (!now.IsDeferred)
                return;
        }

        Sightings.Add(Seen(mail, trouble, message, at, SightingKind.Failed));
    }

    Sighting Seen(Mail mail, Trouble trouble, uint message, DateTime at, SightingKind kind) => new(
        Seconds(at), kind, trouble.Cause, trouble.Fault, trouble.IsDeferred ? Permanence.Transient : Permanence.Permanent, Names.Of(mail.Server),
        Names.Of(mail.Connector), Names.Of(mail.Hop), Names.Of(mail.DomainName), Names.Of(mail.Sender), Names.Of(mail.Database), Names.Of(trouble.Sub),
        Names.Of(trouble.Words), Names.Of(trouble.Egress), message, (uint)mail.Recipient.GetHashCode(StringComparison.Ordinal), 0);

    /// <summary>The incidents that the engine finds, facts added hour by hour.</summary>
    public IReadOnlyList<Incident> Find(Action<IncidentEngine>? after = null)
    {
        var engine = new IncidentEngine(Names);
        var sightings = Sightings.ToLookup(s => s.Second / 3600);
        var passages = Passages.ToLookup(p => p.Minute / 60L);
        for (var hour = Seconds(Start) / 3600; hour < (Seconds(Start) / 3600) + ((Days + 1) * 24); hour++)
        {
            engine.Add([.. sightings[hour]], [.. passages[hour]]);
            engine.Advance(DateTime.UnixEpoch.AddHours(hour + 1));
        }

        after?.Invoke(engine);
        return engine.Incidents;
    }

    static long Seconds(DateTime time) => (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;

    int DrawDomain()
    {
        var at = Array.BinarySearch(_weights, _random.NextDouble());
        return Math.Min(at < 0 ? ~at : at, Domains - 1);
    }

    double Gauss() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    int Poisson(double mean) => Math.Max(0, (int)Math.Round(mean + (Math.Sqrt(mean) * Gauss())));
}
