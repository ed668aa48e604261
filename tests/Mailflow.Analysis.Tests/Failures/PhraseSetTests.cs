using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Tests.Failures;

public sealed class PhraseSetTests
{
    [Fact]
    public void Phrase_set_finds_the_same_as_searching_each_phrase_sorted_by_end()
    {
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            // Few different letters, so that phrases share prefixes, contain each other and overlap.
            var phrases = Enumerable.Range(0, 40).Select(_ => Words(random, 1 + random.Next(8))).Distinct(StringComparer.Ordinal).ToArray();
            var text = Words(random, 40);
            var hits = new Hits(phrases.Length);
            new PhraseSet(phrases, Enumerable.Range(0, phrases.Length)).Scan(text, hits);

            var expected = new List<(int Phrase, int At)>();
            for (var i = 0; i < phrases.Length; i++)
                for (var at = text.IndexOf(phrases[i], StringComparison.Ordinal); at >= 0; at = text.IndexOf(phrases[i], at + 1, StringComparison.Ordinal))
                    expected.Add((i, at + phrases[i].Length - 1));
            var found = Enumerable.Range(0, hits.PlaceCount).Select(hits.Place).ToList();
            Assert.InRange(expected.Count, 0, 255);
            Assert.Equal(expected.Order(), found.Order());
            Assert.Equal(found.Select(f => f.At).Order(), found.Select(f => f.At));
            Assert.Equal(expected.Select(e => e.Phrase).Distinct().Order(), Enumerable.Range(0, hits.Count).Select(i => hits[i]).Order());
        }
    }

    [Fact]
    public void Phrase_set_rejects_duplicate_phrases() =>
        Assert.Contains(
            "twice",
            Assert.Throws<ArgumentException>(() => new PhraseSet([" mailbox full ", " user unknown ", " mailbox full "], [0, 1, 2])).Message,
            StringComparison.Ordinal);

    static string Words(Random random, int length) => string.Concat(Enumerable.Range(0, length).Select(_ => " ab\u4e2d"[random.Next(4)]));
}
