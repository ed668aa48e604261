using System.Text;
using CsCheck;
using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Tests.Failures;

public sealed class RecipientStatusTests
{
    [Theory]
    [InlineData("", 1, "")]
    [InlineData("To", 1, "To")]
    [InlineData("To;Cc", 2, "To|Cc")]
    [InlineData(";", 2, "|")]
    [InlineData(";", 1, "")]
    [InlineData("250 2.1.5 Recipient OK", 2, "250 2.1.5 Recipient OK|250 2.1.5 Recipient OK")]
    [InlineData("550 4.4.7 QUEUE.Expired;message expired", 1, "550 4.4.7 QUEUE.Expired;message expired")]
    [InlineData("'a;b';'it''s'", 2, "a;b|it's")]
    [InlineData("'a;b'", 1, "a;b")]
    [InlineData("'a;b", 1, "a;b")]
    [InlineData("a;b", 3, "a|b|")]
    [InlineData("a;b;c", 2, "a|b")]
    [InlineData("''", 1, "")]
    [InlineData("'''a'''", 1, "'a'")]
    [InlineData("[{LED=550 5.1.1 a; b};{MSG=}];[{LED=552 5.2.2 c};{MSG=}]", 2, "[{LED=550 5.1.1 a; b};{MSG=}]|[{LED=552 5.2.2 c};{MSG=}]")]
    [InlineData("[{LED=550 5.1.1 a};{MSG=}]. Proxy: 1;[{LED=552 5.2.2 c};{MSG=}]", 2, "[{LED=550 5.1.1 a};{MSG=}]. Proxy: 1|[{LED=552 5.2.2 c};{MSG=}]")]
    [InlineData(
        "[{LED=550 5.1.1 for all};{MSG=};{FQDN=};{IP=};{LRT=}]", 2,
        "[{LED=550 5.1.1 for all};{MSG=};{FQDN=};{IP=};{LRT=}]|[{LED=550 5.1.1 for all};{MSG=};{FQDN=};{IP=};{LRT=}]")]
    [InlineData("[{LED=550 5.1.1 cut off; here", 2, "[{LED=550 5.1.1 cut off|here")]
    [InlineData("550 5.1.1 A; not found;552 5.2.2 B; mailbox full", 2, "550 5.1.1 A; not found|552 5.2.2 B; mailbox full")]
    [InlineData("550 5.1.1 A; not found; 552-5.2.2 B", 2, "550 5.1.1 A; not found|552-5.2.2 B")]
    [InlineData("550 5.1.1 a;550 5.2.2 b;", 2, "550 5.1.1 a|550 5.2.2 b")]
    [InlineData("550 5.1.1 a; c;550 5.2.2 b;", 2, "550 5.1.1 a; c|550 5.2.2 b")]
    [InlineData("550 5.1.1 A; not found; gone", 2, "550 5.1.1 A|not found")]
    [InlineData("[{LED=};{MSG=};{FQDN=};{IP=};{LRT=}]", 1, "")]
    [InlineData("'[{LED=};{MSG=};{FQDN=};{IP=};{LRT=}]';'[{LED=550 5.1.1 b};{MSG=}]'", 2, "|[{LED=550 5.1.1 b};{MSG=}]")]
    public void Each_recipient_gets_its_status(string field, int recipients, string expected) =>
        Assert.Equal(expected.Split('|'), Split(field, recipients));

    [Fact]
    public void Status_lists_quoted_like_Exchange_are_read_back() =>
        Gen.String[Gen.Char["abc';[]{}="], 0, 12].Array[2, 6].Sample(statuses =>
        {
            var field = string.Join(';', statuses.Select(s => s.Contains(';') || s.Contains('\'') ? $"'{s.Replace("'", "''", StringComparison.Ordinal)}'" : s));
            Assert.Equal(statuses, Split(field, statuses.Length));
        });

    [Fact]
    public void Splitting_statuses_never_throws_and_gives_one_per_recipient() =>
        Gen.Select(Gen.String, Gen.Int[0, 9]).Sample((field, n) => Assert.Equal(n, Split(field, n).Length));

    [Theory]
    [InlineData("[{LED=x;")]
    [InlineData("550 x;a;")]
    [InlineData("'a';")]
    public void Long_hostile_status_is_split_in_linear_time(string part) =>
        Assert.Equal(100_000, Split(string.Concat(Enumerable.Repeat(part, 100_000)), 100_000).Length);

    static string[] Split(string field, int recipients)
    {
        var status = new RecipientStatus();
        status.Read("'an earlier row''s';left over"u8, 2);
        status.Read(Encoding.UTF8.GetBytes(field), recipients);
        return [.. Enumerable.Range(0, status.Count).Select(i => Encoding.UTF8.GetString(status[i]))];
    }
}
