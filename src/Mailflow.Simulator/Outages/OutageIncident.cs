namespace Mailflow.Simulator.Outages;

/// <summary>A place where an incident is: domain, next-hop, connector, server, egress, sender or database.</summary>
sealed record OutagePlace(string Kind, string Name)
{
    public static OutagePlace Of(RemoteDomain domain) => new("domain", domain.Name);

    public static OutagePlace Of(MailHop hop) => new("next-hop", hop.Name);

    public static OutagePlace Of(SendRoute route) => new("connector", route.Name);

    public static OutagePlace Of(OutageAddress sender) => new("sender", sender.Text);

    public static OutagePlace Server(int server) => new("server", OutageWorld.ServerName(server));

    public static OutagePlace Database(int database) => new("database", OutageWorld.DatabaseName(database));

    public static OutagePlace Egress => new("egress", OutageWorld.EgressAddress);
}

/// <summary>An outage and what the written rows say about it.</summary>
/// <param name="places">The right one first, then those that are equally right.</param>
/// <param name="causes">Those that are right, as the classifier names them.</param>
sealed class OutageIncident(string name, IReadOnlyList<OutagePlace> places, IReadOnlyList<string> causes, IReadOnlyList<string> faults, long ended)
{
    readonly Dictionary<ulong, long> _messages = [];
    readonly HashSet<string> _recipients = new(StringComparer.Ordinal);
    long? _last, _recovered;

    /// <summary>The time when the fault is gone.</summary>
    public long Ended { get; } = ended;

    /// <summary>For an incident without failures: when it began.</summary>
    public long? Began { get; init; }

    /// <summary>Which success shows that it is over.</summary>
    public Func<OutageRow, bool>? Proof { get; set; }

    /// <summary>A row that is written, and its time by the clock of its server.</summary>
    public void Add(OutageRow row, long loggedAt)
    {
        if (row.Incident == this)
        {
            _messages[row.Mail.High] = _messages.TryGetValue(row.Mail.High, out var before) ? Math.Min(before, loggedAt) : loggedAt;
            foreach (var recipient in row.Recipients)
                _recipients.Add(recipient.Text);
            _last = Math.Max(_last ?? loggedAt, loggedAt);
        }
        else if (row.At >= Ended && !row.IsTrouble && Proof?.Invoke(row) == true)
        {
            _recovered = Math.Min(_recovered ?? loggedAt, loggedAt);
        }
    }

    /// <summary>A message that waits because of it.</summary>
    public void AddHeld(OutageMail mail, OutageAddress recipient)
    {
        _messages.TryAdd(mail.High, mail.At);
        _recipients.Add(recipient.Text);
    }

    public IncidentTruth ToTruth()
    {
        var times = _messages.Values.Order().ToList();
        return new(
            name, places, causes, faults, Time(Began ?? times[0]), Began is null && times.Count > 2 ? Time(times[2]) : null,
            Time(Began is null ? _last!.Value : Ended), Time(Ended), _recovered is { } at ? Time(at) : null, _messages.Count, _recipients.Count);
    }

    static DateTime Time(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime;
}
