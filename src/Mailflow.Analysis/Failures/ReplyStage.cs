namespace Mailflow.Analysis.Failures;

/// <summary>
/// The SMTP command that a server answered, where the text says so: after MAIL it judges the sender, after RCPT the recipient, after DATA the content.
/// </summary>
public enum ReplyStage
{
    /// <summary>The text does not say.</summary>
    None,

    /// <summary>The connection or its greeting.</summary>
    Connect,

    /// <summary>HELO or EHLO.</summary>
    Helo,

    /// <summary>MAIL FROM.</summary>
    Mail,

    /// <summary>RCPT TO.</summary>
    Rcpt,

    /// <summary>DATA, before the message.</summary>
    Data,

    /// <summary>The end of the message.</summary>
    EndOfData,
}

/// <summary>Names of stages.</summary>
public static class ReplyStageNames
{
    /// <summary>The name in rules and in JSON.</summary>
    public static string Name(this ReplyStage stage) => stage switch
    {
        ReplyStage.Connect => "connect",
        ReplyStage.Helo => "helo",
        ReplyStage.Mail => "mail",
        ReplyStage.Rcpt => "rcpt",
        ReplyStage.Data => "data",
        ReplyStage.EndOfData => "end-of-data",
        _ => "none",
    };
}
