using CsCheck;
using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Tests.Failures;

public sealed class DiagnosisTests
{
    [Fact]
    public void Envelope_is_unwrapped_in_both_orders_of_fields()
    {
        var newer = Diagnosis.Of(
            "[{LED=550 5.1.1 <x@remote.example>: Recipient address rejected: User unknown};{MSG=};{FQDN=mx1.remote.example};{IP=203.0.113.25};"
            + "{LRT=3/4/2025 10:00:01 AM}]");
        var older = Diagnosis.Of(
            "[{LRT=3/4/2025 10:00:01 AM};{LED=550 5.1.1 <x@remote.example>: Recipient address rejected: User unknown};{FQDN=mx1.remote.example};"
            + "{IP=203.0.113.25}]");
        foreach (var diagnosis in new[] { newer, older })
        {
            Assert.Equal(Cause.InvalidRecipient, diagnosis.Cause);
            Assert.Equal(550, diagnosis.Smtp);
            Assert.Equal("5.1.1", diagnosis.Enhanced);
            Assert.Equal("mx1.remote.example", diagnosis.RemoteHost);
            Assert.Equal("203.0.113.25", diagnosis.RemoteAddress);
            Assert.Equal("550 5.1.1 <x@remote.example>: Recipient address rejected: User unknown", diagnosis.Text);
        }
    }

    [Fact]
    public void Inner_reply_decides_the_cause_and_outer_reply_the_permanence()
    {
        var diagnosis = Diagnosis.Of(
            "550 5.4.300 Message expired -> 451 4.4.0 DNS query failed. The error was: SMTPSEND.DNS.NonExistentDomain; nonexistent domain");
        Assert.Equal(Cause.DnsFailure, diagnosis.Cause);
        Assert.Equal("nxdomain", diagnosis.SubReason);
        Assert.Equal(Permanence.Permanent, diagnosis.Permanence);
        Assert.Equal(550, diagnosis.Smtp);
    }

    [Fact]
    public void Diagnosis_never_throws() => Gen.String.Sample(text =>
    {
        var diagnosis = Diagnosis.Of(text);
        Assert.InRange(diagnosis.Confidence, 0, 1);
        Assert.NotNull(diagnosis.Text);
    });

    [Fact]
    public void Diagnosis_never_throws_on_fragments_of_real_texts() =>
        Gen.OneOf(
            "[{LED=", "};{", "MSG=", "FQDN=", "LRT=", "}]", "550", "-", " ", "5.1.1", "5.", "'", "\"", "->",
            "[Message=", "<a@b.example>", "@", "\\r\\n", "user unknown", "4.4.316", "é", "满", "\ud800")
            .Array[0, 20].Sample(pieces => Assert.NotNull(Diagnosis.Of(string.Concat(pieces)).Evidence), iter: 2000);
}
