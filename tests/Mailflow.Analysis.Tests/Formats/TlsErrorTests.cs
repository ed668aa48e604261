using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Tests.Formats;

public sealed class TlsErrorTests
{
    [Theory]
    [InlineData("TLS negotiation failed with error UnknownCredentials", "unknown-credentials", Fault.Ours)]
    [InlineData("TLS negotiation failed with error NoCredentials", "no-credentials", Fault.Ours)]
    [InlineData("TLS negotiation failed with error nocredentials.", "no-credentials", Fault.Ours)]
    [InlineData("TLS negotiation failed with error 0x8009030D", "unknown-credentials", Fault.Ours)]
    [InlineData("TLS negotiation failed with error -2146893043", "unknown-credentials", Fault.Ours)]
    [InlineData("TLS negotiation failed with error 2148074253", "unknown-credentials", Fault.Ours)]
    [InlineData("TLS negotiation failed with error CertExpired", "certificate-expired", Fault.Theirs)]
    [InlineData("TLS negotiation failed with error UntrustedRoot; retry", "untrusted-root", Fault.Theirs)]
    [InlineData("TLS negotiation failed with error SocketError", "socket-error", Fault.Unknown)]
    [InlineData("TLS negotiation failed with error AlgorithmMismatch", "no-common-algorithm", Fault.Unknown)]
    [InlineData("TLS negotiation failed with error SomethingNew", "other", Fault.Unknown)]
    [InlineData("TLS negotiation failed with error ", "none", Fault.Unknown)]
    [InlineData("TLS negotiation failed", "none", Fault.Unknown)]
    public void Error_of_a_negotiation_is_found_and_judged(string text, string name, Fault side)
    {
        var error = TlsErrors.All[TlsErrors.IndexIn(Encoding.UTF8.GetBytes(text))];
        Assert.Equal((name, side), (error.Name, error.Side));
    }

    [Theory]
    [InlineData("")]
    [InlineData("TLS protocol SP_PROT_TLS1_2_CLIENT negotiation succeeded")]
    [InlineData("Certificate subject")]
    public void Other_texts_name_no_error(string text) => Assert.Equal(-1, TlsErrors.IndexIn(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void What_the_table_calls_ours_the_classifier_calls_ours() => Assert.All(
        ["UnknownCredentials", "NoCredentials"],
        word =>
        {
            var judged = Diagnosis.Of($"451 4.4.101 Failed to create session: TLS negotiation failed with error {word}");
            Assert.Equal((Cause.TlsFailure, "own-certificate", Fault.Ours), (judged.Cause, judged.SubReason, judged.Fault));
        });

    [Fact]
    public void Words_and_codes_are_of_one_error_each()
    {
        Assert.DoesNotContain(TlsErrors.All.SelectMany(e => e.Words).GroupBy(w => w, StringComparer.OrdinalIgnoreCase), g => g.Count() > 1);
        Assert.DoesNotContain(TlsErrors.All.SelectMany(e => e.Codes).GroupBy(c => c), g => g.Count() > 1);
    }
}
