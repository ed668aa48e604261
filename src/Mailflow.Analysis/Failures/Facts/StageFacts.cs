using System.Buffers;

namespace Mailflow.Analysis.Failures.Facts;

/// <summary>The command that was refused, where the sending server notes it: <c>in reply to RCPT TO</c>, <c>did not like our DATA</c>.</summary>
static class StageFacts
{
    // Notes that name the command in another way than those that Asides takes off. Postfix, qmail, Exim, MDaemon.
    static readonly (string Note, ReplyStage Stage)[] Notes =
    [
        ("refused to talk to me", ReplyStage.Connect), ("did not like our mail from", ReplyStage.Mail), ("did not like our rcpt to", ReplyStage.Rcpt),
        ("does not like recipient", ReplyStage.Rcpt), ("did not like our data", ReplyStage.Data), ("did not like our final data", ReplyStage.EndOfData),
        ("failed after i sent the message", ReplyStage.EndOfData), ("error from remote server for text command", ReplyStage.EndOfData),
    ];

    static readonly SearchValues<string> AnyNote = SearchValues.Create([.. Notes.Select(n => n.Note)], StringComparison.Ordinal);

    public static void Find(ReplyWords words, List<Fact> facts)
    {
        var stage = Asides.StageOf(words.Text);
        if (stage == ReplyStage.None && words.HasAny(AnyNote))
            stage = Array.Find(Notes, n => words.Has(n.Note)).Stage;
        if (stage != ReplyStage.None)
            facts.Add("stage", stage.Name(), Says(stage));
    }

    static string Says(ReplyStage stage) => stage switch
    {
        ReplyStage.Connect => "Refused at the connection: the address of the sending server.",
        ReplyStage.Helo => "Refused after HELO or EHLO: the sending server or its name.",
        ReplyStage.Mail => "Refused after MAIL FROM: the sender or the sending server.",
        ReplyStage.Rcpt => "Refused after RCPT TO: the recipient, or the sender for this recipient.",
        ReplyStage.Data => "Refused at DATA, before the content.",
        _ => "Refused after the content: the content or the message as a whole.",
    };
}
