using Mailflow.Analysis.Tracing;

namespace Mailflow.Web;

/// <summary>One step of a message on the page: rows of one event that follow each other on one server.</summary>
/// <param name="Rows">The number of rows.</param>
/// <param name="Recipients">The recipients in these rows.</param>
/// <param name="Wait">The time until the next step; null for the last.</param>
readonly record struct TimelineStep(TraceRow Row, int Rows, int Recipients, TimeSpan? Wait);

/// <summary>The steps of a message in the order of their times.</summary>
static class TimelineSteps
{
    public static List<TimelineStep> Of(Journey journey)
    {
        var steps = new List<TimelineStep>();
        foreach (var row in journey.Rows)
            if (steps is [.., var last] && last.Row.Event == row.Event && last.Row.Server == row.Server && last.Row.Source == row.Source)
                steps[^1] = last with { Rows = last.Rows + 1, Recipients = last.Recipients + row.Recipients.Count };
            else
                steps.Add(new(row, 1, row.Recipients.Count, null));
        for (var i = 0; i + 1 < steps.Count; i++)
            steps[i] = steps[i] with { Wait = steps[i + 1].Row.Time - steps[i].Row.Time };
        return steps;
    }

    /// <summary>What an event of Exchange means, in words.</summary>
    public static string Says(TraceRow row) => row.Event switch
    {
        "RECEIVE" when row.Source == "STOREDRIVER" => "taken from the mailbox of the sender",
        "RECEIVE" => "received",
        "SUBMIT" => "submitted by the mailbox server",
        "RESUBMIT" => "submitted again",
        "AGENTINFO" => "transport agents ran",
        "RESOLVE" => "recipients resolved",
        "EXPAND" => "group expanded",
        "REDIRECT" => "recipient redirected",
        "TRANSFER" => "copied for some of the recipients",
        "SEND" => "handed to the next server",
        "SENDEXTERNAL" => "sent out of the organisation",
        "DEFER" or "SUBMITDEFER" => "deferred; Exchange retries",
        "FAIL" or "SUBMITFAIL" or "DELIVERFAIL" => "failed",
        "DSN" => "delivery report created",
        "DROP" => "dropped",
        "DELIVER" => "stored in mailboxes",
        "DUPLICATEDELIVER" => "already stored: dropped as a duplicate",
        "POISONMESSAGE" => "moved to the poison queue",
        "HARECEIVE" => "shadow copy received",
        "HAREDIRECT" => "shadow copy created",
        "HADISCARD" => "shadow copy discarded",
        _ => "",
    };
}
