namespace Mailflow.Analysis.Failures.Facts;

/// <summary>The command that was refused, where the sending server notes it: <c>in reply to RCPT TO</c>, <c>after end of data</c>.</summary>
static class StageFacts
{
    static readonly string[] Notes = ["in reply to", "in response to", "while sending", "while talking", "remote mail server after", "error after",
        "while performing the", "after pipelined"];

    static readonly (string Word, string Stage, string Says)[] Commands =
    [
        ("end of data", "data", "Refused after the content: the content or the message as a whole."),
        ("MAIL FROM", "mail", "Refused after MAIL FROM: the sender or the sending server."),
        ("RCPT TO", "rcpt", "Refused after RCPT TO: the recipient, or the sender for this recipient."),
        ("STARTTLS", "starttls", "Refused at STARTTLS: the encryption."),
        ("AUTH", "auth", "Refused at AUTH: the credentials."),
        ("EHLO", "ehlo", "Refused after EHLO: the sending server."),
        ("HELO", "ehlo", "Refused after HELO: the sending server."),
        ("initial greeting", "banner", "Refused at the greeting: the sending server's address."),
        ("initial connection", "banner", "Refused at the greeting: the sending server's address."),
        ("server greeting", "banner", "Refused at the greeting: the sending server's address."),
        ("DATA", "data", "Refused at DATA: the message, or all recipients."),
        ("BDAT", "data", "Refused at BDAT: the content."),
    ];

    // These notes name the stage themselves.
    static readonly (string Note, string Stage)[] Whole =
    [
        ("refused to talk to me", "banner"), ("did not like our MAIL FROM", "mail"), ("did not like our final DATA", "data"), ("did not like our DATA", "data"),
        ("did not like our RCPT TO", "rcpt"), ("error from remote server for TEXT command", "data"), ("does not like recipient", "rcpt"),
        ("does not like our recipient", "rcpt"), ("failed after I sent the message", "data"),
    ];

    public static void Find(ReplyWords words, List<Fact> facts)
    {
        foreach (var note in Notes)
        {
            // The last note is the innermost server's.
            var at = words.Text.LastIndexOf(note, StringComparison.OrdinalIgnoreCase);
            if (at < 0)
                continue;
            var rest = words.Text.AsSpan(at + note.Length, Math.Min(40, words.Text.Length - at - note.Length));
            foreach (var (word, stage, says) in Commands)
                if (rest.IndexOf(word, StringComparison.OrdinalIgnoreCase) is >= 0 and < 14)
                {
                    facts.Add("stage", stage, says);
                    return;
                }
        }
        foreach (var (note, stage) in Whole)
            if (words.Has(note))
                facts.Add("stage", stage, Commands.First(c => c.Stage == stage).Says);
    }
}
