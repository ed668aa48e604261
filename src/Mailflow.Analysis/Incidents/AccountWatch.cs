namespace Mailflow.Analysis.Incidents;

/// <summary>
/// A sender sends far more than ever and much of it is refused: the account may be compromised. And reports to forged senders: far more of them fail than ever.
/// </summary>
sealed class AccountWatch(OutageList outages) : Watcher
{
    /// <summary>The time that is judged, in minutes.</summary>
    const int Window = 120;

    const int Day = 24 * 60;

    const int Every = 5, MostCases = 1000, FewestRecipients = 500, FewestFailures = 15, ManyRecipients = 1000, FewestRefusals = 3, FewestReports = 50;

    /// <summary>More than ever: a multiple of the busiest two hours of the past, which count as at least this many recipients.</summary>
    const int Rise = 6, UsualRecipients = 30;

    const double FailedShare = 0.03;

    /// <summary>The busiest two hours of the past, in recipients, by sender.</summary>
    readonly Dictionary<int, SenderPast> _senders = [];

    readonly HashSet<int> _touched = [];

    sealed class SenderPast
    {
        public RecentCounts Submitted;

        public RecentCounts Taken;

        /// <summary>Recipients of a time: two services may write the same messages.</summary>
        public long Recipients(int after, int to) => Math.Max(Submitted.Sum(after, to), Taken.Sum(after, to));

        public int First;

        /// <summary>The most of two hours that ended at least a day ago.</summary>
        public long Busiest;

        public long BusiestToday;

        public int Day;

        public RecentCounts Failures;

        public RecentCounts Refusals;

        public long BusiestFailures;

        /// <summary>The newest.</summary>
        public List<TroubleCase> Cases { get; } = [];
    }

    public override void Take(in Passage passage)
    {
        if (passage.Kind is not (PassageKind.Submitted or PassageKind.Taken) || passage.Sender == 0)
            return;
        var sender = Of(passage.Sender, passage.Minute);
        if (passage.Kind == PassageKind.Taken)
            sender.Taken.Add(passage.Minute, passage.Recipients);
        else
            sender.Submitted.Add(passage.Minute, passage.Recipients);
        sender.BusiestToday = Math.Max(sender.BusiestToday, sender.Recipients(passage.Minute - Window, passage.Minute));
    }

    public override void Take(TroubleCase trouble)
    {
        if (trouble.First.Sender == 0 || trouble.Family == CauseFamily.Slow)
            return;
        var key = new PlaceKey(PlaceKind.Sender, trouble.First.Sender);
        if (outages.Opened.FirstOrDefault(o => o.Place == key) is { } open)
            open.Add(trouble);
        var sender = Of(trouble.First.Sender, trouble.Minute);
        if (sender.Cases.Count >= MostCases)
            sender.Cases.RemoveRange(0, MostCases / 2);
        sender.Cases.Add(trouble);
        sender.Failures.Add(trouble.Minute, 1);
        if (trouble.Family is CauseFamily.Content or CauseFamily.Reputation or CauseFamily.Throttle or CauseFamily.Policy)
            sender.Refusals.Add(trouble.Minute, 1);
        _touched.Add(trouble.First.Sender);
    }

    public override void Look(int minute)
    {
        if (minute % Every != 0)
            return;
        foreach (var sender in _touched)
            Judge(sender, _senders[sender], minute);
        _touched.Clear();
        for (var i = outages.Opened.Count - 1; i >= 0; i--)
            if (outages.Opened[i] is { Place.Kind: PlaceKind.Sender } outage && (minute * 60L) - outage.Last >= Window * 60)
                outages.Close(outage, minute * 60L, Verified.Quiet);
    }

    void Judge(int number, SenderPast sender, int minute)
    {
        var key = new PlaceKey(PlaceKind.Sender, number);
        var failures = sender.Failures.Sum(minute - Window, minute);
        if (failures < FewestFailures || outages.Opened.Any(o => o.Place == key))
            return;
        var recipients = sender.Recipients(minute - Window - 15, minute);
        var isAccount = recipients >= FewestRecipients && recipients >= Rise * Math.Max(UsualRecipients, sender.Busiest) && failures >= FailedShare * recipients
            && (recipients >= ManyRecipients || sender.Refusals.Sum(minute - Window, minute) >= FewestRefusals);
        var isReports = IsReporter(outages.Names[number]) && failures >= FewestReports && failures >= Rise * sender.BusiestFailures;
        if (!isAccount && !isReports)
            return;
        var from = minute - Window;
        var mine = sender.Cases.Where(c => c.Minute > from).ToList();
        var outage = outages.Open(
            isAccount ? IncidentKind.Account : IncidentKind.Failures, key, isAccount ? CauseFamily.Content : CauseFamily.Address,
            mine.Count == 0 ? minute * 60L : mine.Min(c => c.Second), minute * 60L);
        foreach (var trouble in mine)
            if (trouble.Outage is null)
                outage.Add(trouble);
        outage.Severity = IncidentSeverity.Critical;
        if (isAccount)
            outage.AddEvidence($"{recipients} recipients in two hours; the most before was {Math.Max(0, sender.Busiest)}.");
        else
            outage.Severity = IncidentSeverity.Major;
    }

    /// <summary>Who sends non-delivery reports.</summary>
    static bool IsReporter(string sender) =>
        sender is "<>" or "" || sender.StartsWith("postmaster@", StringComparison.Ordinal) || sender.StartsWith("microsoftexchange", StringComparison.Ordinal)
        || sender.StartsWith("mailer-daemon@", StringComparison.Ordinal);

    SenderPast Of(int number, int minute)
    {
        if (!_senders.TryGetValue(number, out var sender))
            _senders.Add(number, sender = new() { First = minute, Day = minute / Day });
        var day = minute / Day;
        if (day > sender.Day)
        {
            // Half of its weight is lost in about four weeks.
            sender.Busiest = Math.Max(sender.BusiestToday, (long)(sender.Busiest * Math.Pow(0.975, day - sender.Day)));
            sender.BusiestFailures = Math.Max((long)(sender.BusiestFailures * 0.975), sender.Failures.Sum(minute - Day, minute) / 4);
            (sender.BusiestToday, sender.Day) = (0, day);
        }

        return sender;
    }
}
