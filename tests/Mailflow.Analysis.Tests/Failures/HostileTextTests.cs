using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Failures.Rules;

namespace Mailflow.Analysis.Tests.Failures;

/// <summary>A remote server can write any status text; the work must not grow faster than its length.</summary>
public sealed class HostileTextTests
{
    const int Megabyte = 1 << 20;

    public static TheoryData<string> Families => [.. AllRules.Families.Select(f => f.Name)];

    // All phrases of the family's rules, repeated: as many hits and partly matched sequences as possible.
    [Theory]
    [MemberData(nameof(Families))]
    public void Megabyte_of_one_familys_phrases_stays_within_the_work_limit(string family)
    {
        var phrases = AllRules.Families.Single(f => f.Name == family).Rules.SelectMany(
            r => r.Pattern.Split(['|', '[', ']', '+', '!'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
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
    public void Megabyte_of_one_repeated_text_stays_within_the_work_limit(string piece) => Assert.InRange(WorkFor(Repeat(piece, Megabyte)), 0, Limit);

    [Fact]
    public void Megabyte_of_statuses_is_split_in_linear_time()
    {
        var status = new RecipientStatus();
        status.Read(Encoding.UTF8.GetBytes(Repeat("'a''b;", Megabyte)), 1000);
        Assert.Equal(1000, status.Count);
    }

    // A text is cut to 16 K characters, which may become twice as many when split into words, read once per reply (twelve) and once as a whole.
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
