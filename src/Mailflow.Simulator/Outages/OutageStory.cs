namespace Mailflow.Simulator.Outages;

/// <summary>A time span, in Unix milliseconds.</summary>
readonly record struct OutageSpan(long From, long Until)
{
    public bool Has(long at) => at >= From && at < Until;
}

/// <summary>Something that goes wrong for a time.</summary>
/// <param name="Hits">Which attempts it concerns, whenever they are.</param>
/// <param name="Answer">What such an attempt gets; null if it succeeds all the same.</param>
sealed record Intervention(
    OutageIncident? Incident, IReadOnlyList<OutageSpan> Spans, Func<OutageTry, bool> Hits, Func<OutageTry, ReplyWord?> Answer)
{
    public bool IsAt(long at)
    {
        foreach (var span in Spans)
            if (span.Has(at))
                return true;
        return false;
    }
}

/// <summary>Attempts that wait: no row says that they do.</summary>
/// <param name="Until">When a message is tried that would be tried at this time.</param>
sealed record Hold(OutageIncident Incident, OutageSpan Span, Func<OutageTry, bool> Hits, Func<OutageTry, long> Until);

/// <summary>What a scenario changes in the world.</summary>
sealed class OutageStory(long start)
{
    public long Start { get; } = start;

    public List<OutageIncident> Incidents { get; } = [];

    public List<Intervention> Interventions { get; } = [];

    public List<Hold> Holds { get; } = [];

    public List<OutageMail> Mails { get; } = [];

    /// <summary>Days like Sundays.</summary>
    public HashSet<int> RestDays { get; } = [];

    /// <summary>Days with more or less mail than usual.</summary>
    public Dictionary<int, double> Changes { get; } = [];

    /// <summary>Times at which a server does nothing, and the others do its work.</summary>
    public List<(int Server, OutageSpan Span)> Down { get; } = [];

    /// <summary>Times at which a server accepts no new message, but delivers to its mailboxes.</summary>
    public List<(int Server, OutageSpan Span)> Closed { get; } = [];

    /// <summary>How far the clocks of servers are ahead.</summary>
    public Dictionary<int, long> Ahead { get; } = [];

    /// <summary>Servers whose logs are missing.</summary>
    public HashSet<int> Unwritten { get; } = [];

    public double ChangeOf(int day) => Changes.GetValueOrDefault(day, 1);

    /// <summary>The server, or the next one that works.</summary>
    public int Working(int server, long at, int servers) => IsAmong(Down, server, at) ? (server + 1) % servers : server;

    /// <summary>The server that gets a new message.</summary>
    public int Receiving(int server, long at, int servers) =>
        IsAmong(Down, server, at) || IsAmong(Closed, server, at) ? (server + 1) % servers : server;

    static bool IsAmong(List<(int Server, OutageSpan Span)> times, int server, long at)
    {
        foreach (var (one, span) in times)
            if (one == server && span.Has(at))
                return true;
        return false;
    }
}
