using System.Net;
using System.Text;
using Mailflow.Analysis.Tracing.Index;

namespace Mailflow.Analysis.Tracing;

/// <summary>What a search asks of a row. All conditions that are given must hold. Upper and lower case are equal.</summary>
public sealed record TraceQuery
{
    /// <summary>Searching for one more text costs more than reading each row.</summary>
    const int MaxNeedles = 8;

    /// <summary>The Message-ID header, with or without angle brackets.</summary>
    public string? MessageId { get; init; }

    /// <summary>Exchange's id of the message, with or without hyphens.</summary>
    public string? NetworkMessageId { get; init; }

    /// <summary>Sender or return path; <c>@contoso.com</c> means any address of the domain.</summary>
    public string? Sender { get; init; }

    /// <summary>A recipient, or the address that a recipient was before; <c>@contoso.com</c> means any address of the domain.</summary>
    public string? Recipient { get; init; }

    /// <summary>Sender, return path or recipient: an address in any role; <c>@contoso.com</c> means any address of the domain.</summary>
    public string? Address { get; init; }

    /// <summary>A domain of the sender or of a recipient.</summary>
    public string? Domain { get; init; }

    /// <summary>The server that wrote the row.</summary>
    public string? Server { get; init; }

    /// <summary>The earliest time, UTC.</summary>
    public DateTime? Since { get; init; }

    /// <summary>The time before which the row must be, UTC.</summary>
    public DateTime? Until { get; init; }

    /// <summary>The event: RECEIVE, SEND, ...</summary>
    public string? Event { get; init; }

    /// <summary>An address of a client or server in the row.</summary>
    public IPAddress? Ip { get; init; }

    /// <summary>A part of the subject.</summary>
    public string? Subject { get; init; }

    /// <summary>What became of the message for a recipient: the one that was asked for, else any. A condition on journeys, not on rows.</summary>
    public Fate? Outcome { get; init; }

    /// <summary>Ids of messages all of whose rows are wanted: Message-IDs and network message ids. Null: any.</summary>
    public IReadOnlySet<string>? Messages
    {
        get;
        init
        {
            field = value;
            _byText = new HashSet<string>(value ?? (IEnumerable<string>)[], StringComparer.OrdinalIgnoreCase)
                .GetAlternateLookup<ReadOnlySpan<char>>();
        }
    }

    readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _byText;

    /// <summary>
    /// Texts of which one is in each row that can match, in lower case: where there is one, only lines with it need to be read. Null where a row that
    /// matches may have another form of it.
    /// </summary>
    public IReadOnlyList<byte[]>? Needles => field ??= FindNeedles();

    /// <summary>Finds the texts, or the ids of messages; one of them is in each row that can match. Null: each row must be read.</summary>
    internal IReadOnlyList<IFinder>? Finders => field ??= FindFinders();

    /// <summary>Whether only lines with a text need to be read.</summary>
    public bool IsForText => Finders is not null;

    /// <summary>
    /// What the index knows of a row that matches: it has all keys of at least one of these. Null: any row may match, as far as the index knows.
    /// </summary>
    public IReadOnlyList<KeyProbe>? Probes => field ??= TraceProbes.Of(this);

    /// <summary>Whether a row of this time and event can match; asked before the rest of the row is read.</summary>
    internal bool MayMatch(DateTime time, ReadOnlySpan<byte> eventId, ReadOnlySpan<byte> messageId, ReadOnlySpan<byte> networkId) =>
        (Since is not { } since || time >= since) && (Until is not { } until || time < until) && (Event is null || Ascii.EqualsIgnoreCase(eventId, Event))
        && (Messages is null || Has(networkId) || Has(messageId));

    bool Has(ReadOnlySpan<byte> id)
    {
        const int LongestCompared = 1024;
        if (id.Length is 0 or > LongestCompared)
            return id.Length > 0;
        Span<char> text = stackalloc char[id.Length];
        return _byText.Contains(text[..Encoding.UTF8.GetChars(id, text)]);
    }

    /// <summary>The addresses and ids that the query names.</summary>
    public IEnumerable<string> Asked => new[] { MessageId, NetworkMessageId, Sender, Recipient, Address }.OfType<string>();

    /// <summary>Whether there is any condition.</summary>
    public bool AsksForAnything =>
        Asked.Any() || Domain is not null || Server is not null || Since is not null || Until is not null || Event is not null || Ip is not null
        || Subject is not null;

    /// <summary>Whether the query is about this recipient: it names it, or it names none.</summary>
    public bool AsksFor(string recipient) => Recipient is null || Is(recipient, Recipient);

    /// <summary>Whether a message has the outcome that is asked for.</summary>
    public bool Matches(Journey journey) => Outcome is not { } outcome || journey.Recipients.Any(r => r.Fate == outcome && AsksFor(r.Address));

    /// <summary>Whether a row matches, with its time and event.</summary>
    public bool MatchesAll(TraceRow row) =>
        (Since is not { } since || row.Time >= since) && (Until is not { } until || row.Time < until) && (Event is null || Same(row.Event, Event))
        && Matches(row);

    /// <summary>Whether a row matches; its time and event were compared before it was read.</summary>
    internal bool Matches(TraceRow row) =>
        (MessageId is null || Same(TraceForm.Bare(row.MessageId), TraceForm.Bare(MessageId)))
        && (NetworkMessageId is null || Same(TraceForm.Plain(row.NetworkMessageId), TraceForm.Plain(NetworkMessageId)))
        && (Sender is null || Is(row.Sender, Sender) || Is(row.ReturnPath, Sender))
        && (Recipient is null || Is(row.Related, Recipient) || row.Recipients.Any(r => Is(r.Address, Recipient)))
        && (Address is null || Has(row, Address))
        && (Domain is null || Has(row, "@" + Domain))
        && (Server is null || Same(row.Server, Server))
        && (Ip is null || HasAddress(row, Ip))
        && (Subject is null || row.Subject.Contains(Subject, StringComparison.OrdinalIgnoreCase))
        && (Messages is null || IsOf(Messages, row.NetworkMessageId) || IsOf(Messages, row.MessageId));

    /// <summary>A row without an id is of no message.</summary>
    static bool IsOf(IReadOnlySet<string> messages, string id) => id.Length > 0 && messages.Contains(id);

    static bool Has(TraceRow row, string wanted) =>
        Is(row.Sender, wanted) || Is(row.ReturnPath, wanted) || Is(row.Related, wanted) || row.Recipients.Any(r => Is(r.Address, wanted));

    static bool HasAddress(TraceRow row, IPAddress ip)
    {
        foreach (var text in (string[])[row.Client.Address, row.Remote.Address, row.OriginalClientIp])
            if (IPAddress.TryParse(text, out var address) && (address.Equals(ip) || (address.IsIPv4MappedToIPv6 && address.MapToIPv4().Equals(ip))))
                return true;
        return false;
    }

    /// <summary>An address equals another; a wanted <c>@domain</c> equals all addresses of the domain. A domain is compared in its ASCII form.</summary>
    static bool Is(string address, string wanted)
    {
        if (Same(address, wanted))
            return true;
        var (at, wantedAt) = (address.LastIndexOf('@'), wanted.LastIndexOf('@'));
        if (at < 0 || wantedAt < 0)
            return false;
        return (wantedAt == 0 || Same(address.AsSpan(0, at), wanted.AsSpan(0, wantedAt)))
            && TraceForm.DomainOf(address[(at + 1)..]) is { } domain && domain == TraceForm.DomainOf(wanted[(wantedAt + 1)..]);
    }

    static bool Same(ReadOnlySpan<char> a, ReadOnlySpan<char> b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    List<IFinder>? FindFinders()
    {
        if (Messages is null)
            return Needles is { } needles ? [.. needles.Select(n => new TextFinder(n))] : null;
        var others = Messages.Where(m => !IdFinder.HasForm(m)).ToList();
        if (others.Count > MaxNeedles || !others.TrueForAll(IsNeedle))
            return null;
        List<IFinder> finders = [.. others.Select(o => new TextFinder(Encoding.ASCII.GetBytes(o.ToLowerInvariant())))];
        if (others.Count < Messages.Count)
            finders.Add(new IdFinder(Messages.Where(IdFinder.HasForm)));
        return finders;
    }

    IReadOnlyList<byte[]>? FindNeedles()
    {
        if (Messages is not null)
            return null;
        var wanted = MessageId is not null ? TraceForm.Bare(MessageId).ToString()
            : NetworkMessageId is { Length: 36 } network ? network
            : Recipient ?? Sender ?? Address ?? (Domain is null ? null : "@" + Domain);
        return wanted is not null && IsNeedle(wanted) ? [Encoding.ASCII.GetBytes(wanted.ToLowerInvariant())] : null;
    }

    /// <summary>Letters beyond ASCII have other bytes in upper case, and a domain has two forms; a quote is doubled in a list.</summary>
    static bool IsNeedle(string text) =>
        text.Length >= 4 && Ascii.IsValid(text) && !text.Contains("xn--", StringComparison.OrdinalIgnoreCase) && text.AsSpan().IndexOfAny('"', '\'') < 0;
}
