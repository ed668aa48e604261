using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Failures.Rules;

namespace Mailflow.Analysis.Tests.Failures;

/// <summary>A remote server writes what it likes into a status text; the work for it must not grow faster than its length.</summary>
public sealed class HostileTextTests
{
    const int Megabyte = 1 << 20;

    public static TheoryData<string> Families => [.. AllRules.Families.Select(f => f.Name)];

    // All phrases of the family's rules one after the other, over and over: as many hits and half-matched sequences as can be.
    [Theory]
    [MemberData(nameof(Families))]
    public void A_megabyte_of_a_familys_phrases_costs_no_more_than_the_limit(string family)
    {
        var phrases = AllRules.Families.Single(f => f.Name == family).Rules.SelectMany(r => r.Pattern.Split(['|', '[', ']', '+', '!'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Select(p => p.Trim('*', ' ', '.')).Where(p => p.Length > 0 && p[0] != '#').ToArray();
        Assert.InRange(WorkFor(Repeat(string.Join(' ', phrases) + " ", Megabyte)), 1, Limit);
    }

    [Theory]
    [InlineData("550 5.1.1 ")]
    [InlineData("550-5.7.26 ")]
    [InlineData(" -> 451 4.4.0 ")]
    [InlineData("{LED=")]
    [InlineData("};{")]
    [InlineData("[Message=")]
    [InlineData("responded with: \"")]
    [InlineData("''")]
    [InlineData("a@b.example ")]
    [InlineData("@")]
    [InlineData("5.5.5.5.5.")]
    [InlineData("mailbox ")]
    [InlineData("邮箱已")]
    [InlineData("user user recipient unknow")]
    public void A_megabyte_of_one_piece_costs_no_more_than_the_limit(string piece) => Assert.InRange(WorkFor(Repeat(piece, Megabyte)), 0, Limit);

    [Fact]
    public void A_megabyte_of_statuses_is_split_in_one_pass()
    {
        var status = new RecipientStatus();
        status.Read(Encoding.UTF8.GetBytes(Repeat("'a''b;", Megabyte)), 1000);
        Assert.Equal(1000, status.Count);
    }

    // What is judged is cut to 16 K characters, which may become twice as many words and be read for each of twelve replies and as a whole.
    const long Limit = 2 * 2 * 16_384 + (14 * 12_000);

    static long WorkFor(string text)
    {
        Scratch.Current.Work = 0;
        var diagnosis = Diagnosis.Of(text);
        Assert.InRange(diagnosis.Confidence, 0, 1);
        return Scratch.Current.Work;
    }

    static string Repeat(string piece, int length) => new StringBuilder(length + piece.Length).Insert(0, piece, (length / piece.Length) + 1).ToString();
}
