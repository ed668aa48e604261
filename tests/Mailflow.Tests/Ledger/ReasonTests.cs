using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Failures.Own;
using Mailflow.Ledger;

namespace Mailflow.Tests.Ledger;

public sealed class ReasonTests
{
    const string Full = "552 5.2.2 mailbox full";

    [Fact]
    public void Reason_of_an_own_rule_keeps_the_responsible_side_when_the_rules_change()
    {
        var counted = Diagnosis.Of(Full, Rules("""[{ "text": "mailbox full", "cause": "mailbox-full", "sub_reason": "ours-to-raise", "fault": "ours" }]"""));
        var reason = Reason.Of(counted);
        Assert.Equal("5.2.2 mailbox-full/ours-to-raise, own rule: ours", reason);
        Assert.Equal(Fault.Ours, Reason.FaultOf(reason, Cause.MailboxFull, Full));
        var later = Reason.AsCounted(reason, Cause.MailboxFull, Diagnosis.Of(Full), () => Diagnosis.Of(Full));
        Assert.Equal((Cause.MailboxFull, "ours-to-raise", Fault.Ours, 1.0), (later.Cause, later.SubReason, later.Fault, later.Confidence));
    }

    [Fact]
    public void Failure_that_was_counted_without_own_rules_is_judged_without_them()
    {
        var own = Rules("""[{ "text": "mailbox full", "cause": "mailbox-full", "fault": "ours" }]""");
        var built = Diagnosis.Of(Full);
        Assert.Equal(built.Fault, Reason.FaultOf(Reason.Of(built), built.Cause, Full));
        Assert.Null(Reason.AsCounted(Reason.Of(built), built.Cause, built, () => Diagnosis.Of(Full, own)).DecidedBy);
    }

    static OwnRules Rules(string file) => OwnRulesReader.Read(Encoding.UTF8.GetBytes(file), "own.json", out _)!;
}
