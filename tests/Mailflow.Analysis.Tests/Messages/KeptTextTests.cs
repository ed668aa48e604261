using System.Text;
using CsCheck;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Tests.Messages;

public sealed class KeptTextTests
{
    static readonly string[] Pieces = ["a", "é", "邮", "\U0001F600", " ", "john@contoso.example ", new string('x', 400)];

    static readonly Gen<string> Texts = Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).Array[0, 120].Select(string.Concat);

    [Fact]
    public void Text_within_the_limit_is_unchanged() =>
        Texts.Sample(text =>
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            Assert.Equal(text, KeptText.Of(utf8, utf8.Length));
            Assert.Same(text, KeptText.Cut(text, text.Length));
        });

    [Fact]
    public void Long_text_keeps_its_start_and_end_without_broken_characters() =>
        (from text in Texts from most in Gen.Int[64, 1024] select (text, most)).Sample(x =>
        {
            var utf8 = Encoding.UTF8.GetBytes(x.text);
            if (utf8.Length > x.most)
                AssertCut(x.text, KeptText.Of(utf8, x.most), utf8.Length - x.most);
            var kept = KeptText.Cut(x.text, x.most);
            Assert.InRange(kept.Length, 0, x.most);
            if (x.text.Length > x.most)
                AssertCut(x.text, kept, 0);
            Assert.Equal(kept, KeptText.Cut(kept, x.most));
        });

    [Fact]
    public void Cut_text_has_no_half_word_before_the_mark()
    {
        var text = string.Concat(Enumerable.Range(0, 1000).Select(i => $"person{i}@contoso.example "));
        for (var most = 500; most < 600; most++)
        {
            Assert.EndsWith("@contoso.example", KeptText.Cut(text, most).Split(KeptText.Mark)[0], StringComparison.Ordinal);
            Assert.EndsWith("@contoso.example", KeptText.Of(Encoding.UTF8.GetBytes(text), most).Split(KeptText.Mark)[0], StringComparison.Ordinal);
        }
    }

    static void AssertCut(string text, string kept, int atLeast)
    {
        Assert.DoesNotContain('\uFFFD', kept);
        var parts = kept.Split(KeptText.Mark);
        Assert.Equal(2, parts.Length);
        Assert.StartsWith(parts[0], text, StringComparison.Ordinal);
        Assert.EndsWith(parts[1], text, StringComparison.Ordinal);
        Assert.True(parts[1].Length > 0);
        Assert.True(Encoding.UTF8.GetByteCount(text) - Encoding.UTF8.GetByteCount(kept) >= atLeast - 3);
    }
}
