namespace Mailflow.Simulator;

/// <summary>Who wrote a row: the column source.</summary>
enum Source
{
    Agent,
    Approval,
    Bootloader,
    Dns,
    Dsn,
    MailboxRule,
    MeetingMessageProcessor,
    Pickup,
    PoisonMessage,
    Queue,
    Redundancy,
    Routing,
    SafetyNet,
    Smtp,
    StoreDriver,
}

/// <summary>What happened: the column event-id.</summary>
enum EventId
{
    AgentInfo,
    BadMail,
    Defer,
    Deliver,
    Drop,
    Dsn,
    DuplicateDeliver,
    Expand,
    Fail,
    HaDiscard,
    HaReceive,
    HaRedirect,
    HaRedirectFail,
    InitMessageCreated,
    Load,
    ModerationExpire,
    ModeratorApprove,
    ModeratorReject,
    NotifyMapi,
    NotifyShadow,
    PoisonMessage,
    Process,
    Receive,
    Redirect,
    Resolve,
    Resubmit,
    Send,
    SendExternal,
    Submit,
    SubmitDefer,
    Throttle,
    Transfer,
}

/// <summary>The service that writes the row, and with it the prefix of the file.</summary>
enum RowFamily
{
    Transport,
    Approval,
    Delivery,
    Submission,
}

/// <summary>How the four columns of client and server are filled.</summary>
enum Ends
{
    None,
    FromInternet,
    FromServer,
    Shadow,
    Local,
    ToInternet,
    ToServer,
    Mailbox,
    ServerOnly,
}

/// <summary>How source-context is filled.</summary>
enum Context
{
    None,
    Session,
    Mailbox,
    Reply,
    Agent,
    Routing,
    Delivery,
    Shadow,
    Retry,
    Journal,
}

/// <summary>How recipient-status is filled.</summary>
enum Status
{
    None,
    Empty,
    ToCc,
    Ok,
    Failed,
    Deferred,
    Dropped,
}

/// <summary>How message-info is filled.</summary>
enum Info
{
    None,
    Login,
    Arrival,
    Hub,
    Delivery,
}

/// <summary>How custom-data is filled.</summary>
enum Custom
{
    None,
    Short,
    Item,
    Agent,
    Received,
    Hop,
    External,
    Delivered,
}

/// <summary>What the columns of one kind of row hold.</summary>
sealed record RowShape(
    Source Source, EventId Event, RowFamily Family, Ends Ends, Context Context, Status Status = Status.None,
    Info Info = Info.None, Custom Custom = Custom.Short)
{
    /// <summary>False where the row names neither message nor sender nor recipients.</summary>
    public bool NamesMessage { get; init; } = true;

    /// <summary>False where the direction is not known to the component that writes the row.</summary>
    public bool HasDirection { get; init; } = true;

    public bool HasRelated { get; init; }

    /// <summary>The other side answered from the Internet: SENDEXTERNAL, or SEND with S:ToEntity=Internet before 2016.</summary>
    public bool ToInternet { get; init; }

    /// <summary>The row hands the message to another service or server of ours.</summary>
    public bool HandsOver => Event == EventId.Send && !ToInternet;

    /// <summary>The row's recipients replace the related address. With REDIRECT the related address replaces the recipients.</summary>
    public bool Replaces => Event is EventId.Expand or EventId.Resolve;

    /// <summary>What the row says about its recipients.</summary>
    public Meaning Meaning => ToInternet ? Meaning.Sent : MeaningOf(Event);

    public bool IsShadow => Event is EventId.HaReceive or EventId.HaDiscard or EventId.HaRedirect or EventId.HaRedirectFail or EventId.NotifyShadow;

    static Meaning MeaningOf(EventId id) => id switch
    {
        EventId.Receive or EventId.Submit or EventId.Resubmit or EventId.Load or EventId.Send or EventId.Transfer or EventId.Dsn => Meaning.Pending,
        EventId.Expand or EventId.Redirect or EventId.Resolve or EventId.InitMessageCreated or EventId.ModeratorApprove => Meaning.Pending,
        EventId.Defer or EventId.SubmitDefer or EventId.Throttle => Meaning.Deferred,
        EventId.Deliver or EventId.DuplicateDeliver or EventId.Process => Meaning.Delivered,
        EventId.SendExternal => Meaning.Sent,
        EventId.Fail or EventId.ModeratorReject or EventId.ModerationExpire => Meaning.Failed,
        EventId.Drop or EventId.BadMail or EventId.PoisonMessage => Meaning.Dropped,
        _ => Meaning.Nothing,
    };
}

/// <summary>What a row says about the recipients that it names. A later value wins over an earlier one; all after <see cref="Deferred"/> are ends.</summary>
enum Meaning : byte
{
    Nothing,
    Pending,
    Deferred,
    Replaced,
    Dropped,
    Failed,
    Sent,
    Delivered,
}

/// <summary>Every kind of row that the simulator writes.</summary>
static class RowShapes
{
    public static readonly RowShape
        NotifyMapi = new(
            Source.StoreDriver, EventId.NotifyMapi, RowFamily.Submission, Ends.None, Context.Mailbox,
            Custom: Custom.Item)
        {
            NamesMessage = false,
            HasDirection = false,
        },
        StoreReceive = new(Source.StoreDriver, EventId.Receive, RowFamily.Submission, Ends.Local, Context.Mailbox, Status.ToCc, Info.Login),
        Submit = new(Source.StoreDriver, EventId.Submit, RowFamily.Submission, Ends.Local, Context.Mailbox),
        SubmitDefer = new(Source.StoreDriver, EventId.SubmitDefer, RowFamily.Submission, Ends.Local, Context.Mailbox) { HasDirection = false },
        ReceiveInternet = new(Source.Smtp, EventId.Receive, RowFamily.Transport, Ends.FromInternet, Context.Session, Info: Info.Login, Custom: Custom.Received),
        ReceiveSubmission = new(Source.Smtp, EventId.Receive, RowFamily.Transport, Ends.Local, Context.Session, Info: Info.Login, Custom: Custom.Received),
        ReceiveHop = new(Source.Smtp, EventId.Receive, RowFamily.Transport, Ends.FromServer, Context.Session, Info: Info.Login, Custom: Custom.Received),
        AgentInfo = new(Source.Agent, EventId.AgentInfo, RowFamily.Transport, Ends.ServerOnly, Context.Agent, Custom: Custom.Agent),
        Resolve = new(Source.Routing, EventId.Resolve, RowFamily.Transport, Ends.ServerOnly, Context.None) { HasRelated = true },
        Expand = new(Source.Routing, EventId.Expand, RowFamily.Transport, Ends.ServerOnly, Context.None, Status.Empty) { HasRelated = true },
        Transfer = new(Source.Routing, EventId.Transfer, RowFamily.Transport, Ends.ServerOnly, Context.Routing),
        Redirect = new(Source.MailboxRule, EventId.Redirect, RowFamily.Delivery, Ends.Mailbox, Context.None) { HasRelated = true },
        RedirectByRouting = new(Source.Routing, EventId.Redirect, RowFamily.Transport, Ends.ServerOnly, Context.None) { HasRelated = true },
        ReceiveJournal = new(Source.Agent, EventId.Receive, RowFamily.Transport, Ends.ServerOnly, Context.Journal),
        Send = new(Source.Smtp, EventId.Send, RowFamily.Transport, Ends.ToServer, Context.Reply, Status.Ok, Info.Hub, Custom.Hop),
        SendExternal = new(
            Source.Smtp, EventId.SendExternal, RowFamily.Transport, Ends.ToInternet, Context.Reply, Status.Ok, Info.Hub,
            Custom.External)
        {
            ToInternet = true,
        },
        SendInternet = new(
            Source.Smtp, EventId.Send, RowFamily.Transport, Ends.ToInternet, Context.Reply, Status.Ok, Info.Hub, Custom.External)
        {
            ToInternet = true,
        },
        SendUnmarked = new(Source.Smtp, EventId.Send, RowFamily.Transport, Ends.ToInternet, Context.Reply, Status.Ok, Info.Hub) { ToInternet = true },
        Deliver = new(Source.StoreDriver, EventId.Deliver, RowFamily.Delivery, Ends.Mailbox, Context.Delivery, Status.Empty, Info.Delivery, Custom.Delivered),
        DuplicateDeliver = new(Source.StoreDriver, EventId.DuplicateDeliver, RowFamily.Delivery, Ends.Mailbox, Context.Delivery, Status.Empty, Info.Delivery),
        Process = new(Source.MeetingMessageProcessor, EventId.Process, RowFamily.Delivery, Ends.Mailbox, Context.None),
        Throttle = new(Source.StoreDriver, EventId.Throttle, RowFamily.Delivery, Ends.Mailbox, Context.Retry),
        DeferSmtp = new(Source.Smtp, EventId.Defer, RowFamily.Transport, Ends.ToInternet, Context.Retry, Status.Deferred),
        DeferStore = new(Source.StoreDriver, EventId.Defer, RowFamily.Delivery, Ends.Mailbox, Context.Retry, Status.Deferred),
        DeferDns = new(Source.Dns, EventId.Defer, RowFamily.Transport, Ends.ServerOnly, Context.Retry, Status.Deferred),
        Dsn = new(Source.Dsn, EventId.Dsn, RowFamily.Transport, Ends.ServerOnly, Context.None),
        Drop = new(Source.Agent, EventId.Drop, RowFamily.Transport, Ends.ServerOnly, Context.Agent, Status.Dropped),
        BadMail = new(Source.Pickup, EventId.BadMail, RowFamily.Transport, Ends.ServerOnly, Context.None) { HasDirection = false },
        Poison = new(Source.PoisonMessage, EventId.PoisonMessage, RowFamily.Transport, Ends.ServerOnly, Context.None) { HasDirection = false },
        ModerationStarted = new(Source.Approval, EventId.InitMessageCreated, RowFamily.Transport, Ends.ServerOnly, Context.Agent),
        ModeratorApprove = new(Source.Approval, EventId.ModeratorApprove, RowFamily.Approval, Ends.Mailbox, Context.None),
        ModeratorReject = new(Source.Approval, EventId.ModeratorReject, RowFamily.Approval, Ends.Mailbox, Context.None),
        ModerationExpire = new(Source.Approval, EventId.ModerationExpire, RowFamily.Approval, Ends.Mailbox, Context.None),
        Resubmit = new(Source.SafetyNet, EventId.Resubmit, RowFamily.Transport, Ends.ServerOnly, Context.None, Status.Empty),
        Load = new(Source.Bootloader, EventId.Load, RowFamily.Transport, Ends.ServerOnly, Context.None),
        HaReceive = new(Source.Smtp, EventId.HaReceive, RowFamily.Transport, Ends.Shadow, Context.Session),
        HaDiscard = new(Source.Redundancy, EventId.HaDiscard, RowFamily.Transport, Ends.ServerOnly, Context.None),
        HaRedirect = new(Source.Smtp, EventId.HaRedirect, RowFamily.Transport, Ends.ServerOnly, Context.Shadow),
        HaRedirectFail = new(Source.Smtp, EventId.HaRedirectFail, RowFamily.Transport, Ends.ServerOnly, Context.None),
        NotifyShadow = new(Source.Redundancy, EventId.NotifyShadow, RowFamily.Transport, Ends.ServerOnly, Context.None);

    static readonly RowShape[] Fails =
    [
        .. Enum.GetValues<Source>().Select(source => source switch
        {
            Source.Smtp => new RowShape(source, EventId.Fail, RowFamily.Transport, Ends.ToInternet, Context.Reply, Status.Failed, Info.Hub, Custom.External),
            Source.StoreDriver => new(source, EventId.Fail, RowFamily.Delivery, Ends.Mailbox, Context.Delivery, Status.Failed, Info.Arrival),
            Source.Routing => new(source, EventId.Fail, RowFamily.Transport, Ends.ServerOnly, Context.Routing, Status.Failed),
            Source.Agent => new(source, EventId.Fail, RowFamily.Transport, Ends.ServerOnly, Context.Agent, Status.Failed),
            _ => new(source, EventId.Fail, RowFamily.Transport, Ends.ServerOnly, Context.None, Status.Failed),
        }),
    ];

    /// <summary>The row that says that recipients will not get the message, in the words of the component that found out.</summary>
    public static RowShape Fail(Source source) => Fails[(int)source];
}
