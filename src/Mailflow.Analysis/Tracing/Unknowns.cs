using System.Globalization;

namespace Mailflow.Analysis.Tracing;

/// <summary>What the rows of a journey do not say, each in a sentence.</summary>
static class Unknowns
{
    /// <summary>Servers that are named in one sentence.</summary>
    const int Most = 5;

    public static IReadOnlyList<string> Of(Journey journey, IReadOnlyList<RoledRow> roles, Clocks clocks)
    {
        var result = new List<string>();
        if (roles.All(r => r.Role.Place == Place.Shadow))
        {
            result.Add("Only rows about shadow copies are here: the rows of the message itself are gone, or on a server whose logs are not read.");
            return result;
        }

        if (!roles.Any(r => r.Role.Place == Place.Arrives || r.Role.Step == StepKind.Submitted))
        {
            var first = roles.First(r => r.Role.Place != Place.Shadow).Row;
            result.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"Its first row here is {first.Event}{On(first.Server)} at {first.Time:yyyy-MM-dd HH:mm:ss} UTC: earlier rows are gone, ")
                + "or on a server whose logs are not read.");
        }

        result.AddRange(HandedOn(journey, roles));
        if (roles.Any(r => r.Row.Server.Length == 0))
            result.Add("Some rows do not say which server wrote them: name it, or read each server's logs from a folder of its own.");
        if (journey.MessageId.Length == 0 && journey.NetworkMessageId.Length == 0)
            result.Add("The rows have no Message-ID: only those with the same internal number on the same server are shown.");
        else if (journey.NetworkMessageId.Length == 0)
            result.Add(
                "The rows have no network message id (Exchange 2010 or earlier): "
                + "another message with the same Message-ID would be shown as a part of this one.");
        result.AddRange(clocks.Known.Select(Words));
        return result;
    }

    /// <summary>In one sentence: by how much a clock differs, and what was done about it.</summary>
    static string Words(ClockOffset clock) =>
        $"The clock of {clock.Server} is about {Spans.Words(Rounded(clock.Offset.Duration()))} {(clock.Offset < TimeSpan.Zero ? "behind" : "ahead of")} "
        + $"{clock.Reference}: its times in the timeline are corrected.";

    static TimeSpan Rounded(TimeSpan offset) => TimeSpan.FromMinutes(Math.Round(offset.TotalMinutes));

    static IEnumerable<string> HandedOn(Journey journey, IReadOnlyList<RoledRow> roles)
    {
        if (journey.Missing.Count == 0)
            yield break;
        var waiting = journey.Recipients.Where(r => r.Fate == Fate.Pending && r.NextHop.Length > 0)
            .Select(r => TrackedHop.ShortName(r.NextHop)).ToHashSet(StringComparer.Ordinal);
        foreach (var server in journey.Missing.Take(Most))
        {
            var from = roles.First(r => r.Role.Step is StepKind.HandedOver or StepKind.Submitted && TrackedHop.Same(r.Row.Remote.Name, server)).Row.Server;
            yield return waiting.Contains(server)
                ? $"It left {(from.Length > 0 ? from : "a server that the rows do not name")} for {server}, whose logs are not read: "
                    + "what happened there is not known."
                : $"It passed {server}, whose logs are not read.";
        }

        if (journey.Missing.Count > Most)
            yield return $"{StepWords.Number(journey.Missing.Count - Most)} more servers that it was handed to have no rows here.";
    }

    static string On(string server) => server.Length > 0 ? $" on {server}" : "";
}
