using System.Globalization;
using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Simulator.Outages;

namespace Mailflow.Bench.Incidents;

/// <summary>What was found in one run, against the truth.</summary>
/// <param name="Pairs">Each true incident with the one found for it, or null.</param>
/// <param name="Extra">Incidents that are found and are not true, or are a second one of the same.</param>
sealed record Result(string Scenario, int Seed, int Days, IReadOnlyList<(IncidentTruth Truth, Incident? Found)> Pairs, IReadOnlyList<Incident> Extra)
{
    /// <summary>An incident may begin this much before its truth and end this much after it.</summary>
    static readonly TimeSpan Before = TimeSpan.FromHours(1), After = TimeSpan.FromHours(3);

    public static Result Of(string scenario, int seed, OutageTruth truth, IReadOnlyList<Incident> found)
    {
        var left = found.ToList();
        var pairs = new List<(IncidentTruth, Incident?)>();
        foreach (var one in truth.Incidents)
        {
            var match = left.Where(i => Overlaps(one, i))
                .OrderByDescending(i => IsAt(one, i)).ThenByDescending(i => HasCause(one, i)).ThenByDescending(i => i.Recipients)
                .FirstOrDefault(i => IsAt(one, i) || HasCause(one, i));
            if (match is not null)
                left.Remove(match);
            pairs.Add((one, match));
        }

        return new(scenario, seed, truth.Days, pairs, left);
    }

    /// <summary>What concerns several servers may be said of the organization.</summary>
    public static bool IsAt(IncidentTruth truth, Incident found) =>
        truth.Places.Any(p => p.Kind == Kind(found.Place.Kind) && p.Name.Equals(found.Place.Name, StringComparison.OrdinalIgnoreCase))
        || (found.Place.Kind == PlaceKind.Organization && truth.Places.Count(p => p.Kind == "server") > 1);

    public static bool HasCause(IncidentTruth truth, Incident found) =>
        truth.Causes.Count == 0 || truth.Causes.Contains(found.Cause.Name(), StringComparer.Ordinal);

    static bool Overlaps(IncidentTruth truth, Incident found) =>
        found.FirstFailure <= truth.Ended + After && (found.Closed ?? DateTime.MaxValue) >= truth.FirstFailure
        && found.FirstFailure >= truth.FirstFailure - Before - TimeSpan.FromHours(2);

    static string Kind(PlaceKind kind) => kind == PlaceKind.NextHop ? "next-hop" : kind.ToString().ToLowerInvariant();

    public string Describe()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Scenario} {Seed}:");
        foreach (var (truth, found) in Pairs)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  truth {truth.Name} {string.Join('|', truth.Places.Select(p => $"{p.Kind}:{p.Name}"))} "
                + $"{string.Join('|', truth.Causes)} "
                + $"{truth.FirstFailure:dd HH:mm} third {truth.ThirdFailure:dd HH:mm} last {truth.LastFailure:dd HH:mm} "
                + $"ended {truth.Ended:dd HH:mm} m {truth.Messages}");
            text.Append("\n    ")
                .Append(found is null ? "MISSED" : (IsAt(truth, found) ? "" : "WRONG PLACE ")
                    + (HasCause(truth, found) ? "" : "WRONG CAUSE ") + Describe(found));
        }

        foreach (var extra in Extra)
            text.Append("\n  EXTRA ").Append(Describe(extra));
        return text.ToString();
    }

    static string Describe(Incident i) => string.Create(
        CultureInfo.InvariantCulture,
        $"{i.Kind} {Kind(i.Place.Kind)}:{i.Place.Name} {i.Cause.Name()}/{i.Sub} {i.Fault} {i.Severity} "
        + $"first {i.FirstFailure:dd HH:mm} opened {i.Opened:dd HH:mm} last {i.LastFailure:dd HH:mm} "
        + $"closed {i.Closed:dd HH:mm} {i.Verified} {i.ProofMessages} m {i.Messages} "
        + $"r {i.Recipients} share {i.Share:0.00} relapses {i.Relapses} notus {i.NotUs} "
        + $"d [{string.Join(' ', i.Domains.Take(4).Select(d => $"{d.Name}:{d.Recipients}"))}] "
        + $"s [{string.Join(' ', i.Senders.Take(2).Select(d => $"{d.Name}:{d.Recipients}"))}] "
        + $"{string.Join('|', i.Replies.Take(2).Select(r => r.Words))}");
}
