using System.Text;
using CsCheck;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Failures.Own;

namespace Mailflow.Analysis.Tests.Failures;

public sealed class OwnRulesTests
{
    static readonly string[] Tokens =
        ["[", "]", "{", "}", ",", ":", "\"text\"", "\"cause\"", "\"greylisted\"", "\"abc\"", "\n", "//x\n", "1", "null", "\"\\ud800\""];

    const string Gateway = """
        // Replies of our gateway
        [
          { "text": "held by gateway", "cause": "policy-restriction", "sub_reason": "gateway", "fault": "ours", "advice": "Release it in the gateway." },
          { "text": ["partner  code 17", "GW-17"], "code": ["550", "x.7.1"], "next_hop": "*.fabrikam.com", "cause": "greylisted" },
        ]
        """;

    [Fact]
    public void First_matching_rule_wins_over_the_built_in_ones()
    {
        var diagnosis = Diagnosis.Of("550 5.1.1 User unknown, Held By\r\nGateway", Read(Gateway));
        Assert.Equal((Cause.PolicyRestriction, "gateway", Fault.Ours, 1.0), (diagnosis.Cause, diagnosis.SubReason, diagnosis.Fault, diagnosis.Confidence));
        Assert.Equal(3, diagnosis.DecidedBy!.Line);
        Assert.Equal(new Evidence(0, "own-rule", "held by gateway", "your rule at line 3 of own.json"), diagnosis.Evidence[0]);
        Assert.Equal(Permanence.Permanent, diagnosis.Permanence);
    }

    [Theory]
    [InlineData("[{LED=550 5.7.1 partner code 17};{MSG=};{FQDN=mx.fabrikam.com};{IP=192.0.2.1};{LRT=}]", true)]
    [InlineData("[{LED=450 4.7.1 gw-17};{MSG=};{FQDN=MX.fabrikam.com.};{IP=192.0.2.1};{LRT=}]", true)]
    [InlineData("[{LED=550 5.7.1 partner code 17};{MSG=};{FQDN=mx.contoso.com};{IP=192.0.2.1};{LRT=}]", false)]
    [InlineData("[{LED=451 4.4.1 partner code 17};{MSG=};{FQDN=mx.fabrikam.com};{IP=192.0.2.1};{LRT=}]", false)]
    [InlineData("550 5.7.1 partner code 17", false)]
    public void Text_code_and_next_hop_must_all_match(string status, bool matches) =>
        Assert.Equal(matches, Diagnosis.Of(status, Read(Gateway)).DecidedBy is not null);

    [Fact]
    public void Fault_of_a_rule_without_one_is_that_of_its_cause() =>
        Assert.Equal(
            CauseTable.Of(Cause.TlsFailure).DefaultFault,
            Diagnosis.Of("554 odd words", Read("""[{ "code": "554", "cause": "tls-failure" }]""")).Fault);

    [Fact]
    public void Success_reply_is_no_failure_of_any_rule() => Assert.Null(Diagnosis.Of("250 2.0.0 held by gateway", Read(Gateway)).DecidedBy);

    [Theory]
    [InlineData("{ }", 1, 1, "Expected a list of rules")]
    [InlineData("""[{ "text": "abc" }]""", 1, 2, "'cause' is missing")]
    [InlineData("""[{ "cause": "greylisted" }]""", 1, 2, "The rule matches nothing")]
    [InlineData("[\n  { \"text\": \"abc\", \"cause\": \"grey\" }]", 2, 29, "'cause': expected one of unknown, invalid-recipient")]
    [InlineData("[\n\n{ \"text\": \"abc\", \"caus\": \"greylisted\" }]", 3, 18, "Unknown key 'caus'. Expected one of: text, code")]
    [InlineData("""[{ "text": "ab", "cause": "greylisted" }]""", 1, 12, "'text': expected 3 to 300 characters of a reply, found 'ab'")]
    [InlineData("""[{ "text": 12, "cause": "greylisted" }]""", 1, 12, "'text': expected text in double quotes, found a number")]
    [InlineData("""[{ "code": "5.7", "cause": "greylisted" }]""", 1, 12, "'code': expected an SMTP code (554)")]
    [InlineData("""[{ "code": "250", "cause": "greylisted" }]""", 1, 12, "'code': expected an SMTP code (554)")]
    [InlineData("""[{ "text": "abc", "next_hop": "a b", "cause": "greylisted" }]""", 1, 31, "'next_hop': expected a host name")]
    [InlineData("""[{ "text": "abc", "cause": "greylisted", "fault": "me" }]""", 1, 51, "'fault': expected one of")]
    [InlineData("""[{ "text": "abc", "cause": "greylisted", "sub_reason": "A B" }]""", 1, 56, "'sub_reason': expected 1 to 40")]
    [InlineData("""[{ "text": "abc", "text": "abd", "cause": "greylisted" }]""", 1, 19, "'text' is there twice")]
    [InlineData("""[{ "text": "äbc", "cause": greylisted }]""", 1, 28, "This is not JSON")]
    [InlineData("""[{ "text": "abc", "cause": "greylisted" }] []""", 1, 44, "This is not JSON")]
    [InlineData("""[{ "text": "abc\ud800", "cause": "greylisted" }]""", 1, 12, "Half of a character")]
    [InlineData("""[{ "te\udc00t": "abc", "cause": "greylisted" }]""", 1, 4, "Half of a character")]
    [InlineData("", 1, 1, "This is not JSON")]
    public void Fault_has_its_line_its_column_and_what_was_expected(string file, int line, int column, string says)
    {
        Assert.Null(OwnRulesReader.Read(Encoding.UTF8.GetBytes(file), "own.json", out var faults));
        Assert.Equal((line, column), (faults[0].Line, faults[0].Column));
        Assert.StartsWith(says, faults[0].Says, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_reported_at_once()
    {
        const string File = """
            [{ "text": "a" },
             { "cause": "greylisted", "x": { "deep": [1, 2] }, "code": "5" },
             { "text": "fine words", "cause": "greylisted" }]
            """;
        Assert.Null(OwnRulesReader.Read(Encoding.UTF8.GetBytes(File), "own.json", out var faults));
        Assert.Equal([1, 1, 2, 2], faults.Select(f => f.Line));
    }

    [Theory]
    [InlineData(new byte[] { (byte)'[', (byte)'\n', (byte)' ', 0xFC, (byte)']' }, 2, 2, "The file is not UTF-8 here")]
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'[', 0, (byte)']', 0 }, 1, 1, "The file is UTF-16")]
    public void Other_encoding_is_a_fault(byte[] file, int line, int column, string says)
    {
        Assert.Null(OwnRulesReader.Read(file, "own.json", out var faults));
        Assert.Equal((line, column), (faults[0].Line, faults[0].Column));
        Assert.StartsWith(says, faults[0].Says, StringComparison.Ordinal);
    }

    [Fact]
    public void Next_hop_is_taken_from_the_store_where_the_text_has_no_envelope() =>
        Assert.NotNull(Diagnosis.Of("550 5.7.1 partner code 17", Read(Gateway), "mx.fabrikam.com", "192.0.2.1").DecidedBy);

    [Fact]
    public void Byte_order_mark_and_an_empty_list_are_allowed() =>
        Assert.Empty(OwnRulesReader.Read((byte[])[0xef, 0xbb, 0xbf, (byte)'[', (byte)']'], "own.json", out _)!.All);

    [Fact]
    public void Reader_of_rules_never_throws() =>
        Gen.OneOf(
                Gen.Int[0, Tokens.Length - 1].Select(i => Tokens[i]),
                Gen.String)
            .Array[0, 25].Sample(
                pieces =>
                {
                    var rules = OwnRulesReader.Read(Encoding.UTF8.GetBytes(string.Concat(pieces)), "own.json", out var faults);
                    Assert.Equal(rules is null, faults.Count > 0);
                    Assert.All(faults, f => Assert.True(f is { Line: >= 1, Column: >= 1 }));
                },
                iter: 3000);

    [Fact]
    public void Cache_judges_again_when_the_rules_change()
    {
        var inForce = new RulesInForce();
        foreach (var alike in (bool[])[false, true])
        {
            inForce.Current = OwnRules.None;
            var cache = new DiagnosisCache(8, alike, inForce);
            Assert.Equal(Cause.InvalidRecipient, cache.Get("550 5.1.1 User unknown, held by gateway").Cause);
            inForce.Current = Read(Gateway);
            Assert.Equal(Cause.PolicyRestriction, cache.Get("550 5.1.1 User unknown, held by gateway").Cause);
            Assert.Equal(Cause.InvalidRecipient, cache.Get("550 5.1.1 User unknown").Cause);
        }
    }

    static OwnRules Read(string file) => OwnRulesReader.Read(Encoding.UTF8.GetBytes(file), "own.json", out _)!;
}
