namespace Mailflow.Analysis.Messages;

/// <summary>Where in the organisation a message spent its time, by Exchange's latency tracker components.</summary>
public enum Stage
{
    /// <summary>Received over SMTP (SMR*).</summary>
    Receive,

    /// <summary>Submitted from a mailbox (MTSS*, SDS, SA, ES).</summary>
    Submit,

    /// <summary>Addresses resolved, groups expanded, rules and agents run (CAT*).</summary>
    Categorize,

    /// <summary>Waited in a queue, deferrals included (Q*, DFR).</summary>
    Queue,

    /// <summary>Connected and sent over SMTP (SMS*).</summary>
    Send,

    /// <summary>Stored in a mailbox (SDD, SMSMBXD).</summary>
    Store,

    /// <summary>All other components of the tracker.</summary>
    Other,
}
