using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Tracing;

/// <summary>A row with its meaning, and its time by the clock of the journey's first server.</summary>
readonly record struct RoledRow(TraceRow Row, RowRole Role, DateTime Time);

/// <summary>Judges the replies of one message, each text once: many recipients of a message fail with one text.</summary>
sealed class Judgements
{
    readonly Dictionary<(string Reply, bool IsOurMailbox), Diagnosis> _known = [];

    public Diagnosis Of(string reply, TraceRow row)
    {
        // What the store driver refuses is a mailbox of ours: there is no remote side.
        var isOurMailbox = row.Source == "STOREDRIVER";
        if (_known.TryGetValue((reply, isOurMailbox), out var known))
            return known;
        var (host, address) = row.Remote;
        var diagnosis = Diagnosis.Of(reply, null, host.Length > 0 ? host : null, address.Length > 0 ? address : null);
        if (isOurMailbox && diagnosis.Fault == Fault.Theirs)
            diagnosis = diagnosis with { Fault = Fault.Ours };
        _known.Add((reply, isOurMailbox), diagnosis);
        return diagnosis;
    }
}
