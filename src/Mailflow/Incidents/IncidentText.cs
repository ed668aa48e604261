using System.Globalization;
using Mailflow.Analysis.Advising;
using Mailflow.Analysis.Incidents;
using Mailflow.Printing;
using Mailflow.Privacy;

namespace Mailflow.Incidents;

/// <summary>Incidents for a terminal of 80 columns: open ones with what to do, those that are over in one paragraph.</summary>
static class IncidentText
{
    /// <summary>Replies that are shown of an incident.</summary>
    const int Replies = 5;

    const string Indent = "  ";

    /// <param name="since">The incidents are those that were open at this time or later; null: all.</param>
    /// <param name="until">The end of what is known; null where no row was read.</param>
    public static void Write(IReadOnlyList<Incident> incidents, DateTime? since, DateTime? until, Masking masking, TextLines lines)
    {
        lines.Wrap(Summary(incidents, since, until));
        foreach (var incident in incidents.OrderBy(i => i.Closed is not null).ThenByDescending(i => i.Severity).ThenByDescending(i => i.Opened))
        {
            lines.Add();
            lines.Wrap(Shown(masking.Text(IncidentStory.Title(incident))), incident.Closed is null ? "OPEN   " : "over   ");
            lines.Wrap(Shown(masking.Text(IncidentStory.Paragraph(incident, until ?? incident.LastFailure))), Indent);
            if (incident.Closed is null)
                Details(incident, masking, lines);
            lines.Wrap($"Incident {Shown(masking.Text(incident.Id))}.", Indent);
        }
    }

    static string Summary(IReadOnlyList<Incident> incidents, DateTime? since, DateTime? until)
    {
        var open = incidents.Count(i => i.Closed is null);
        var over = incidents.Count - open;
        var from = since is { } time ? $" since {IncidentStory.Time(time)}" : "";
        var end = until is { } last ? $" The logs are judged up to {IncidentStory.Time(last)}." : "";
        if (incidents.Count == 0)
            return $"No incident was found{from}.{end}";
        return $"{(open == 0 ? "No" : TextLines.Number(open))} {(open <= 1 ? "incident is" : "incidents are")} open; "
            + $"{TextLines.Number(over)} {(over == 1 ? "is" : "are")} over{from}.{end}";
    }

    static void Details(Incident incident, Masking masking, TextLines lines)
    {
        foreach (var evidence in incident.Evidence)
            lines.Wrap(Shown(masking.Status(evidence)), Indent + "Evidence: ", Indent + Indent);
        if (incident.Replies.Count > 0)
            lines.Add(Indent + "Replies:");
        foreach (var reply in incident.Replies.Take(Replies))
            lines.Wrap(Shown(masking.Status(reply.Words)), $"{Indent}{TextLines.Number(reply.Recipients),7}  ");
        lines.Add(Indent + "Timeline (UTC):");
        foreach (var (at, says) in IncidentStory.Timeline(incident))
            lines.Wrap(Shown(masking.Text(says)), $"{Indent}  {at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}  ");
        var advised = IncidentJson.Advice(incident, masking);
        lines.Wrap(Shown(masking.Text(advised.Check)), Indent + "What to do: ", Indent + Indent);
        var support = IncidentStory.ForSupport(incident);
        if (support.Count > 0)
            lines.Add(Indent + "For their support:");
        foreach (var line in support)
            lines.Wrap(Shown(masking.Status(line)), Indent + Indent);
        // Commands are not wrapped: a line that begins with | cannot be pasted into Windows PowerShell.
        foreach (var group in advised.Commands.GroupBy(c => (c.Purpose, c.Command.Shell)))
        {
            lines.Add($"{Indent}{group.Key.Purpose.Title()} ({group.Key.Shell.Title()}):");
            foreach (var line in group.SelectMany(c => c.Command.Lines()))
                lines.Add(Indent + Indent + Shown(masking.Text(line)));
        }
    }

    static string Shown(Masked text) => Printable.Of(text.ToString());
}
