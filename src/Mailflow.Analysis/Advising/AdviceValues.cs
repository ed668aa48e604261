using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Advising;

/// <summary>The values of one failure for the placeholders of commands. Null: not known, the placeholder stays open.</summary>
public sealed record AdviceValues
{
    /// <summary>The sender's address.</summary>
    public string? Sender { get; init; }

    /// <summary>The domain that the reply names as failing SPF, DKIM or DMARC, else the sender's.</summary>
    public string? SenderDomain { get; init; }

    /// <summary>The recipient's address.</summary>
    public string? Recipient { get; init; }

    /// <summary>The recipient's domain.</summary>
    public string? RecipientDomain { get; init; }

    /// <summary>Our connector that the message took.</summary>
    public string? Connector { get; init; }

    /// <summary>Our server that reported the failure.</summary>
    public string? Server { get; init; }

    /// <summary>The next hop of the queue.</summary>
    public string? NextHop { get; init; }

    /// <summary>The mail server that answered.</summary>
    public string? Mx { get; init; }

    /// <summary>The smart host of our connector. Never from a reply, a sender or a recipient: mail and a password would go to a stranger.</summary>
    public string? SmartHost { get; init; }

    /// <summary>The Message-ID, with its angle brackets.</summary>
    public string? MessageId { get; init; }

    /// <summary>The blocklist that the reply names.</summary>
    public string? List { get; init; }

    /// <summary>The X.500 address of an IMCEAEX recipient.</summary>
    public string? X500 { get; init; }

    /// <summary>The outgoing address of ours that the reply names. Only for looking: what it names can be another one.</summary>
    public string? OurAddress { get; init; }

    /// <summary>The mailbox database that is concerned.</summary>
    public string? Database { get; init; }

    /// <summary>The given values, and what the text itself says. Its domains never become a smart host.</summary>
    public static AdviceValues Of(Diagnosis diagnosis, IReadOnlyList<Fact> facts, AdviceValues given)
    {
        var sender = given.Sender ?? facts.Value("sender");
        var recipient = given.Recipient ?? facts.Value("recipient");
        return given with
        {
            Sender = sender,
            SenderDomain = facts.Value("failing_domain") ?? given.SenderDomain ?? DomainOf(sender),
            Recipient = recipient,
            RecipientDomain = given.RecipientDomain ?? DomainOf(recipient),
            NextHop = given.NextHop ?? facts.Value("next_hop"),
            Mx = given.Mx ?? diagnosis.RemoteHost ?? facts.Value("remote_server"),
            MessageId = given.MessageId ?? facts.Value("message_id"),
            List = given.List ?? facts.Value("list"),
            X500 = given.X500 ?? facts.Value("x500"),
            OurAddress = given.OurAddress ?? facts.Value("our_address"),
        };
    }

    /// <summary>The values that may be shown; the others stay open.</summary>
    public AdviceValues Only(Func<string, bool> mayBeShown)
    {
        string? Kept(string? value) => value is not null && mayBeShown(value) ? value : null;
        return new()
        {
            Sender = Kept(Sender),
            SenderDomain = Kept(SenderDomain),
            Recipient = Kept(Recipient),
            RecipientDomain = Kept(RecipientDomain),
            Connector = Kept(Connector),
            Server = Kept(Server),
            NextHop = Kept(NextHop),
            Mx = Kept(Mx),
            SmartHost = Kept(SmartHost),
            MessageId = Kept(MessageId),
            List = Kept(List),
            X500 = Kept(X500),
            OurAddress = Kept(OurAddress),
            Database = Kept(Database),
        };
    }

    static string? DomainOf(string? address) =>
        address?.LastIndexOf('@') is >= 0 and var at && at < address.Length - 1 ? address[(at + 1)..] : null;
}
