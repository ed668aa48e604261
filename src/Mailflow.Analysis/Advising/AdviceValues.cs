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
}
