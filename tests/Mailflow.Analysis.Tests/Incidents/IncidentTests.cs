using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using static Mailflow.Analysis.Tests.Incidents.MailWorld;
using Side = Mailflow.Analysis.Failures.Fault;

namespace Mailflow.Analysis.Tests.Incidents;

/// <summary>Faults of a made-up organisation, whose truth is known, and what the engine says.</summary>
public sealed class IncidentTests(ITestOutputHelper output)
{
    static DateTime At(int day, int hour, int minute = 0) => Start.AddDays(day).AddHours(hour).AddMinutes(minute);

    static Func<Mail, Trouble?> Fault(DateTime from, DateTime to, Func<Mail, bool> where, Trouble trouble) =>
        mail => mail.At >= from && mail.At < to && where(mail) ? trouble : null;

    static readonly Trouble Unreachable = new(Cause.NetworkFailure, true, "421 4.4.1 Connection refused");

    public static TheoryData<string, PlaceKind?, string, int> Scenarios => new()
    {
        { "none", null, "", 0 },
        { "domain", PlaceKind.Domain, "domain25.test", 1 },
        { "small domain", PlaceKind.Domain, "domain60.test", 1 },
        { "listed", PlaceKind.Egress, "192.0.2.25", 1 },
        { "resolver", PlaceKind.Server, "EX02", 1 },
        { "database", PlaceKind.Database, "DB02", 1 },
        { "connector", PlaceKind.Connector, "Smart host relay", 1 },
        { "provider", PlaceKind.NextHop, "bigprovider.test", 1 },
        { "leak", PlaceKind.Server, "EX03", 1 },
        { "two", PlaceKind.Domain, "domain1.test", 2 },
        { "flapping", PlaceKind.Domain, "domain1.test", 1 },
        { "typing errors", null, "", 0 },
        { "monday", null, "", 0 },
        { "holiday", null, "", 0 },
        { "greylisted, then listed", PlaceKind.Domain, "domain1.test", 1 },
        { "silent connector", PlaceKind.Connector, "Smart host relay", 1 },
        { "silent server", PlaceKind.Server, "EX02", 1 },
    };

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void A_fault_is_one_incident_at_its_place(string scenario, PlaceKind? kind, string name, int count)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            var world = new MailWorld(seed);
            var (from, to) = (At(9, 10), At(9, 15));
            switch (scenario)
            {
                case "domain":
                    world.Faults.Add(Fault(from, to, m => m.Domain == 25, Unreachable));
                    break;
                case "small domain":
                    world.Faults.Add(Fault(At(8, 8), At(10, 8), m => m.Domain == 60, Unreachable));
                    break;
                case "listed":
                    world.Faults.Add(Fault(from, to, m => m.Domain >= 0 && m.Domain % 3 == 1, new(
                        Cause.Blocklisted, false, "550 5.7.1 refused: listed by zen.example", Side.Ours, Egress: "192.0.2.25")));
                    break;
                case "resolver":
                    world.Faults.Add(Fault(from, to, m => !m.IsLocal && m.Server == "EX02" && m.Connector != "Smart host relay", new(
                        Cause.DnsFailure, true, "451 4.4.0 DNS query failed", Side.Ours)));
                    break;
                case "database":
                    world.Faults.Add(Fault(from, to, m => m.Database == "DB02", new(
                        Cause.SystemError, true, "432 4.3.2 STOREDRV.Deliver; database offline", Side.Ours)));
                    break;
                case "connector":
                    world.Faults.Add(Fault(from, to, m => m.Connector == "Smart host relay", new(
                        Cause.RelayDenied, false, "535 5.7.8 authentication failed", Side.Ours)));
                    break;
                case "provider":
                    world.Faults.Add(Fault(from, to, m => m.Hop.EndsWith("bigprovider.test", StringComparison.Ordinal), new(
                        Cause.SystemError, true, "451 4.3.2 System not accepting messages")));
                    break;
                case "leak":
                    var random = new Random(seed);
                    world.Faults.Add(m => m.At >= At(9, 0) && m.At < At(12, 0) && m.Server == "EX03" && random.NextDouble() < 0.02
                        ? new(Cause.SystemError, false, "554 5.6.0 internal error", Side.Ours) : null);
                    break;
                case "two":
                    world.Faults.Add(Fault(from, to, m => m.Domain == 1, Unreachable));
                    world.Faults.Add(Fault(from.AddMinutes(-20), to, m => m.Database == "DB02", new(Cause.SystemError, true, "432 4.3.2 offline", Side.Ours)));
                    break;
                case "flapping":
                    world.Faults.Add(m => m.At >= from && m.At < to && m.Domain == 1 && m.At.Minute / 10 % 2 == 0 ? Unreachable : null);
                    break;
                case "typing errors":
                    break;
                case "monday":
                    world.Volume = t => t.Date == At(7, 0) && t.Hour is >= 8 and < 11 ? 2.5 : 1;
                    break;
                case "holiday":
                    world.Volume = t => t.Date == At(9, 0) ? 0.12 : 1;
                    break;
                case "greylisted, then listed":
                    world.Faults.Add(Fault(from, from.AddHours(1), m => m.Domain == 1, new(Cause.Greylisted, true, "451 4.7.1 Greylisted")));
                    world.Faults.Add(Fault(from.AddHours(1), to, m => m.Domain == 1, new(Cause.Blocklisted, false, "554 5.7.1 refused", Side.Ours)));
                    break;
                case "silent connector":
                    world.IsMissing = m => m.At >= from && m.At < to && m.Connector == "Smart host relay";
                    break;
                case "silent server":
                    world.IsMissing = m => m.At >= from && m.At < to && m.Server == "EX02";
                    break;
            }

            world.Build();
            if (scenario == "typing errors")
            {
                for (var i = 0; i < 6; i++)
                    world.Send(from.AddMinutes(7 * i), domain: 999, sender: "ann@contoso.test",
                        trouble: new(Cause.DnsFailure, false, "550 5.4.4 nonexistent domain", Side.Sender));
            }

            var watch = System.Diagnostics.Stopwatch.StartNew();
            var found = world.Find();
            output.WriteLine($"{scenario} {seed}: {watch.ElapsedMilliseconds} ms, {world.Sightings.Count} sightings");
            foreach (var i in found)
                output.WriteLine(
                    $"  {i.Kind} {i.Place} {i.Cause} {i.Severity} first {i.FirstFailure:dd HH:mm} opened {i.Opened:dd HH:mm} "
                    + $"last {i.LastFailure:dd HH:mm} closed {i.Closed:dd HH:mm} {i.Verified} "
                    + $"{i.ProofMessages} m {i.Messages} r {i.Recipients} share {i.Share:0.00} "
                    + $"relapses {i.Relapses} notus {i.NotUs} d {string.Join(' ', i.Domains.Take(4))}");
            Assert.Equal(count, found.Count);
            if (kind is not null)
                Assert.Contains(new IncidentPlace(kind.Value, name), found.Select(i => i.Place));
        }
    }
}
